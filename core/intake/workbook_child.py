"""Reads one workbook from standard input in a process of its own and writes its rows as JSON."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypedDict
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from core.intake.cells import restored, unescaped_from_sheet
from core.intake.table import MOST_COLUMNS, MOST_ROWS
from core.intake.template import EXPLANATION_SHEET

if TYPE_CHECKING:
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

    _AnyCell = Cell | MergedCell | EmptyCell | ReadOnlyCell

MEMORY_BYTES, CPU_SECONDS = 1_000_000_000, 60
LARGEST_TEXT = 50_000_000
"""Characters of all cells together, the same as the largest file of text."""

_WRONG_CELLS = {
    "d": ("date_cell", "This cell is a date; format it as text and write what you mean."),
    "f": ("formula_cell", "This cell is a formula; paste its value instead, as text."),
    "e": ("error_cell", "This cell shows an error of the spreadsheet; write a value."),
}


class _CellProblem(TypedDict):
    line: int
    column: int
    code: str
    message: str
    value: str


class _RefusedError(Exception):
    """The sheet is out of bounds; the argument says which."""


def main() -> None:
    """Read, answer, and end; the limits end this process when a file asks for too much."""
    _limit_this_process()
    try:
        answer = _rows_of(sys.stdin.buffer.read())
    except _RefusedError as refusal:
        answer = {"refused": str(refusal)}
    except (
        *(InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError),
        *(TypeError, AttributeError, IndexError),
    ):
        answer = {"refused": "The workbook is damaged or not an Excel workbook."}
    sys.stdout.write(json.dumps(answer))


def _limit_this_process() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    if not openpyxl.DEFUSEDXML or openpyxl.LXML:
        sys.exit("defusedxml is missing")


def _rows_of(content: bytes) -> dict[str, object]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise _RefusedError("The workbook has no sheet that can be seen.")
    sheet = sheets[0]
    sheet.reset_dimensions()  # the file's own claim is not trusted
    problems: list[_CellProblem] = []
    rows: list[tuple[int, list[str]]] = []
    total = 0
    for line, cells in _filled_rows(sheet.iter_rows()):
        if len(rows) > MOST_ROWS or line > MOST_ROWS * 2:
            raise _RefusedError("rows")
        texts = [_text(cell, line, column, problems) for column, cell in enumerate(cells)]
        total += sum(map(len, texts))
        if total > LARGEST_TEXT:
            raise _RefusedError(f"The sheet holds more than {LARGEST_TEXT:,} characters.")
        rows.append((line, texts))
    others = [other.title for other in sheets[1:] if other.title != EXPLANATION_SHEET]
    if others:
        said = f'Only the first sheet "{sheet.title}" was read, not {", ".join(others)}.'
        problems.append(
            _CellProblem(line=1, column=-1, code="other_sheets", message=said, value="")
        )
    return {"rows": rows, "problems": problems}


def _filled_rows(
    rows: Iterable[tuple[_AnyCell, ...]],
) -> Iterator[tuple[int, list[_AnyCell]]]:
    """Yield the number and the cells of rows that hold something, up to their last filled cell."""
    for line, row in enumerate(rows, start=1):
        width = next((n for n in range(len(row), 0, -1) if row[n - 1].value is not None), 0)
        if width > MOST_COLUMNS:
            raise _RefusedError("columns")
        if width:
            yield line, list(row[:width])


def _text(cell: _AnyCell, line: int, column: int, problems: list[_CellProblem]) -> str:
    value = cell.value
    if value is None:
        return ""
    kind = "d" if getattr(cell, "is_date", False) else str(cell.data_type)
    if kind in _WRONG_CELLS:
        code, message = _WRONG_CELLS[kind]
        where = f"{get_column_letter(column + 1)}{line}"
        problems.append(
            _CellProblem(
                line=line,
                column=column,
                code=code,
                message=f"{where}: {message}",
                value=str(value)[:200],
            )
        )
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        text = unescaped_from_sheet(value)
        return text if kind == "f" else restored(text)
    return str(value)


if __name__ == "__main__":
    main()
