"""The check of a whole table: every row typed, every problem reported at once, nothing started."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.domain.request import FRAME_SIZES, canonical_form
from core.domain.wording import count_of
from core.intake.columns import (
    FIELDS,
    REQUEST_FIELDS,
    Mapping,
    mapping_by_cells,
    meant_field,
    propose_mapping,
)
from core.intake.other_tools import unused_columns
from core.intake.table import (
    MOST_ROWS,
    OF_A_SHEET,
    Answers,
    IntakeProblem,
    Question,
    Table,
    problem_of_header,
    too_many_rows,
)
from core.intake.typed_rows import IntakeRow, RowReader, variation_of, with_variations
from core.intake.values import meant_ratio

_CONTRADICTIONS = (
    ("color_palette", ("monochrome",), "rainbow|colou?rful|multicolou?red|vibrant|neon"),
    ("color_palette", ("muted", "neutral", "pastel"), "neon|garish|vivid"),
    ("color_palette", ("vibrant", "neon"), "black[- ]and[- ]white|monochrome|greyscale|grayscale"),
    ("lighting", ("golden-hour", "bright-daylight", "overcast"), "at night|midnight|moonlit"),
    ("lighting", ("moonlight",), "noon|midday|sunny|bright daylight|golden hour"),
    ("lighting", ("bright-daylight", "golden-hour"), "overcast|thunderstorm|pitch dark"),
    ("camera_angle", ("bird's-eye", "flat-lay"), "from below|low angle|worm'?s[- ]eye"),
    ("camera_angle", ("low-angle", "worm's-eye"), "from above|aerial|bird'?s[- ]eye|flat[- ]lay"),
    ("composition", ("close-up",), "panorama|wide shot|wide view"),
    ("composition", ("wide-shot",), "close[- ]up|macro shot"),
    ("fov", ("macro",), "panorama|skyline|aerial view"),
    ("style", ("photorealistic",), "cartoon|watercolou?r|sketch|oil painting"),
    ("style", ("pencil-sketch", "watercolor", "oil-painting"), "photograph|photorealistic"),
)
"""Parameter, values, and words of a prompt that contradict them: a notice, not an error."""

_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A row that requests the same picture as an earlier one, including the seed."""

    line: int
    row_id: str
    of_line: int
    of_row_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What a table means and what is wrong with it; rows are in the order of the file."""

    mapping: Mapping
    rows: tuple[IntakeRow, ...]
    errors: tuple[IntakeProblem, ...]
    notices: tuple[IntakeProblem, ...]
    duplicates: tuple[Duplicate, ...]
    questions: tuple[Question, ...] = ()
    """What is not certain about the rows; a file's own questions stand in its table."""

    @property
    def valid(self) -> int:
        """The number of rows that can be started as they are."""
        return sum(row.request is not None for row in self.rows)

    def as_dict(self) -> dict[str, object]:
        """Return the figures and problems as REST returns them."""
        return {
            "rows": len(self.rows),
            "valid": self.valid,
            "errors": [problem.as_dict() for problem in self.errors],
            "notices": [problem.as_dict() for problem in self.notices],
            "duplicates": [
                {"line": d.line, "row_id": d.row_id, "of_line": d.of_line, "of_row_id": d.of_row_id}
                for d in self.duplicates
            ],
        }


def check(table: Table, mapping: Mapping | None = None) -> CheckResult:
    """Return every row of the table as a request, with all errors, notices and duplicates.

    Without a mapping, the column names decide, and a name that looks misspelt is an error. With a
    mapping that a person has decided, every column outside it is kept as extra.
    """
    chosen = mapping or _proposed(table)
    ours = set(chosen.columns.values())
    # unmapped columns are carried as text, whatever they hold; once a person has decided, equal
    # names are no question any more
    errors = [
        problem
        for problem in table.errors
        if not (problem.code == "duplicate_column" and chosen.is_decided)
        and not (problem.code in OF_A_SHEET and problem.column not in ours)
        and not _is_a_ratio(problem, chosen)
    ]
    notices = list(table.notices)
    errors += _wrong_columns(table.header, chosen)
    if any(problem.code == "missing_column" for problem in errors):
        return CheckResult(
            mapping=chosen, rows=(), errors=tuple(errors), notices=tuple(notices), duplicates=()
        )
    table, left_out, asked_of_headings = _without_headings(table, chosen)
    errors = [problem for problem in errors if problem.line not in left_out]
    reader = RowReader(table.header, chosen, table.delimiter)
    rows = [reader.read(row) for row in table.rows]
    # a date or formula in a cell holds its row back, although its text could be used
    by_line: dict[int, list[IntakeProblem]] = {}
    for problem in errors:
        by_line.setdefault(problem.line, []).append(problem)
    for row in rows if by_line else ():
        if row.line in by_line:
            row.problems = (*by_line[row.line], *row.problems)
            row.request = None
    _name_rows(rows, reader.columns.get("row_id", "row_id"))
    known = frozenset(errors)
    errors += [problem for row in rows for problem in row.problems if problem not in known]
    rows, counted = _as_often_as_asked(rows, reader.columns)
    rows, asked_alike, questions = _equal_rows(rows, reader.columns, table.equal_rows)
    duplicates, repeats = _repeated(rows, reader.columns)
    if left_out:
        said = f"{count_of(len(left_out), 'row')} without a prompt left out."
        notices.append(
            IntakeProblem(line=min(left_out), column="", code="only_prompts", message=said)
        )
    notices += [
        *counted,
        *asked_alike,
        *unused_columns(table, list(chosen.columns.values())),
        *reader.notices,
        *_contradictions(rows, reader.columns),
        *repeats,
    ]
    return CheckResult(
        mapping=chosen,
        rows=tuple(rows),
        errors=tuple(sorted(errors, key=lambda problem: problem.line)),
        notices=tuple(sorted(notices, key=lambda problem: problem.line)),
        duplicates=tuple(duplicates),
        questions=(*asked_of_headings, *questions),
    )


def _without_headings(
    table: Table, mapping: Mapping
) -> tuple[Table, frozenset[int], list[Question]]:
    """Return the table, the lines left out of it, and the question whether to leave any out.

    A heading or a total between the rows holds nothing of ours but perhaps a name.
    """
    ours = [
        table.header.index(column)
        for field, column in mapping.columns.items()
        if field in REQUEST_FIELDS
    ]
    lines = [
        row.line
        for row in table.rows
        if len(row.cells) == len(table.header) and not any(row.cells[at].strip() for at in ours)
    ]
    if not lines or len(lines) == len(table.rows) or table.only_prompts is False:
        return table, frozenset(), []
    if table.only_prompts:
        gone = frozenset(lines)
        rows = tuple(row for row in table.rows if row.line not in gone)
        return replace(table, rows=rows), gone, []
    listed = ", ".join(str(line) for line in lines[:5]) + (", ..." if len(lines) > 5 else "")
    question = Question(
        code="only_prompts",
        message=f"{count_of(len(lines), 'row')} without a prompt (line{'s' * (len(lines) > 1)} "
        f"{listed}) may be a heading or a total.",
        label="Leave it out" if len(lines) == 1 else "Leave them out",
        answers=Answers(only_prompts=True),
    )
    return table, frozenset(), [question]


def _as_often_as_asked(
    rows: list[IntakeRow], columns: dict[str, str]
) -> tuple[list[IntakeRow], list[IntakeProblem]]:
    """Return each row as often as its column `variations` says, and a notice of how many."""
    total = sum(row.variations if row.request else 1 for row in rows)
    if total == len(rows):
        return rows, []
    if total > MOST_ROWS:
        raise too_many_rows()
    column = columns["variations"]
    said = f'{count_of(len(rows), "row")} become {total:,} by the column "{column}".'
    notice = IntakeProblem(line=1, column=column, code="variations", message=said)
    return with_variations(rows), [notice]


def _equal_rows(
    rows: list[IntakeRow], columns: dict[str, str], answer: str | None
) -> tuple[list[IntakeRow], list[IntakeProblem], list[Question]]:
    """Return the rows as was answered about those that ask for the same without a seed.

    Until then they are as they are: one picture is made and stands in each of them.
    """
    groups: dict[str, list[IntakeRow]] = {}
    for row in rows:
        if row.request is not None and row.request.seed is None and row.request.use_cache:
            groups.setdefault(canonical_form(row.request), []).append(row)
    equal = [group for group in groups.values() if len(group) > 1]
    if not equal:
        return rows, [], []
    repeated = sum(map(len, equal)) - len(equal)
    first = equal[0]
    lines = ", ".join(str(row.line) for row in first[:5]) + (", ..." if len(first) > 5 else "")
    prompt = first[0].request.prompt if first[0].request else ""
    shown = prompt if len(prompt) <= 60 else f"{prompt[:59]}…"
    said = f'{len(first):,} rows (lines {lines}) ask for the same: "{shown}"'
    more = f"; so do {len(equal) - 1:,} other groups" if len(equal) > 1 else ""

    def notice(what: str) -> list[IntakeProblem]:
        sentence = f"{said}{more}; {what}"
        line, column = first[1].line, columns["prompt"]
        return [IntakeProblem(line=line, column=column, code="equal_rows", message=sentence)]

    if answer == "once":
        gone = {id(row) for group in equal for row in group[1:]}
        kept = [row for row in rows if id(row) not in gone]
        return kept, notice(f"{count_of(repeated, 'row')} left out."), []
    if answer == "variations":
        for group in equal:
            for number, row in enumerate(group):
                assert row.request is not None  # noqa: S101 - or it would be in no group
                row.request = variation_of(row.request, number)
        return rows, notice("each is made with a seed of its own."), []
    question = Question(
        code="equal_rows",
        message=f"{said}{more}. Variations of it, or once?",
        label=f"{repeated + len(equal):,} variations",
        answers=Answers(equal_rows="variations"),
        other_label="Once",
        other_answers=Answers(equal_rows="once"),
    )
    return rows, [], [question]


def _proposed(table: Table) -> Mapping:
    if table.has_names:
        return propose_mapping(table.header)
    return mapping_by_cells(
        table.header,
        [row.cells for row in table.rows if len(row.cells) == len(table.header)],
    )


def _is_a_ratio(problem: IntakeProblem, mapping: Mapping) -> bool:
    """Return whether a spreadsheet turned a ratio into a time; its row shows what was meant."""
    of_ratios = problem.column == mapping.columns.get("aspect_ratio")
    return of_ratios and problem.code == "date_cell" and meant_ratio(problem.value) in FRAME_SIZES


def _wrong_columns(header: tuple[str, ...], mapping: Mapping) -> Iterable[IntakeProblem]:
    if unknown := set(mapping.columns.values()) - set(header) | (set(mapping.columns) - {*FIELDS}):
        name = min(unknown)
        yield problem_of_header(name, "missing_column", f'There is no column or field "{name}".')
        return
    taken = set(mapping.columns.values())
    misspelt = {
        column: field
        for column in header
        if column not in taken and (field := meant_field(column)) and field not in mapping.columns
    }
    if "prompt" not in mapping.columns:
        close = next((column for column, field in misspelt.items() if field == "prompt"), None)
        fix = f'did you mean "{close}"?' if close else "say which column holds the prompts."
        yield problem_of_header(
            close or "prompt", "missing_column", f'There is no column "prompt"; {fix}', "prompt"
        )
    elif not mapping.is_decided:
        for column, field in misspelt.items():
            said = f'There is no column "{column}"; did you mean "{field}"?'
            yield problem_of_header(column, "unknown_column", said, field)


def _name_rows(rows: list[IntakeRow], column: str) -> None:
    """Give every row an id: its own, or a unique one from its position."""
    first: dict[str, int] = {}
    for row in rows:
        if row.row_id and row.row_id in first:
            said = f'row_id "{row.row_id}" stands in line {first[row.row_id]} already; rename one.'
            row.problems += (
                IntakeProblem(
                    line=row.line,
                    column=column,
                    code="duplicate_row_id",
                    message=said,
                    value=row.row_id,
                ),
            )
            row.request = None
        elif row.row_id:
            first[row.row_id] = row.line
    for number, row in enumerate(rows, start=1):
        if not row.row_id:
            name = f"row-{number}"
            while name in first:
                name += "-"
            row.row_id = name
            first[name] = row.line


def _repeated(
    rows: list[IntakeRow], columns: dict[str, str]
) -> tuple[list[Duplicate], list[IntakeProblem]]:
    asked: dict[str, IntakeRow] = {}
    spelt: dict[tuple[str, str], IntakeRow] = {}
    duplicates: list[Duplicate] = []
    notices: list[IntakeProblem] = []
    for row in rows:
        if row.request is None:
            continue
        form = canonical_form(row.request)
        earlier = asked.setdefault(form, row)
        simple = _NOT_LETTERS.sub(" ", row.request.prompt.casefold()).strip()
        written = row.request.prompt.replace("\\", "\\\\").replace('"', '\\"')
        written = written.replace("\n", "\\n").replace("\t", "\\t")
        rest = form.replace(written, "", 1)
        alike = spelt.setdefault((simple, rest), row)
        if earlier is not row and row.request.seed is not None:
            duplicates.append(
                Duplicate(
                    line=row.line,
                    row_id=row.row_id,
                    of_line=earlier.line,
                    of_row_id=earlier.row_id,
                )
            )
        elif earlier is not row:
            notices.append(_notice(row, columns, "repeat", f"asks the same as line {earlier.line}"))
        elif simple and alike is not row:
            said = f"differs from line {alike.line} only in case or punctuation"
            notices.append(_notice(row, columns, "near_duplicate", said))
    return duplicates, notices


def _notice(row: IntakeRow, columns: dict[str, str], code: str, said: str) -> IntakeProblem:
    return IntakeProblem(
        line=row.line,
        column=columns["prompt"],
        code=code,
        message=f"The row {said}.",
        value=row.request.prompt[:200] if row.request else "",
    )


def _contradictions(rows: list[IntakeRow], columns: dict[str, str]) -> Iterable[IntakeProblem]:
    """Yield a notice for each parameter that the prompt of its row seems to contradict."""
    for row in rows:
        if row.request is None:
            continue
        for field, values, words in _CONTRADICTIONS:
            value, prompt = getattr(row.request, field), row.request.prompt
            said = re.search(rf"\b({words})\b", prompt, re.IGNORECASE) if value in values else None
            if said:
                yield IntakeProblem(
                    line=row.line,
                    column=columns.get(field, field),
                    code="contradiction",
                    message=f'{field} is {value}, but the prompt says "{said[0]}".',
                    value=str(value),
                )
