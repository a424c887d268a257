"""CSV and its sisters to a table of strings: strict, and the delimiter is read from the header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from core.intake.cells import restored
from core.intake.columns import known_fields
from core.intake.table import (
    LONGEST_CELL,
    MOST_ROWS,
    IntakeProblem,
    Table,
    TableRow,
    UnreadableFileError,
    finished_table,
    too_many_rows,
)

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "TAB", "|": "pipe"}
_SEP_LINE = re.compile("sep=([,;\t|])(\r\n|\n|\r)")


def read_delimited(text: str, *, alone: str = ",") -> Table:
    """Return the table of a delimited text.

    `alone` is the delimiter of a file whose header names one column only. A row that cannot be
    read is an error with its line and the others go on. Raises UnreadableFileError for the file
    as a whole.
    """
    first_line = 1
    if found := _SEP_LINE.match(text):
        delimiter, first_line = found[1], 2
        text = text[found.end() :]
    else:
        delimiter = _delimiter_of(text, alone)
    errors: list[IntakeProblem] = []
    rows = list(_records(text, delimiter, first_line, errors))
    notices: list[IntakeProblem] = []
    if errors and delimiter == "\t" and (literal := _literal_rows(text, first_line)):
        notices.append(_quotes_kept(errors[0].line))
        rows, errors = literal, []
    if not rows or (errors and errors[0].line < rows[0].line):
        if errors:
            raise UnreadableFileError(errors[0].message, advice="Mend the header line.")
        raise UnreadableFileError("The file is empty.", advice="Add a header and rows.")
    header, *body = rows
    return finished_table(list(header.cells), body, errors=errors, notices=notices)


def columns_of(line: str, delimiter: str) -> list[str]:
    """Return the cells of a header, or none if its quotes do not close."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _delimiter_of(text: str, alone: str) -> str:
    head = re.match(r'\s*((?:"(?:[^"]|"")*"|[^"\r\n])*)', text)
    line = head[1] if head else ""
    bare = re.sub(r'"(?:[^"]|"")*"', "", line)
    present = [sign for sign in DELIMITERS if sign in bare]
    if not present:
        return alone
    known = {sign: len(known_fields(columns_of(line, sign))) for sign in present}
    best = [sign for sign in present if known[sign] == max(known.values())]
    if len(best) == 1:
        return best[0]
    names = " or ".join(DELIMITERS[sign] for sign in best)
    raise UnreadableFileError(
        f"The header can be split at {names}, so its columns are not certain.",
        advice=f"Put a line sep={best[0]} before the header, or quote the names.",
    )


def _records(
    text: str, delimiter: str, first_line: int, errors: list[IntakeProblem]
) -> Iterator[TableRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    count = 0
    while True:
        line = reader.line_num + first_line
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as failure:
            errors.append(_broken(line, str(failure), delimiter))
            continue
        count += 1
        if count > MOST_ROWS + 1 and any(cells):
            raise too_many_rows()
        if cells:
            yield TableRow(
                line, tuple(restored(cell) if cell[:1] == "'" else cell for cell in cells)
            )


def _broken(line: int, said: str, delimiter: str) -> IntakeProblem:
    code, message = (
        "broken_quote",
        (
            "A quoted cell goes on after its closing quote; "
            f"write a {DELIMITERS[delimiter]} after it, or double the quotes inside the cell."
        ),
    )
    if "end of data" in said:
        code, message = (
            "unterminated_quote",
            (
                f"The quote opened in the row that begins at line {line} is never closed; "
                "close it, and double the quotes inside the cell."
            ),
        )
    elif "field limit" in said:
        code, message = (
            "cell_too_long",
            (
                f"A cell of this row has more than {LONGEST_CELL:,} characters; shorten it, "
                "or close a quote that was left open."
            ),
        )
    elif "new-line" in said:
        code, message = "broken_line", "The row has a line break outside quotes; quote the cell."
    return IntakeProblem(line=line, column="", code=code, message=message)


def _literal_rows(text: str, first_line: int) -> list[TableRow] | None:
    """Return the rows of a TAB file that uses quotes as letters, or None if it does not fit.

    IANA's text/tab-separated-values has no quoting; PartiPrompts is such a file.
    """
    lines = re.split("\r\n|\n|\r", text)
    rows = [
        TableRow(number, tuple(restored(cell) for cell in line.split("\t")))
        for number, line in enumerate(lines, start=first_line)
        if line
    ]
    fits = rows and all(len(row.cells) == len(rows[0].cells) for row in rows)
    return rows if fits and len(rows[0].cells) > 1 else None


def _quotes_kept(line: int) -> IntakeProblem:
    return IntakeProblem(
        line=line,
        column="",
        code="quotes_kept",
        message="Quotes in this file do not enclose cells, so they are kept as letters.",
    )
