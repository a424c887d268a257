"""Cells of workbooks: text as it stands, numbers as they are, and no formula or date as a value."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from core.domain.request import parse_request
from core.intake.check import check
from core.intake.corrections import correct, suggested_fixes
from core.intake.readers import read_file
from core.intake.sheets import template_xlsx
from core.intake.table import Table
from core.intake.template import choices
from tests.intake.tables import cells_of
from tests.intake.workbooks import inline, workbook


def read_book(*rows: tuple[Any, ...]) -> Table:
    """Return what is read of a workbook that openpyxl wrote as a person's program would."""
    book = Workbook()
    sheet = book.active or book.create_sheet()
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return read_file("rows.xlsx", stream.getvalue())


def test_numbers_and_switches_are_the_text_that_they_are() -> None:
    table = read_book(
        ("prompt", "seed", "use_cache", "weight"),
        ("a red fox", 42, True, 1.5),
        ("a dog", 2**31 - 1, False, 3.0),
    )

    assert cells_of(table) == [
        ("a red fox", "42", "TRUE", "1.5"),
        ("a dog", "2147483647", "FALSE", "3"),
    ]
    assert check(table).valid == 2


def test_dates_formulas_and_errors_hold_their_rows_where_the_column_is_ours() -> None:
    table = read_book(
        ("prompt", "seed", "tag"),
        ("a red fox", "=1+1", ""),
        ("a red cat", 1, datetime.datetime(2026, 3, 2)),  # noqa: DTZ001 - cells have no zone
        ("a red dog", 2, "#N/A"),
        ("a red hen", 3, ArrayFormula("C5:C6", "=A2:A3")),
        ("a red pig", 4, "fine"),
    )
    result = check(table)

    assert [(e.line, e.column, e.code, e.value) for e in result.errors if e.column != "row_id"] == [
        *((2, "seed", "formula_cell", "=1+1"), (2, "seed", "wrong_value", "=1+1")),
        (3, "tag", "date_cell", "2026-03-02 00:00:00"),
        *((4, "tag", "error_cell", "#N/A"), (5, "tag", "formula_cell", "=A2:A3")),
    ]
    assert result.errors[0].message.startswith("B2: This cell is a formula; paste its value")
    assert [row.line for row in result.rows if row.request] == [6]


def test_a_column_that_means_nothing_to_us_is_carried_as_text_whatever_it_holds() -> None:
    table = read_book(
        ("prompt", "Deadline", "Length"),
        ("a red cat", datetime.datetime(2026, 3, 2), "=LEN(A2)"),  # noqa: DTZ001 - no zone
        ("a red dog", "#N/A", ArrayFormula("C5:C6", "=A2:A3")),
    )
    result = check(table)

    assert (result.valid, result.errors) == (2, ())
    assert [row.extra for row in result.rows] == [
        {"Deadline": "2026-03-02 00:00:00", "Length": "=LEN(A2)"},
        {"Deadline": "#N/A", "Length": "=A2:A3"},
    ]


def test_a_ratio_that_the_spreadsheet_took_for_a_time_is_one_suggestion() -> None:
    table = read_book(("prompt", "aspect_ratio"), ("a red cat", datetime.time(16, 9)))
    (problem,) = check(table).errors

    assert (problem.column, problem.suggestion) == ("aspect_ratio", "16:9")
    assert check(correct(table, suggested_fixes([problem]))).valid == 1


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        ("a max005F_y", "a max005F_y"),
        ("a _x005F_x0041_ b", "a _x0041_ b"),
        ("a _x0041_ b", "a A b"),
        ("a _xD83D_ b", "a _xD83D_ b"),
        ("  a fox  ", "  a fox  "),
        ("a&#10;fox&#9;and", "a\nfox\tand"),
        ("a _x000D_ b", "a \r b"),
        ("'=1+1", "=1+1"),
        ("''=1+1", "'=1+1"),
        ("'tis a fox", "'tis a fox"),
    ],
)
def test_shared_and_own_strings_are_read_the_same(stored: str, meant: str) -> None:
    shared = workbook(strings=("prompt", stored))
    own = workbook(inline(("prompt",), (stored,)).replace("<t>", "<t xml:space='preserve'>"))

    assert cells_of(read_file("rows.xlsx", shared)) == [(meant,)]
    assert cells_of(read_file("rows.xlsx", own)) == [(meant,)]


def test_a_cell_of_10_mb_is_an_error_of_its_row() -> None:
    content = workbook(inline(("prompt",), ("x" * 10_000_000,), ("a red fox",)), strings=())
    result = check(read_file("rows.xlsx", content))

    (problem,) = result.errors
    assert (result.valid, problem.line, len(problem.value)) == (1, 2, 200)
    assert problem.message.startswith("The prompt has 10,000,000 characters; shorten it")


def test_a_row_wider_than_its_header_says_so_and_guesses_nothing() -> None:
    table = read_book(("prompt", "seed"), ("a red fox", 1, "stray"))
    (problem,) = check(table).errors

    assert (problem.line, problem.code, problem.suggestion) == (2, "cell_count", None)
    assert "delete the cells beyond the header" in problem.message


def test_only_the_first_visible_sheet_is_read_and_the_others_are_named() -> None:
    book = Workbook()
    first = book.active or book.create_sheet()
    first.sheet_state = "hidden"
    for title, prompt in (("Shoot", "a red fox"), ("Later", "a dog")):
        sheet = book.create_sheet(title)
        sheet.append(["prompt"])
        sheet.append([prompt])
    stream = io.BytesIO()
    book.save(stream)

    table = read_file("rows.xlsx", stream.getvalue())

    assert cells_of(table) == [("a red fox",)]
    assert [notice.message for notice in table.notices] == [
        'Only the first sheet "Shoot" was read, not Later.',
        'The sheet "Sheet" is hidden and was not read.',
    ]


def test_the_template_with_drop_downs_is_read_as_three_good_rows() -> None:
    result = check(read_file("t.xlsx", template_xlsx()))

    assert (result.valid, result.errors, result.notices) == (3, (), ())
    assert result.rows[0].request == parse_request(
        {
            "prompt": "a red fox sitting in fresh snow, looking at the camera",
            "seed": 42,
            "lighting": "golden-hour",
            "aspect_ratio": "3:2",
        }
    )
    assert "golden-hour" in choices("lighting")
