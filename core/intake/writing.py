"""A table written so that reading it again gives the same table, byte for byte."""

from __future__ import annotations

import csv
import io
import json

from core.intake.cells import neutral
from core.intake.table import Table

_MARK = b"\xef\xbb\xbf"


def write_csv(table: Table) -> bytes:
    """Return the table as CSV: UTF-8 with the mark that Excel needs, formulas made harmless."""
    return _delimited(table, ",")


def write_tsv(table: Table) -> bytes:
    """Return the table as tab-separated values, quoted like CSV, formulas made harmless."""
    return _delimited(table, "\t")


def write_json(table: Table) -> bytes:
    """Return the table as a JSON array of objects; empty cells are left out."""
    return json.dumps(_objects(table), ensure_ascii=False, indent=1).encode()


def write_jsonl(table: Table) -> bytes:
    """Return the table as one JSON object a line; empty cells are left out."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in _objects(table))
    return "".join(lines).encode()


def _objects(table: Table) -> list[dict[str, str]]:
    return [
        {
            name: cell
            for name, cell in zip(table.header, row.cells, strict=False)
            if cell or number == 0
        }
        for number, row in enumerate(table.rows)
    ]


def _delimited(table: Table, delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerow(
        [neutral(name) for name in table.header]
    )
    writer = csv.writer(text, delimiter=delimiter)
    for row in table.rows:
        writer.writerow([neutral(cell) for cell in row.cells])
    return _MARK + text.getvalue().encode()
