"""The template as a workbook with drop-downs."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from core.intake.table import MOST_ROWS
from core.intake.template import EXPLANATION_SHEET, TEMPLATE_COLUMNS, choices, example_rows


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
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
