"""515 naughty strings through every format and back byte for byte, or refused with line and why."""

from __future__ import annotations

import csv
import io

import pytest

from core.domain.spelling import simple_name
from core.intake.cells import neutral
from core.intake.check import check
from core.intake.readers import read_file, read_pasted
from core.intake.table import MOST_COLUMNS, UnreadableFileError
from core.intake.writing import write_csv
from tests.intake.naughty import EMPTY, KEPT, NAUGHTY, TOO_SHORT, WITH_CONTROLS, why_refused
from tests.intake.tables import WRITERS, cells_of, table_of
from tests.shared import needs_shared

pytestmark = needs_shared


@pytest.mark.parametrize("name", WRITERS)
def test_naughty_strings_come_back_byte_for_byte(name: str) -> None:
    table = table_of(*((f"{number}", text, text) for number, text in enumerate(NAUGHTY)))
    table = table_of(*(row.cells for row in table.rows), header=("row_id", "prompt", "note"))

    again = read_file(name, WRITERS[name](table))

    assert len(again.rows) == 515
    assert [[cell.encode() for cell in row.cells] for row in again.rows] == [
        [cell.encode() for cell in row.cells] for row in table.rows
    ]
    assert (again.errors, again.notices) == ((), ())


@pytest.mark.parametrize("name", WRITERS)
def test_naughty_strings_are_names_of_columns_too(name: str) -> None:
    unique = {simple_name(text): text for text in NAUGHTY if text.strip()}
    names = list(unique.values())
    for first in range(0, len(names), MOST_COLUMNS):
        some = tuple(names[first : first + MOST_COLUMNS])
        table = table_of(("x",) * len(some), header=some)

        assert read_file(name, WRITERS[name](table)).header == some


@pytest.mark.parametrize("name", WRITERS)
def test_each_naughty_prompt_is_kept_or_refused_with_its_line_and_the_reason(name: str) -> None:
    rows = [(text, str(number)) for number, text in enumerate(NAUGHTY)]
    result = check(read_file(name, WRITERS[name](table_of(*rows))))
    first_line = result.rows[0].line
    said = {problem.line - first_line: problem for problem in result.errors}

    assert (len(result.rows), result.valid, len(said)) == (515, 473, 42)
    assert len(KEPT) == 473
    for number, (row, text) in enumerate(zip(result.rows, NAUGHTY, strict=True)):
        if why := why_refused(text):
            assert (row.request, said[number].column) == (None, "prompt")
            assert why in said[number].message
            assert said[number].value == text[:200]
        else:
            assert row.request is not None
            assert row.request.prompt.encode() == text.encode()


def test_the_refused_are_too_short_empty_or_hold_controls() -> None:
    found = [sum(text in kind for text in NAUGHTY) for kind in (TOO_SHORT, EMPTY)]
    controls = [why for text in NAUGHTY if (why := why_refused(text)) and why[:2] == "U+"]

    assert (found, controls) == ([34, 2], list(WITH_CONTROLS.values()))


def test_pasted_naughty_strings_are_prompts_one_a_line() -> None:
    # two are blank and no line; none of the others holds a line end
    lines = [text for text in NAUGHTY if text.strip()]
    table = read_pasted("\r\n".join(lines))

    assert len(lines) == 513
    assert [prompt.encode() for (prompt,) in cells_of(table)] == [line.encode() for line in lines]
    assert check(table).valid == 473


def test_naughty_strings_pasted_as_cells_come_back() -> None:
    rows = [["prompt", "note"], *([text, text] for text in NAUGHTY)]
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter="\t").writerows(rows)

    table = read_pasted(stream.getvalue())

    assert [row.cells[1] for row in table.rows] == [text for text in NAUGHTY if text.strip()]


def test_no_cell_that_is_written_is_a_formula() -> None:
    text = write_csv(table_of(*((text, text) for text in NAUGHTY))).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    formulas = [text for text in NAUGHTY if neutral(text) != text]

    assert len(cells) == 2 * 516
    assert [
        cell for cell in cells if cell.startswith(tuple("=+-@\t\r\0\uff1d\uff0b\uff0d\uff20"))
    ] == []
    assert len(formulas) == 27
    assert [cell for cell in cells[2::2] if cell[:1] == "'" and cell[1:] in formulas] == [
        f"'{text}" for text in formulas
    ]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("a fox\0", "control_character", "U+0000 at position 6"),
        ("\x1b[31mred", "control_character", "U+001B at position 1"),
        ("a\x7ffox", "control_character", "U+007F at position 2"),
        ("a\x85fox", "control_character", "U+0085 at position 2"),
        ("  \u2003 ", "empty_prompt", "The prompt is empty"),
        ("x" * 2001, "wrong_value", "2,001 characters; shorten it to 2,000"),
    ],
    ids=range(6),
)
@pytest.mark.parametrize("name", WRITERS)
def test_other_characters_that_cannot_be_kept_are_named_in_every_format(
    name: str, text: str, code: str, said: str
) -> None:
    result = check(read_file(name, WRITERS[name](table_of(("a red fox", "a"), (text, "b")))))

    (problem,) = result.errors
    assert (result.valid, problem.code, problem.line) == (1, code, result.rows[1].line)
    assert said in problem.message


def test_half_a_character_in_pasted_text_is_refused_with_its_line() -> None:
    with pytest.raises(UnreadableFileError, match="Line 2 holds half a character"):
        read_pasted("a red fox\nhalf \ud83d of it")
