"""A batch before it starts: a file's table, the mapping of its columns, and its errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import dataclass

from core.domain.engines import traits_of
from core.intake.check import CheckResult, check
from core.intake.columns import Mapping
from core.intake.corrections import Fix, correct, suggested_fixes
from core.intake.table import IntakeProblem, Question, Table, TableRow
from core.intake.values import words
from core.intake.writing import write_csv
from core.records.batch_rows import NewLine

Place = tuple[int, str]
"""A cell: the file line on which its row begins, and the name of its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An uploaded file with the corrections made so far; nothing of it is stored or sent yet."""

    name: str
    table: Table
    checked: CheckResult

    @property
    def mapping(self) -> Mapping:
        """Which column holds which field: as somebody decided, or as proposed from the header."""
        return self.checked.mapping

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is not certain about the file and its rows."""
        return (*self.table.questions, *self.checked.questions)

    @property
    def row_count(self) -> int:
        """The rows to be made, or those of the table while its columns are not clear."""
        return len(self.checked.rows) or len(self.table.rows)

    @property
    def suggestions(self) -> list[IntakeProblem]:
        """The errors that have a suggested value or a suggested column."""
        return [problem for problem in self.checked.errors if self.can_accept(problem)]

    def can_accept(self, problem: IntakeProblem) -> bool:
        """Return whether `accept` can apply this problem's suggestion."""
        return bool(suggested_fixes([problem])) or _names_column(self.table, problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The defaults for rows that do not set a field themselves."""

    engine: str
    resolution: str = "full"
    project_id: int = 1


def draft_of(name: str, table: Table, decided: Mapping | None) -> Draft:
    """Return a checked draft of a table, with the given mapping or one proposed from its header."""
    return Draft(name=name, table=table, checked=check(table, decided))


def remap(draft: Draft, mapping: Mapping) -> Draft:
    """Return the draft with another mapping."""
    return draft_of(draft.name, draft.table, mapping)


def mend(draft: Draft, cells: Pairs[Place, str]) -> Draft:
    """Return the draft with some cells replaced, and checked again."""
    fixes = [Fix(line, column, value) for (line, column), value in cells.items()]
    return draft_of(draft.name, correct(draft.table, fixes), draft.mapping)


def accept(draft: Draft, problems: Sequence[IntakeProblem]) -> Draft:
    """Return the draft with the suggestions of some problems applied.

    Cells get their suggested values; a misspelt column name is mapped to the field it meant.
    """
    mapping = draft.mapping
    for problem in problems:
        field = problem.suggestion
        if field and field not in mapping.columns and _names_column(draft.table, problem):
            mapping = mapping.with_column(field, problem.column)
    return draft_of(draft.name, correct(draft.table, suggested_fixes(problems)), mapping)


def reread(draft: Draft, before: Table, after: Table) -> Draft:
    """Return the draft of a file that was read again, with its corrections kept.

    `before` is the table as it was read until now, `after` with one more answer about the file. A
    cell keeps its correction if its line and column exist in both.
    """
    was = {
        (row.line, name): cell for row in before.rows for name, cell in _named_cells(before, row)
    }
    now = {(row.line, name) for row in after.rows for name, _ in _named_cells(after, row)}
    fixes = [
        Fix(row.line, name, cell)
        for row in draft.table.rows
        for name, cell in _named_cells(draft.table, row)
        if was.get((row.line, name), cell) != cell and (row.line, name) in now
    ]
    decided = draft.mapping if after.header == before.header else None
    return draft_of(draft.name, correct(after, fixes), decided)


def corrected_csv(draft: Draft) -> bytes:
    """Return the table with its corrections as a CSV file that can be uploaded again."""
    return write_csv(draft.table)


def unknown_projects(draft: Draft, project_names: Pairs[int, str]) -> Counter[str]:
    """Return how many rows name each project that does not exist."""
    known = {name.casefold() for name in project_names.values()}
    named = Counter(row.project for row in draft.checked.rows if row.project)
    return Counter({name: n for name, n in named.items() if name.casefold() not in known})


def lines_of(draft: Draft, choices: Choices, project_names: Pairs[int, str]) -> list[NewLine]:
    """Return the valid rows, with the defaults filled in.

    A project that does not exist is kept as a tag of its row.
    """
    return list(each_line(draft, choices, project_names))


def each_line(draft: Draft, choices: Choices, project_names: Pairs[int, str]) -> Iterator[NewLine]:
    """Yield the same one by one; 100,000 of them kept at once take 140 MB."""
    ids = {name.casefold(): project_id for project_id, name in project_names.items()}
    for row in draft.checked.rows:
        if row.request is None:
            continue
        request = row.request
        project_id = ids.get((row.project or "").casefold(), choices.project_id)
        said = request.model_fields_set
        engine = request.engine if "engine" in said else choices.engine
        resolution = request.resolution if "resolution" in said else choices.resolution
        values = {
            "engine": engine,
            "project_id": project_id,
            "resolution": resolution if traits_of(engine).supports_draft else "full",
        }
        tags = row.tags
        if row.project and row.project.casefold() not in ids:
            tag = " ".join(words(row.project))  # with a comma it would be read as two tags
            tags = (*tags, tag) if tag and tag not in tags else tags
        yield NewLine(
            row_id=row.row_id,
            request=request.model_copy(update=values),
            tags=tags,
            extra=dict(row.extra),
        )


def spread(count: int, wanted: int) -> list[int]:
    """Return positions (from 1) spread evenly over a number of rows, including the first."""
    wanted = min(wanted, count)
    return sorted({1 + number * count // wanted for number in range(wanted)}) if wanted else []


def _named_cells(table: Table, row: TableRow) -> Iterator[tuple[str, str]]:
    return zip(table.header, row.cells, strict=False)


def _names_column(table: Table, problem: IntakeProblem) -> bool:
    return (
        problem.is_of_header and problem.suggestion is not None and problem.column in table.header
    )
