"""Writes a table so that reading it gives the same table, byte for byte."""

from __future__ import annotations

import csv
import io

from core.intake.cells import neutral
from core.intake.table import Table

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What Excel needs to read a CSV as UTF-8."""


def write_csv(table: Table) -> bytes:
    """Return the table as CSV: UTF-8 with the mark that Excel needs, formulas made harmless."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow([neutral(name) for name in table.header])
    writer = csv.writer(text)
    for row in table.rows:
        writer.writerow([neutral(cell) for cell in row.cells])
    return BYTE_ORDER_MARK + text.getvalue().encode()
