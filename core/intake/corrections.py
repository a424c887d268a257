"""Corrects cells of a table, one by one or all suggestions at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.intake.table import OF_A_CELL, IntakeProblem, Table, TableRow, UnreadableFileError


@dataclass(frozen=True, slots=True)
class Fix:
    """A new text for one cell: the line of its row, its column in the header, and the text."""

    line: int
    column: str
    value: str


def correct(table: Table, fixes: Iterable[Fix]) -> Table:
    """Return the table with the corrections; all other cells stay.

    In a row with too many cells, the surplus from the corrected one on is replaced; a row with too
    few is filled up. Raises UnreadableFileError for a line or column that does not exist.
    """
    place = {column: index for index, column in enumerate(table.header)}
    by_line = {row.line: number for number, row in enumerate(table.rows)}
    rows = list(table.rows)
    mended: set[tuple[int, str]] = set()
    for fix in fixes:
        if fix.line not in by_line or fix.column not in place:
            raise UnreadableFileError(
                f'There is no cell in line {fix.line}, column "{fix.column}".',
                advice="Check the table again and correct the cells that it names.",
            )
        number, at = by_line[fix.line], place[fix.column]
        cells, width = rows[number].cells, len(table.header)
        surplus = max(0, len(cells) - width)
        filled = cells + ("",) * (width - len(cells))
        rows[number] = TableRow(fix.line, (*filled[:at], fix.value, *filled[at + 1 + surplus :]))
        mended.add((fix.line, fix.column))
    errors = tuple(
        problem
        for problem in table.errors
        if problem.code not in OF_A_CELL or (problem.line, problem.column) not in mended
    )
    return replace(table, rows=tuple(rows), errors=errors)


def same_slips(problems: Iterable[IntakeProblem]) -> list[tuple[IntakeProblem, ...]]:
    """Return the problems, those with one value in one column and one suggestion together.

    The order is that of the first problem of each; one without a suggestion stays alone.
    """
    groups: dict[object, list[IntakeProblem]] = {}
    for number, problem in enumerate(problems):
        slip = (problem.column, problem.code, problem.value, problem.suggestion)
        groups.setdefault(number if problem.suggestion is None else slip, []).append(problem)
    return [tuple(group) for group in groups.values()]


def suggested_fixes(problems: Iterable[IntakeProblem]) -> list[Fix]:
    """Return a correction for every problem of a cell that has a suggestion."""
    return [
        Fix(problem.line, problem.column, problem.suggestion)
        for problem in problems
        if problem.suggestion is not None and not problem.is_of_header
    ]
