"""A table of strings as read from a file, and the problems found while reading it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from core.domain.spelling import simple_name
from core.errors import StudioError
from core.intake.columns import known_fields

MOST_ROWS, MOST_COLUMNS = 100_000, 100
LARGEST_FILE_BYTES = 50_000_000
LONGEST_CELL = 131_072
"""Characters; also the limit of Python's csv module, which we do not change."""

OF_A_SHEET = frozenset({"date_cell", "formula_cell", "error_cell"})
"""Errors of cells that only matter in a mapped column; elsewhere the cells are plain text."""

OF_A_CELL = OF_A_SHEET | {"wrong_kind"}
"""Errors from reading that concern one cell, and that a new text in the cell removes."""

LOWEST_HEADER = 40
"""How many filled lines are searched for a header; titles and notes may come above it."""


class UnreadableFileError(StudioError):
    """The file as a whole cannot be read as rows; nothing was taken from it."""

    code = "unreadable_file"


class EncodingUnknownError(UnreadableFileError):
    """The text is in none of the recognisable encodings; a person has to choose.

    `line` is the first line that is not UTF-8; `previews` shows the first lines in each possible
    encoding.
    """

    code = "encoding_unknown"

    def __init__(self, message: str, *, advice: str, line: int, previews: dict[str, str]) -> None:
        super().__init__(message, advice=advice)
        self.line = line
        self.previews = previews


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeProblem:
    """One problem or notice: where, what is wrong, and what would be right."""

    line: int
    column: str
    code: str
    message: str
    value: str = ""
    suggestion: str | None = None

    @property
    def is_of_header(self) -> bool:
        """Whether it is about a column's name and not about a cell."""
        return self.code in {"missing_column", "unknown_column", "duplicate_column"}

    def as_dict(self) -> dict[str, object]:
        """Return the problem as REST returns it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A person's answers about how to read a file; None where nobody was asked."""

    encoding: str | None = None
    """One of the encodings of an EncodingUnknownError."""

    header_line: int | None = None
    """The line with the column names; 0 if there is none and the first line is a row."""

    sheet: str | None = None
    """The title of the workbook's sheet to read; None means the first visible one."""

    list_marks: bool | None = None
    """Whether "1." and "-" before pasted prompts are part of them."""

    prompt_flags: bool | None = None
    """Whether flags of other tools, such as "--ar 16:9", stay in the prompts."""

    hidden_rows: bool | None = None
    """Whether rows that are hidden in a sheet are rows; None leaves them out."""

    hidden_columns: bool | None = None
    """Whether our columns that are hidden in a sheet are used; None uses them."""

    merged_cells: bool | None = None
    """Whether a merged cell's value counts for all its rows; None says yes."""

    equal_rows: Literal["variations", "once"] | None = None
    """What rows are that ask for the same without a seed; None makes one picture for all."""

    only_prompts: bool | None = None
    """Whether rows are left out that hold nothing of ours, such as headings between rows."""

    def with_answers(self, more: Answers) -> Answers:
        """Return these answers with further ones added; another sheet begins anew."""
        if more.sheet not in {None, self.sheet}:
            return replace(more, encoding=more.encoding or self.encoding)
        said = {name: value for name, value in asdict(more).items() if value is not None}
        return replace(self, **said)


NOBODY_ASKED = Answers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about the file as a whole, with one possible answer."""

    code: str
    message: str
    label: str
    """The label of the button."""

    answers: Answers
    """The answers that pressing it adds; the file is then read again."""

    other_label: str = ""
    """The label of a second button, where there are two ways."""

    other_answers: Answers = NOBODY_ASKED


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row; `line` is where it begins in the file, or its row in a sheet."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The content of a file, with every cell as text, in the order of the file.

    A row with more cells than the header is an error of the check, so that it can be shown and
    corrected. `errors`, `notices` and `questions` are those found while reading. `delimiter` is the
    one between a text's cells, or empty if there was none.
    """

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    errors: tuple[IntakeProblem, ...] = ()
    notices: tuple[IntakeProblem, ...] = ()
    questions: tuple[Question, ...] = ()
    delimiter: str = ""
    has_names: bool = True
    """Whether the file names its columns; otherwise they are called "column 1" and so on."""

    equal_rows: Literal["variations", "once"] | None = None
    """As in Answers; which rows are equal is known when they are checked."""

    only_prompts: bool | None = None
    """As in Answers; which columns are ours is known when they are checked."""


def finished_table(
    header: list[str],
    rows: list[TableRow],
    *,
    errors: list[IntakeProblem] | None = None,
    notices: list[IntakeProblem] | None = None,
    questions: Sequence[Question] = (),
    has_names: bool = True,
) -> Table:
    """Return the table without empty rows and columns, with a name for every column.

    A short row is filled with empty cells, and empty cells beyond the header are removed. A column
    without a name, or with a name that is taken, gets a name of its own, with a notice. Raises
    UnreadableFileError for no rows, and for too many rows or columns.
    """
    notices = list(notices or [])
    filled = [row for row in rows if not all(map(is_blank, row.cells))]
    if len(filled) < len(rows):
        count = len(rows) - len(filled)
        empty = next(row.line for row in rows if all(map(is_blank, row.cells)))
        message = (
            f"{count:,} empty rows were skipped." if count > 1 else "An empty row was skipped."
        )
        notices.append(IntakeProblem(line=empty, column="", code="empty_rows", message=message))
    if not filled and not errors and not questions:
        raise UnreadableFileError(
            "The file has a header but no rows.", advice="Add one row for each picture."
        )
    if len(filled) > MOST_ROWS:
        raise too_many_rows()
    names, filled = _without_gaps(header, [_as_wide_as(row, len(header)) for row in filled])
    if len(names) > MOST_COLUMNS:
        raise too_many_columns()
    names, problems_of_names = _named_once(names, filled)
    return Table(
        header=tuple(names),
        rows=tuple(filled),
        errors=(*(errors or ()), *(one for one in problems_of_names if one.is_of_header)),
        notices=(*notices, *(one for one in problems_of_names if not one.is_of_header)),
        questions=tuple(questions),
        has_names=has_names,
    )


def header_and_rows(
    rows: Sequence[TableRow], header_line: int | None
) -> tuple[list[str], list[TableRow], list[Question]]:
    """Return the column names, the rows below, and the questions about the header.

    `header_line` is a person's answer, as in Answers; without one the first row is the header.
    Raises UnreadableFileError for a line that does not exist.
    """
    if header_line == 0:
        width = max(len(row.cells) for row in rows)
        return [f"column {number}" for number in range(1, width + 1)], list(rows), []
    if header_line is None:
        return list(rows[0].cells), list(rows[1:]), _questions_about_header(rows)
    place = next((i for i, row in enumerate(rows) if row.line == header_line), None)
    if place is None:
        raise UnreadableFileError(
            f"There is no line {header_line:,} with names of columns.",
            advice="Choose the line that names the columns, or 0 if none does.",
        )
    return list(rows[place].cells), list(rows[place + 1 :]), []


def names_prompts(cells: Sequence[str]) -> bool:
    """Return whether these cells are certainly the header of a table of prompts.

    A single cell must be the very name, since "text" or "caption" may be anywhere.
    """
    named = [cell for cell in cells if not is_blank(cell)]
    if len(named) == 1:
        return simple_name(named[0]) in {"prompt", "prompts"}
    return "prompt" in known_fields(cells)


def is_blank(cell: str) -> bool:
    """Return whether a cell holds nothing but space."""
    return not cell.strip()


def too_many_rows() -> UnreadableFileError:
    """Return the error for a file with more rows than one batch may have."""
    return UnreadableFileError(
        f"The file has more than {MOST_ROWS:,} rows.",
        advice=f"Split it into files of {MOST_ROWS:,} rows or fewer.",
    )


def too_many_columns() -> UnreadableFileError:
    """Return the error for a file with more columns than a table may have."""
    return UnreadableFileError(
        f"The file has more than {MOST_COLUMNS} columns.",
        advice="Keep the columns that describe pictures and delete the others.",
    )


def problem_of_header(
    column: str, code: str, message: str, suggestion: str | None = None
) -> IntakeProblem:
    """Return a problem about the name of a column."""
    return IntakeProblem(
        line=1, column=column, code=code, message=message, value=column, suggestion=suggestion
    )


def _questions_about_header(rows: Sequence[TableRow]) -> list[Question]:
    first = rows[0]
    if names_prompts(first.cells):
        return []
    lower = next((row for row in rows[1:LOWEST_HEADER] if names_prompts(row.cells)), None)
    if lower is not None:
        return [
            Question(
                code="header_line",
                message=f"Line {lower.line} looks like the header: "
                f"{', '.join(cell.strip() for cell in lower.cells if cell.strip())[:200]}.",
                label=f"Use line {lower.line} as the header",
                answers=Answers(header_line=lower.line),
            )
        ]
    if known_fields(first.cells):
        return []
    return [
        Question(
            code="no_header",
            message=f"Line {first.line} names no column that we know. Is it a row already?",
            label=f"Line {first.line} is a row",
            answers=Answers(header_line=0),
        )
    ]


def _as_wide_as(row: TableRow, width: int) -> TableRow:
    """Return a row filled up to the header, without blank cells beyond it."""
    cells = row.cells
    if len(cells) == width:
        return row
    while len(cells) > width and is_blank(cells[-1]):
        cells = cells[:-1]
    return TableRow(row.line, cells + ("",) * (width - len(cells)))


def _without_gaps(header: list[str], rows: list[TableRow]) -> tuple[list[str], list[TableRow]]:
    """Return header and rows without columns that have neither a name nor a filled cell."""
    unnamed = {place for place, name in enumerate(header) if is_blank(name)}
    used = {place for row in rows for place in unnamed if not is_blank(row.cells[place])}
    gaps = unnamed - used
    if not gaps:
        return header, rows
    kept = [place for place in range(len(header)) if place not in gaps]
    return [header[place] for place in kept], [
        TableRow(row.line, (*(row.cells[place] for place in kept), *row.cells[len(header) :]))
        for row in rows
    ]


def _named_once(header: list[str], rows: list[TableRow]) -> tuple[list[str], list[IntakeProblem]]:
    """Return the header with a unique name for every column, and what was changed."""
    taken = {simple_name(name) for name in header}
    first: dict[str, int] = {}
    names: list[str] = []
    problems_of_names: list[IntakeProblem] = []
    for place, given in enumerate(header):
        simple = simple_name(given)
        if not is_blank(given) and simple not in first:
            first[simple] = place
            names.append(given)
            continue
        base = f"column {place + 1}" if is_blank(given) else given.strip()
        name, number = base, 2
        while simple_name(name) in taken:
            name, number = f"{base} ({number})", number + 1
        taken.add(simple_name(name))
        names.append(name)
        if is_blank(given):
            said = f'Column {place + 1} has no name; it is carried along as "{name}".'
            problems_of_names.append(problem_of_header(name, "unnamed_column", said))
            continue
        said = f'The column "{base}" appears twice'
        if known_fields([given]) and any(
            row.cells[first[simple]] != row.cells[place] for row in rows
        ):
            said = f'{said}; say which of "{header[first[simple]].strip()}" and "{name}" is meant.'
            problems_of_names.append(problem_of_header(name, "duplicate_column", said))
        else:
            said = f'{said}; the second is carried along as "{name}".'
            problems_of_names.append(problem_of_header(name, "repeated_column", said))
    return names, problems_of_names
