"""A table of strings as it stood in a file, and the problems found on the way."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from core.errors import StudioError
from core.intake.columns import simple_name

MOST_ROWS, MOST_COLUMNS = 100_000, 100
LARGEST_FILE_BYTES = 50_000_000
LONGEST_CELL = 131_072
"""Characters; also the limit of Python's csv module, which nobody here changes."""


class UnreadableFileError(StudioError):
    """The file as a whole cannot be read as rows; nothing was taken from it."""

    code = "unreadable_file"


class EncodingUnknownError(UnreadableFileError):
    """The text is in none of the encodings that can be recognised; a person has to choose.

    `line` is the first line that is not UTF-8; `previews` holds, for each encoding that could
    be meant, the first lines as they would read.
    """

    code = "encoding_unknown"

    def __init__(self, message: str, *, advice: str, line: int, previews: dict[str, str]) -> None:
        super().__init__(message, advice=advice)
        self.line = line
        self.previews = previews


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeProblem:
    """One thing wrong or worth knowing: where, what, and what would be right."""

    line: int
    column: str
    code: str
    message: str
    value: str = ""
    suggestion: str | None = None

    @property
    def is_of_header(self) -> bool:
        """Whether it is about what a column is called and not about a cell."""
        return self.code in {"missing_column", "unknown_column"}

    def as_dict(self) -> dict[str, object]:
        """Return the problem as REST serves it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row; `line` is where it begins in the file, or its row in a sheet."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What stood in the file, every cell as text, in the order of the file.

    A row may have more or fewer cells than the header; it is then an error of the check, so that
    it can be shown and mended. `errors` and `notices` are what reading alone could tell.
    `delimiter` is what stood between the cells of a text, or empty where nothing did.
    """

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    errors: tuple[IntakeProblem, ...] = ()
    notices: tuple[IntakeProblem, ...] = ()
    delimiter: str = ""


def finished_table(
    header: list[str],
    rows: list[TableRow],
    *,
    errors: list[IntakeProblem] | None = None,
    notices: list[IntakeProblem] | None = None,
) -> Table:
    """Return the table without rows and unnamed last columns that hold nothing.

    Raises UnreadableFileError for no rows, too many, or a column without a name.
    """
    notices = list(notices or [])
    filled = [row for row in rows if any(row.cells)]
    if len(filled) < len(rows):
        count = len(rows) - len(filled)
        empty = next(row.line for row in rows if not any(row.cells))
        message = (
            f"{count:,} empty rows were skipped." if count > 1 else "An empty row was skipped."
        )
        notices.append(IntakeProblem(line=empty, column="", code="empty_rows", message=message))
    header, filled = _without_unnamed_ends(header, filled)
    _refuse_wrong_sizes(header, filled, broken=bool(errors))
    _refuse_unnamed(header)
    return Table(
        header=tuple(header), rows=tuple(filled), errors=tuple(errors or ()), notices=tuple(notices)
    )


def too_many_rows() -> UnreadableFileError:
    """Return the refusal of a file with more rows than one batch may have."""
    return UnreadableFileError(
        f"The file has more than {MOST_ROWS:,} rows.",
        advice=f"Split it into files of {MOST_ROWS:,} rows or fewer.",
    )


def too_many_columns() -> UnreadableFileError:
    """Return the refusal of a file with more columns than a table may have."""
    return UnreadableFileError(
        f"The file has more than {MOST_COLUMNS} columns.",
        advice="Keep the columns that describe pictures and delete the others.",
    )


def _without_unnamed_ends(
    header: list[str], rows: list[TableRow]
) -> tuple[list[str], list[TableRow]]:
    named = len(header)
    while named and not header[named - 1].strip():
        named -= 1
    used = max((_used(row.cells) for row in rows if len(row.cells) <= len(header)), default=0)
    width = max(named, used)
    if width >= len(header):
        return header, rows
    whole = len(header)
    return header[:width], [
        TableRow(row.line, row.cells[:width]) if width < len(row.cells) <= whole else row
        for row in rows
    ]


def _used(cells: tuple[str, ...]) -> int:
    return next((n for n in range(len(cells), 0, -1) if cells[n - 1]), 0)


def _refuse_wrong_sizes(header: list[str], rows: list[TableRow], *, broken: bool) -> None:
    if len(header) > MOST_COLUMNS:
        raise too_many_columns()
    if len(rows) > MOST_ROWS:
        raise too_many_rows()
    if not rows and not broken:
        raise UnreadableFileError(
            "The file has a header but no rows.", advice="Add one row for each picture."
        )


def _refuse_unnamed(header: list[str]) -> None:
    seen: dict[str, str] = {}
    for number, name in enumerate(header, start=1):
        if not name.strip():
            raise UnreadableFileError(
                f"Column {number} has no name in the header.",
                advice="Give the column a name, or delete it with its cells.",
            )
        simple = simple_name(name)
        if simple in seen:
            raise UnreadableFileError(
                f'The column "{name.strip()}" appears twice.',
                advice="Rename or delete one of the two; a guess could make the wrong pictures.",
            )
        seen[simple] = name
