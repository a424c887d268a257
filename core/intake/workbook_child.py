"""Reads one workbook from standard input in a process of its own and writes its rows as JSON.

`python -m core.intake.workbook_child MEMORY_BYTES CPU_SECONDS [TITLE]`, where TITLE is the sheet to
read, as JSON. The process ends itself at either limit, and with an error for anything that is not a
workbook.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypedDict
from xml.etree.ElementTree import ParseError
from xml.sax import SAXParseException

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from core.intake.cell_order import CellOrder, OutOfOrderError, SheetFacts
from core.intake.cells import restored, unescaped_from_sheet
from core.intake.table import LOWEST_HEADER, MOST_COLUMNS, MOST_ROWS, names_prompts
from core.intake.template import EXPLANATION_SHEET

OUT_OF_MEMORY = 3
"""The exit code when the workbook needs more memory than allowed."""

LARGEST_TEXT = 50_000_000
"""Characters of all cells together, the same as the largest text file."""

_WRONG_CELLS = {
    "d": ("date_cell", "This cell is a date; format it as text and write what you mean."),
    "f": ("formula_cell", "This cell is a formula; paste its value instead, as text."),
    "e": ("error_cell", "This cell shows an error of the spreadsheet; write a value."),
}


_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_CURRENCY = re.compile(r"\[\$[^\]-]|(?<!\[)[$€£¥]")
_SHOWN_AS = {"%": "a percentage", "E+": "a power of ten", ",": "a number with thousands marked"}
"""What a sign in a number format makes of the number on the screen."""


class _CellProblem(TypedDict):
    line: int
    column: int
    code: str
    message: str
    value: str


class _RefusedError(Exception):
    """The sheet exceeds a limit; the argument says which."""


class _Reader(ExcelReader):
    """Reads shared strings unchanged; openpyxl removes `x005F_` from them, even inside a word."""

    package: Any

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is None:
            return
        tag = f"{{{SHEET_MAIN_NS}}}si"
        with self.archive.open(part.PartName[1:]) as source:
            for _, element in iterparse(source):
                if element.tag == tag:
                    text = Text.from_tree(element)
                    self.shared_strings.append(text.content if text else "")
                    element.clear()


def main(memory_bytes: int, cpu_seconds: int, title: str | None = None) -> None:
    """Read, answer and exit; the limits end this process if a file needs too much.

    `title` is the sheet to read; without one it is the first visible one.
    """
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not there on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    if not openpyxl.DEFUSEDXML or openpyxl.LXML:
        sys.exit("defusedxml is missing")
    try:
        answer = json.dumps(_answer(sys.stdin.buffer.read(), title), ensure_ascii=False)
        sys.stdout.buffer.write(answer.encode())
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    except (ParseError, SAXParseException) as failure:
        sys.exit(OUT_OF_MEMORY if "out of memory" in str(failure) else 1)


def _answer(content: bytes, title: str | None = None) -> dict[str, object]:
    try:
        return _rows_of(content, title)
    except _RefusedError as refusal:
        return {"refused": str(refusal)}
    except OutOfOrderError as found:
        return {"refused": f"The sheet is damaged: row {found} is not in order."}


def _rows_of(content: bytes, title: str | None) -> dict[str, object]:
    reader = _Reader(io.BytesIO(content), read_only=True, keep_links=False)
    reader.read()
    sheets = [
        (sheet, relation.target)
        for sheet, relation in reader.parser.find_sheets()
        if "chartsheet" not in relation.Type
    ]
    missing = [sheet.name for sheet, path in sheets if path not in reader.valid_files]
    if missing:
        raise _RefusedError(f'The workbook is damaged: its sheet "{missing[0]}" is missing.')
    visible: list[tuple[Any, str]] = []
    hidden: list[tuple[Any, str]] = []
    for (sheet, path), book_sheet in zip(sheets, reader.wb.worksheets, strict=True):
        (visible if sheet.state == "visible" else hidden).append((book_sheet, path))
    if not visible:
        raise _RefusedError("The workbook has no sheet that can be seen.")
    chosen = [one for one in (*visible, *hidden) if one[0].title == title] if title else visible
    if not chosen:
        raise _RefusedError(f'The workbook has no sheet "{title}".')
    problems: list[_CellProblem] = []
    empty: list[str] = []
    sheet, path = chosen[0]
    rows, facts = _sheet_rows(reader, sheet, path, problems)
    while not rows and title is None and len(empty) + 1 < len(chosen):
        empty.append(sheet.title)
        sheet, path = chosen[len(empty)]
        rows, facts = _sheet_rows(reader, sheet, path, problems)
    others = [
        (one, where)
        for one, where in visible
        if one.title not in {EXPLANATION_SHEET, sheet.title, *empty}
    ]
    if others or empty:
        titles = ", ".join(one.title for one, _ in others)
        which = "first sheet" if title is None and not empty else "sheet"
        nothing = f'The sheet "{empty[0]}" is empty. ' if empty else ""
        rest = f", not {titles}" if titles else ""
        said = f'{nothing}Only the {which} "{sheet.title}" was read{rest}.'
        problems.append(
            _CellProblem(line=1, column=-1, code="other_sheets", message=said, value="")
        )
    unseen = [(one, where) for one, where in hidden if one.title != sheet.title]
    if unseen:
        titles = ", ".join(f'"{one.title}"' for one, _ in unseen)
        said = (
            f"The sheet {titles} is hidden and was not read."
            if len(unseen) == 1
            else f"The sheets {titles} are hidden and were not read."
        )
        problems.append(
            _CellProblem(line=1, column=-1, code="other_sheets", message=said, value="")
        )
    with_prompts = [
        one.title for one, where in (*others, *unseen) if _names_prompts(reader, one, where)
    ]
    return {
        "rows": rows,
        "problems": problems,
        "with_prompts": with_prompts,
        "hidden_rows": sorted(facts.hidden_rows),
        "hidden_columns": facts.hidden_columns,
        "merged": facts.merged,
        "has_filter": facts.has_filter,
        "formats": [(*key, *found) for key, found in facts.formats.items()],
    }


def _sheet_rows(
    reader: ExcelReader,
    sheet: Any,  # noqa: ANN401 - as openpyxl gives it
    path: str,
    problems: list[_CellProblem],
) -> tuple[list[tuple[int, list[str]]], SheetFacts]:
    """Return the filled rows of a sheet with their lines, and what else it says."""
    rows: list[tuple[int, list[str]]] = []
    total = 0
    sheet.reset_dimensions()  # the sheet's own statement of its size is never used
    with reader.archive.open(path) as source:
        order = CellOrder(source)
        for line, cells in _filled_rows(sheet.iter_rows(), order):
            if len(rows) > MOST_ROWS:
                raise _RefusedError("rows")
            texts = [""] * cells[-1].column
            for cell in cells:
                texts[cell.column - 1] = _text(cell, line, problems)
                if shown_as := _shown_as(cell):
                    first, count = order.facts.formats.get((cell.column, shown_as), (line, 0))
                    order.facts.formats[cell.column, shown_as] = first, count + 1
            total += sum(map(len, texts))
            if total > LARGEST_TEXT:
                raise _RefusedError(f"The sheet holds more than {LARGEST_TEXT:,} characters.")
            rows.append((line, texts))
    return rows, order.facts


def _names_prompts(reader: ExcelReader, sheet: Any, path: str) -> bool:  # noqa: ANN401 - as openpyxl gives it
    """Return whether one of the first lines of a sheet is the header of a table of prompts."""
    sheet.reset_dimensions()
    with reader.archive.open(path) as source:
        rows = _filled_rows(sheet.iter_rows(max_row=LOWEST_HEADER), CellOrder(source))
        try:
            return any(
                names_prompts([str(cell.value) for cell in cells])
                for _, cells in islice(rows, LOWEST_HEADER)
            )
        except (_RefusedError, OutOfOrderError):
            return False


def _filled_rows(
    rows: Iterable[Sequence[ReadOnlyCell]], order: CellOrder
) -> Iterator[tuple[int, Sequence[ReadOnlyCell]]]:
    """Yield the number and the filled cells of each row that is not empty.

    Rows and cells must be in order, or some of them would be lost or swapped.
    """
    order.look_past(0)
    for line, row in enumerate(rows, start=1):
        order.look_past(line)
        cells = [cell for cell in row if cell.value is not None]
        while cells and cells[-1].column > MOST_COLUMNS and not str(cells[-1].value).strip():
            cells.pop()
        if cells and cells[-1].column > MOST_COLUMNS:
            raise _RefusedError("columns")
        if cells:
            yield line, cells
    order.look_to_end()


def _shown_as(cell: ReadOnlyCell) -> str:
    """Return how a sheet shows a number other than it is, or nothing."""
    if cell.data_type != "n" or isinstance(cell.value, bool):
        return ""
    number_format = cell.number_format or ""
    if _CURRENCY.search(number_format):
        return "an amount of money"
    written = _LITERALS.sub("", number_format)
    return next((words for sign, words in _SHOWN_AS.items() if sign in written), "")


def _text(cell: ReadOnlyCell, line: int, problems: list[_CellProblem]) -> str:
    value, kind, column = cell.value, cell.data_type, cell.column
    if kind == "f" and not isinstance(value, str):
        value = getattr(value, "text", None) or "="  # from an array or a data table
    if kind in _WRONG_CELLS:
        code, message = _WRONG_CELLS[kind]
        said = f"{get_column_letter(column)}{line}: {message}"
        problems.append(
            _CellProblem(
                line=line, column=column - 1, code=code, message=said, value=str(value)[:200]
            )
        )
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        text = unescaped_from_sheet(value)
        return text if kind == "f" else restored(text)
    shown, zeros = str(value), cell.number_format or ""
    if kind == "n" and shown.isdigit() and not zeros.strip("0"):
        return shown.zfill(len(zeros))
    return shown


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *map(json.loads, sys.argv[3:]))
