"""Tables as tests make, write and compare them."""

from __future__ import annotations

from collections.abc import Callable

from core.intake.check import CheckResult, check
from core.intake.corrections import Fix, correct
from core.intake.readers import read_file
from core.intake.sheets import write_xlsx
from core.intake.table import Table, TableRow
from core.intake.writing import write_csv, write_json, write_jsonl, write_tsv

WRITERS: dict[str, Callable[[Table], bytes]] = {
    "rows.csv": write_csv,
    "rows.tsv": write_tsv,
    "rows.jsonl": write_jsonl,
    "rows.json": write_json,
    "rows.xlsx": write_xlsx,
}
"""Every format that we write, by the name of a file in it."""


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
