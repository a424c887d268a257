"""Workbooks that we write: a table as XLSX, and the template with its drop-downs."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.workbook.child import _WorkbookChild
from openpyxl.worksheet.datavalidation import DataValidation

from core.intake.cells import escaped_for_sheet, neutral
from core.intake.table import MOST_ROWS, Table, UnreadableFileError
from core.intake.template import EXPLANATION_SHEET, TEMPLATE_COLUMNS, choices, example_rows

LONGEST_SHEET_CELL = 32_767
"""Characters, the limit of Excel."""


def write_xlsx(table: Table) -> bytes:
    """Return the table as a workbook in which every cell is text.

    Raises UnreadableFileError for a cell that is too long for a sheet.
    """
    rows = (table.header, *(row.cells for row in table.rows))
    written = [[_written(text) for text in cells] for cells in rows]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    for texts in written:
        sheet.append([_text_cell(sheet, text) for text in texts])
    return _saved(book)


def template_xlsx() -> bytes:
    """Return a workbook to fill in: drop-downs where words are given, and a sheet that explains."""
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = "Rows"
    sheet.append([name for name, _ in TEMPLATE_COLUMNS])
    for row in example_rows():
        sheet.append(list(row))
    sheet.freeze_panes = "A2"
    for number, (name, _) in enumerate(TEMPLATE_COLUMNS, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 60 if name == "prompt" else 18
        if allowed := choices(name):
            rule = DataValidation("list", formula1=f'"{",".join(allowed)}"', allow_blank=True)
            rule.error = f"Choose one of the words of {name}, or leave it empty."
            rule.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            sheet.add_data_validation(rule)
    explained = book.create_sheet(EXPLANATION_SHEET)
    explained.append(["Column", "What it says", "Words it may hold"])
    for name, said in TEMPLATE_COLUMNS:
        explained.append([name, said, ", ".join(choices(name))])
    for letter, width in zip("ABC", (20, 70, 90), strict=True):
        explained.column_dimensions[letter].width = width
    return _saved(book)


def _written(text: str) -> str:
    written = escaped_for_sheet(neutral(text))
    if len(written) > LONGEST_SHEET_CELL:
        raise UnreadableFileError(
            f"A cell has {len(written):,} characters; a sheet holds {LONGEST_SHEET_CELL:,}.",
            advice="Download the table as CSV or JSONL.",
        )
    return written


def _text_cell(sheet: _WorkbookChild, text: str) -> Cell | None:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
