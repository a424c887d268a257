"""Applies what a sheet says besides its cells: merged cells, hidden rows and hidden columns.

Each is reported in a notice, with a question until somebody has decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.domain.wording import count_of
from core.intake.columns import known_fields
from core.intake.table import (
    Answers,
    IntakeProblem,
    Question,
    TableRow,
    UnreadableFileError,
    is_blank,
)

_MOST_STEPS = 2_000_000
"""Cells looked at for merged ranges; more are made only by a file that means harm."""

_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTable:
    """A header with its rows, and what has been found about them so far."""

    header: list[str]
    rows: list[TableRow]
    header_line: int
    errors: list[IntakeProblem]
    notices: list[IntakeProblem]
    questions: list[Question]

    def with_notice(self, line: int, code: str, message: str, **questions: Any) -> SheetTable:  # noqa: ANN401 - the rest of a Question
        """Return the table with a notice, and with a question about the same if one is given."""
        notice = IntakeProblem(line=line, column="", code=code, message=message)
        asked = [Question(code=code, message=message, **questions)] if questions else []
        return replace(self, notices=[*self.notices, notice], questions=[*self.questions, *asked])


def with_sheet_facts(table: SheetTable, facts: Mapping[str, Any], answers: Answers) -> SheetTable:
    """Return the table with merged cells filled and hidden rows left out, or as was answered.

    `facts` are the lists `merged`, `hidden_rows`, `hidden_columns` and `formats` of the sheet.
    """
    table = _with_merged(table, facts.get("merged") or (), answers)
    table = _without_hidden_columns(table, facts.get("hidden_columns") or (), answers)
    table = _with_formats(table, facts.get("formats") or ())
    hidden = frozenset(facts.get("hidden_rows") or ())
    return _without_hidden_rows(table, hidden, answers, by_filter=bool(facts.get("has_filter")))


def _with_merged(
    table: SheetTable, merged: Sequence[Sequence[int]], answers: Answers
) -> SheetTable:
    place = {row.line: number for number, row in enumerate(table.rows)}
    rows = list(table.rows)
    filled: dict[tuple[int, int], int] = {}
    """From line and column to the line of the value."""

    steps = 0
    for column, top, bottom in merged:
        at = column - 1
        first = place.get(top)
        if top <= table.header_line or first is None or not 0 <= at < len(table.header):
            continue
        value = rows[first].cells[at : at + 1]
        if not value or is_blank(value[0]):
            continue
        for line in range(top + 1, min(bottom, table.rows[-1].line) + 1):
            steps += 1
            if steps > _MOST_STEPS:
                raise UnreadableFileError(
                    "The sheet has too many merged cells.", advice="Save it as CSV UTF-8."
                )
            number = place.get(line)
            if number is None:
                continue
            cells = list(rows[number].cells) + [""] * (at + 1 - len(rows[number].cells))
            if is_blank(cells[at]):
                cells[at] = value[0]
                filled[line, at] = top
                rows[number] = TableRow(line, tuple(cells))
    if not filled:
        return table
    (line, at), top = min(filled.items())
    lines = sorted({line for line, _ in filled})
    count = count_of(len(lines), "row")
    name, shown = table.header[at] or f"column {at + 1}", rows[place[line]].cells[at][:60]
    example = f'such as {name} "{shown}" of line {top}'
    if answers.merged_cells is False:
        said = f"{count} below merged cells ({_listed(lines)}) not filled, {example}."
        return table.with_notice(line, "merged_cells", said)
    more = [
        replace(problem, line=below)
        for problem in table.errors
        for (below, column), source in filled.items()
        if problem.line == source and problem.column == table.header[column]
    ]
    table = replace(table, rows=rows, errors=[*table.errors, *more])
    gets = "gets" if len(lines) == 1 else "get"
    said = f"{count} ({_listed(lines)}) {gets} the value of a merged cell, {example}."
    if answers.merged_cells:
        return table.with_notice(line, "merged_cells", said)
    return table.with_notice(
        line,
        "merged_cells",
        said,
        label="Leave them empty",
        answers=Answers(merged_cells=False),
        other_label="Right so",
        other_answers=Answers(merged_cells=True),
    )


def _without_hidden_rows(
    table: SheetTable, hidden: frozenset[int], answers: Answers, *, by_filter: bool
) -> SheetTable:
    lines = [row.line for row in table.rows if row.line in hidden]
    if not lines:
        return table
    is_one = len(lines) == 1
    by = "by a filter " if by_filter else ""
    said = (
        f"{count_of(len(lines), 'row')} {'is' if is_one else 'are'} hidden {by}({_listed(lines)})"
    )
    if answers.hidden_rows:
        return table.with_notice(lines[0], "hidden_rows", f"{said} and taken along.")
    gone = set(lines)
    table = replace(
        table,
        rows=[row for row in table.rows if row.line not in gone],
        errors=[problem for problem in table.errors if problem.line not in gone],
    )
    said = f"{said} and left out."
    if answers.hidden_rows is False:
        return table.with_notice(lines[0], "hidden_rows", said)
    return table.with_notice(
        lines[0],
        "hidden_rows",
        said,
        label=f"Take {'it' if is_one else 'them'} along",
        answers=Answers(hidden_rows=True),
        other_label=f"Leave {'it' if is_one else 'them'} out",
        other_answers=Answers(hidden_rows=False),
    )


def _without_hidden_columns(
    table: SheetTable, hidden: Sequence[Sequence[int]], answers: Answers
) -> SheetTable:
    ours = set(known_fields(table.header).values())
    places = [
        place
        for place, name in enumerate(table.header)
        if name in ours and any(first <= place + 1 <= last for first, last in hidden)
    ]
    if not places:
        return table
    names = ", ".join(f'"{table.header[place].strip()}"' for place in places)
    is_one = len(places) == 1
    said = f"The column{'' if is_one else 's'} {names} {'is' if is_one else 'are'} hidden"
    if answers.hidden_columns is False:
        gone = set(places)
        table = replace(
            table,
            header=[name for place, name in enumerate(table.header) if place not in gone],
            rows=[
                TableRow(row.line, tuple(c for i, c in enumerate(row.cells) if i not in gone))
                for row in table.rows
            ],
        )
        return table.with_notice(1, "hidden_columns", f"{said} and not used.")
    said = f"{said} and used."
    if answers.hidden_columns:
        return table.with_notice(1, "hidden_columns", said)
    return table.with_notice(
        1,
        "hidden_columns",
        said,
        label=f"Do not use {'it' if is_one else 'them'}",
        answers=Answers(hidden_columns=False),
        other_label=f"Use {'it' if is_one else 'them'}",
        other_answers=Answers(hidden_columns=True),
    )


def _with_formats(table: SheetTable, formats: Sequence[tuple[int, str, int, int]]) -> SheetTable:
    """Return the table with a notice for each of our columns whose numbers are shown otherwise.

    `formats` are column, how its numbers are shown, the first line of such cells, how many.
    """
    ours = set(known_fields(table.header).values())
    rows = {row.line: row.cells for row in table.rows}
    for column, shown, line, count in formats:
        name = table.header[column - 1] if column <= len(table.header) else None
        if name not in ours or line not in rows:
            continue
        used = rows[line][column - 1]
        cells = "1 cell" if count == 1 else f"{count:,} cells"
        table = table.with_notice(
            line,
            "number_format",
            f'The column "{name.strip()}" shows {cells} as {shown}; the number behind it is '
            f"used, such as {used}.",
        )
    return table


def _listed(lines: Sequence[int]) -> str:
    shown = ", ".join(f"{line:,}" for line in lines[:_LISTED])
    more = f" and {len(lines) - _LISTED:,} more" if len(lines) > _LISTED else ""
    return f"line{'s' * (len(lines) != 1)} {shown}{more}"
