"""Tables as tests make, write and compare them.

The app itself writes CSV only; the other formats are written here, to be read by it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell

from core.intake.cells import neutral
from core.intake.check import CheckResult, check
from core.intake.corrections import Fix, correct
from core.intake.readers import read_file
from core.intake.table import Table, TableRow
from core.intake.writing import write_csv

_NOT_FOR_XML = re.compile("[\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write_tsv(table: Table) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t", quoting=csv.QUOTE_ALL)
    for cells in (table.header, *(row.cells for row in table.rows)):
        writer.writerow([neutral(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def write_json(table: Table) -> bytes:
    return json.dumps(_objects(table), ensure_ascii=False, indent=1).encode()


def write_jsonl(table: Table) -> bytes:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in _objects(table))
    return "".join(lines).encode()


def write_xlsx(table: Table) -> bytes:
    """Return the table as a workbook in which every cell is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    for cells in (table.header, *(row.cells for row in table.rows)):
        sheet.append([_text_cell(sheet, text) for text in cells])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _text_cell(sheet: Any, text: str) -> Cell | None:
    if not text:
        return None
    written = _NOT_FOR_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", neutral(text))
    cell = WriteOnlyCell(sheet, value=written)
    cell.data_type = "s"
    return cell


def _objects(table: Table) -> list[dict[str, str]]:
    return [
        {
            name: cell
            for name, cell in zip(table.header, row.cells, strict=False)
            if cell or number == 0
        }
        for number, row in enumerate(table.rows)
    ]


WRITERS: dict[str, Callable[[Table], bytes]] = {
    "rows.csv": write_csv,
    "rows.tsv": write_tsv,
    "rows.jsonl": write_jsonl,
    "rows.json": write_json,
    "rows.xlsx": write_xlsx,
}
"""A writer of every format that is read, by the name of a file in it."""


def table_of(*rows: tuple[str, ...], header: tuple[str, ...] = ("prompt", "note")) -> Table:
    """Return a table whose rows begin at line 2."""
    lines = tuple(TableRow(number, cells) for number, cells in enumerate(rows, start=2))
    return Table(header=header, rows=lines)


def cells_of(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def checked(text: str | bytes, name: str = "rows.csv") -> CheckResult:
    return check(read_file(name, text if isinstance(text, bytes) else text.encode()))


def with_longer_prompts(table: Table) -> Table:
    """Return the table with letters behind every prompt, as a person makes a short one longer.

    The fixtures have prompts of one letter, which are shorter than a request may be.
    """
    column = next(name for name in table.header if name.strip().lower() == "prompt")
    place = table.header.index(column)
    whole = [row for row in table.rows if len(row.cells) == len(table.header)]
    fixes = [Fix(row.line, column, row.cells[place] + " in snow") for row in whole]
    return correct(table, fixes)
