"""CSV and other delimited text as a table of strings: strict; the header shows the delimiter."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from core.intake.cells import restored
from core.intake.columns import known_fields
from core.intake.table import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    NOBODY_ASKED,
    Answers,
    IntakeProblem,
    Table,
    TableRow,
    UnreadableFileError,
    finished_table,
    header_and_rows,
    names_prompts,
    too_many_columns,
    too_many_rows,
)

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "TAB", "|": "pipe"}
_SEP_LINE = re.compile("sep=([,;\t|])(\r\n|\n|\r)")
_QUOTED = re.compile('"[^"]*+"')
_HEADER_LINE = re.compile(r'[\r\n]*+((?:"[^"]*+"|[^"\r\n]++)*+)')
_LINE = re.compile("[^\n]+")
_MOST_LINES = 2_000_000
"""Including empty ones; a sheet saved as CSV can have a million of them."""

_MOST_TITLES = 40
"""How many lines above a header are searched for it."""

_MOST_SIGNS = LONGEST_CELL + MOST_COLUMNS
_LONGEST_SHOWN = 200


def read_delimited(text: str, *, alone: str = ",", answers: Answers = NOBODY_ASKED) -> Table:
    """Return the table of a delimited text.

    `alone` is the delimiter of a file whose header has only one column. A malformed row is an error
    with its line, and reading goes on. Raises UnreadableFileError for the file as a whole.
    """
    first_line = 1
    if found := _SEP_LINE.match(text):
        delimiter, first_line = found[1], 2
        text = text[found.end() :]
    else:
        line = _likely_header(text)
        bare = _QUOTED.sub("", line)
        present = [sign for sign in DELIMITERS if sign in bare]
        if not present:
            delimiter = alone
        else:
            known = {sign: len(known_fields(columns_of(line, sign))) for sign in present}
            best = [sign for sign in present if known[sign] == max(known.values())]
            if len(best) == 1:
                delimiter = best[0]
            else:
                names = " or ".join(DELIMITERS[sign] for sign in best)
                raise UnreadableFileError(
                    f"The header can be split at {names}, so its columns are not certain.",
                    advice=f"Put a line sep={best[0]} before the header, or quote the names.",
                )
    errors: list[IntakeProblem] = []
    rows = list(_records(text, delimiter, first_line, errors))
    notices: list[IntakeProblem] = []
    if errors and delimiter == "\t" and (literal := _literal_rows(text, first_line)):
        notices.append(
            IntakeProblem(
                line=errors[0].line,
                column="",
                code="quotes_kept",
                message="Quotes in this file do not enclose cells, so they are kept as letters.",
            )
        )
        rows, errors = literal, []
    if not rows or (errors and errors[0].line < rows[0].line):
        if errors:
            raise UnreadableFileError(errors[0].message, advice="Correct the header line.")
        raise UnreadableFileError("The file is empty.", advice="Add a header and rows.")
    header, body, questions = header_and_rows(rows, answers.header_line)
    table = finished_table(
        header,
        body,
        errors=errors,
        notices=notices,
        questions=questions,
        has_names=answers.header_line != 0,
    )
    return replace(table, delimiter=delimiter)


def columns_of(line: str, delimiter: str) -> list[str]:
    """Return the cells of a header, or none if its quotes do not close or there are too many."""
    if line.count(delimiter) > _MOST_SIGNS:
        return []
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _likely_header(text: str) -> str:
    """Return the first line that names prompts, or else the first line; titles may come above."""
    head = _HEADER_LINE.match(text)
    first = head[1] if head else ""
    others = (found[0].rstrip("\r") for found in islice(_LINE.finditer(text), _MOST_TITLES))
    for line in chain((first,), others):
        if any(names_prompts(columns_of(line, sign)) for sign in DELIMITERS):
            return line
    return first


class _Lines:
    """The lines of a text for the csv module; `row` holds those of the present row."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._stream = io.StringIO(text, newline="")
        self._delimiter = delimiter
        self.row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._stream)
        if line.count(self._delimiter) > _MOST_SIGNS:  # each would become a separate object
            raise too_many_columns()
        self.row.append(line)
        return line

    def goes_on_for_certain(self) -> bool:
        """Return whether the line after a malformed row certainly begins a row.

        It does if the quotes pair up. With one too many it does only if all later quotes pair up,
        since then nothing later can close the odd one.
        """
        if not sum(line.count('"') for line in self.row) % 2:
            return True
        place = self._stream.tell()
        rest = self._stream.read().count('"')
        self._stream.seek(place)
        return len(self.row) == 1 and not rest % 2


def _records(
    text: str, delimiter: str, first_line: int, errors: list[IntakeProblem]
) -> Iterator[TableRow]:
    lines = _Lines(text, delimiter)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    count = 0
    while True:
        line = reader.line_num + first_line
        lines.row.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as failure:
            certain = lines.goes_on_for_certain()
            errors.append(_broken(line, str(failure), delimiter, lines.row, certain=certain))
            if not certain:
                return
            continue
        count += 1
        if (count > MOST_ROWS + 1 and any(cells)) or count > _MOST_LINES:
            raise too_many_rows()
        if cells:
            yield TableRow(
                line, tuple(restored(cell) if cell[:1] == "'" else cell for cell in cells)
            )


def _broken(
    line: int, said: str, delimiter: str, lines: list[str], *, certain: bool
) -> IntakeProblem:
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
    if not certain and code != "unterminated_quote":
        message += " The rows after it were not read, for where they begin is not certain."
    value = "".join(part[:_LONGEST_SHOWN] for part in lines[:_LONGEST_SHOWN])[:_LONGEST_SHOWN]
    return IntakeProblem(
        line=line, column="", code=code, message=message, value=value.rstrip("\r\n")
    )


def _literal_rows(text: str, first_line: int) -> list[TableRow] | None:
    """Return the rows of a TAB file in which quotes are plain characters, or None if that fails.

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
