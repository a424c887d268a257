"""What a sheet says besides its cells is told before Start, mostly with a choice."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from core.intake import sheet_facts
from core.intake.check import CheckResult, check
from core.intake.readers import read_file
from core.intake.table import NOBODY_ASKED, Answers, Table, UnreadableFileError

HEADER = ("prompt", "lighting", "due")
ROWS = tuple((f"a kettle {number}", "soft", "") for number in range(2, 7))


def book(*rows: tuple[Any, ...], change: Callable[[Any], object] = lambda _: None) -> bytes:
    """Return a workbook with one sheet of these rows, changed as a person would."""
    made = Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(row)
    change(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def table(content: bytes, answers: Answers = NOBODY_ASKED) -> Table:
    return read_file("rows.xlsx", content, answers)


def prompts(result: CheckResult) -> list[tuple[str, str | None]]:
    return [(row.request.prompt, row.request.lighting) for row in result.rows if row.request]


def test_hidden_rows_are_left_out_or_taken_along_and_either_is_told() -> None:
    def hide(made: Any) -> None:
        made.active.row_dimensions[3].hidden = True
        made.active.row_dimensions[1].hidden = True

    content = book(HEADER, *ROWS, change=hide)

    (question,) = table(content).questions
    assert question.message == "1 row is hidden (line 3) and left out."
    taken, left = (table(content, a) for a in (question.answers, question.other_answers))
    assert [len(one.rows) for one in (table(content), taken, left)] == [4, 5, 4]
    assert [one.questions for one in (taken, left)] == [(), ()]
    assert [n.message for n in taken.notices] == ["1 row is hidden (line 3) and taken along."]
    assert [n.message for n in left.notices] == ["1 row is hidden (line 3) and left out."]


def test_what_is_wrong_in_a_row_that_is_left_out_stops_nothing() -> None:
    rows = [("a kettle", "=1+1", ""), ("a mug", "soft", "")]

    def hide(made: Any) -> None:
        made.active.row_dimensions[2].hidden = True

    content = book(HEADER, *rows, change=hide)

    assert check(table(content)).errors == ()
    assert {e.line for e in check(table(content, Answers(hidden_rows=True))).errors} == {2}


def test_when_all_rows_are_hidden_it_is_asked_instead_of_refused() -> None:
    def hide(made: Any) -> None:
        for line in range(2, 7):
            made.active.row_dimensions[line].hidden = True

    content = book(HEADER, *ROWS, change=hide)

    (question,) = table(content).questions
    assert question.message == "5 rows are hidden (lines 2, 3, 4, 5, 6) and left out."
    assert check(table(content, question.answers)).valid == 5


def test_a_column_of_ours_that_is_hidden_is_used_or_not_and_another_one_is_not_spoken_of() -> None:
    def hide(made: Any) -> None:
        made.active.column_dimensions["B"].hidden = True
        made.active.column_dimensions["C"].hidden = True

    content = book(HEADER, *ROWS[:1], change=hide)

    (question,) = table(content).questions
    assert question.message == 'The column "lighting" is hidden and used.'
    assert prompts(check(table(content))) == [("a kettle 2", "soft")]
    assert prompts(check(table(content, question.answers))) == [("a kettle 2", None)]
    assert prompts(check(table(content, question.other_answers))) == [("a kettle 2", "soft")]


def test_a_merged_cell_counts_for_its_rows_below_the_header_only() -> None:
    rows = [
        ("Spring", None, None),
        HEADER,
        ("a kettle", "soft", "May"),
        ("a mug", None, None),
        (None, None, None),
        ("a pan", None, None),
        ("a pot", "hard", None),
    ]

    def merge(made: Any) -> None:
        for place in ("A1:C1", "B3:B6", "C3:C4"):
            made.active.merge_cells(place)

    content = book(*rows, change=merge)
    found = table(content, Answers(header_line=2))

    expected = [("a kettle", "soft"), ("a mug", "soft"), ("a pan", "soft")]
    assert prompts(check(found))[:3] == expected
    assert [row.extra for row in check(found).rows[:3]] == [{"due": "May"}, {"due": "May"}, {}]
    empty = table(content, Answers(header_line=2, merged_cells=False))
    assert [light for _, light in prompts(check(empty))[:3]] == ["soft", None, None]
    assert "not filled" in " ".join(notice.message for notice in empty.notices)


def test_a_formula_in_a_merged_cell_holds_all_its_rows() -> None:
    def merge(made: Any) -> None:
        made.active.merge_cells("B2:B3")

    content = book(HEADER, ("a kettle", "=A1", ""), ("a mug", None, ""), change=merge)

    assert {problem.line for problem in check(table(content)).errors} == {2, 3}


def test_more_merged_cells_than_anybody_makes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_facts, "_MOST_STEPS", 3)

    def merge(made: Any) -> None:
        made.active.merge_cells("B2:B6")

    with pytest.raises(UnreadableFileError, match="too many merged cells"):
        table(book(HEADER, ("a kettle", "soft", ""), *ROWS[1:], change=merge))


def test_an_empty_sheet_before_the_rows_is_passed_over_and_named() -> None:
    def add(made: Any) -> None:
        sheet = made.create_sheet("Shots")
        sheet.append(HEADER)
        sheet.append(ROWS[0])

    found = table(book(change=add))

    assert prompts(check(found)) == [("a kettle 2", "soft")]
    (notice,) = found.notices
    assert notice.message == 'The sheet "Sheet" is empty. Only the sheet "Shots" was read.'
    with pytest.raises(UnreadableFileError, match="empty"):
        table(book())


def test_a_hidden_sheet_is_named_and_can_be_read_instead() -> None:
    def hide(made: Any) -> None:
        for title, cells in (("Old", ("prompt",)), ("Prices", ("item", "price"))):
            sheet = made.create_sheet(title)
            sheet.append(cells)
            sheet.append(("a mug", 3)[: len(cells)])
            sheet.sheet_state = "hidden"

    content = book(HEADER, *ROWS, change=hide)

    read = table(content)
    assert [one.message for one in read.notices] == [
        'The sheets "Old", "Prices" are hidden and were not read.'
    ]
    (question,) = read.questions
    assert question.label == 'Read "Old" instead'
    assert [row.cells for row in table(content, question.answers).rows] == [("a mug",)]


def test_one_hidden_sheet_is_named_too() -> None:
    def hide(made: Any) -> None:
        made.create_sheet("Notes").sheet_state = "veryHidden"

    (notice,) = table(book(HEADER, *ROWS, change=hide)).notices
    assert notice.message == 'The sheet "Notes" is hidden and was not read.'


@pytest.mark.parametrize(
    ("number_format", "said"),
    [
        ("0.0%", "a percentage"),
        ("#,##0", "a number with thousands marked"),
        ('#,##0.00 "€"', "an amount of money"),
        ("[$€-407] #,##0", "an amount of money"),
        ("$#,##0.00", "an amount of money"),
        ("0.00E+00", "a power of ten"),
    ],
)
def test_a_number_that_is_shown_otherwise_is_told_with_what_is_used(
    number_format: str, said: str
) -> None:
    def show(made: Any) -> None:
        for line in (2, 3):
            made.active.cell(line, 2).number_format = number_format
            made.active.cell(line, 3).number_format = number_format

    rows = [("a kettle", 42, 1), ("a mug", 7, 2)]
    read = table(book(("prompt", "seed", "due"), *rows, change=show))

    assert [one.message for one in read.notices] == [
        f'The column "seed" shows 2 cells as {said}; the number behind it is used, such as 42.'
    ]
    assert [row.cells[1] for row in read.rows] == ["42", "7"]


@pytest.mark.parametrize("number_format", ["General", "0", "@", "0000", "[$-409]0", '0" pcs, %"'])
def test_a_number_that_is_shown_as_it_is_needs_no_word(number_format: str) -> None:
    def show(made: Any) -> None:
        made.active.cell(2, 2).number_format = number_format

    assert not table(book(("prompt", "seed"), ("a kettle", 1234), change=show)).notices
