"""Turns one row of a table into a request or several, or reports all its problems at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.domain.request import (
    FRAME_SIZES,
    LARGEST_SEED,
    GenerationRequest,
    canonical_form,
    parse_request,
)
from core.errors import InvalidRequestError, Problem
from core.intake.columns import REQUEST_FIELDS, Mapping
from core.intake.delimited import DELIMITERS
from core.intake.table import IntakeProblem, TableRow
from core.intake.values import (
    Refused,
    control_character,
    meant_ratio,
    trimmed,
    whole_number,
    words,
    yes_or_no,
)

MOST_VARIATIONS = 100
"""Pictures of one row."""

LONGEST_NAME = 200
"""Characters of a row id, a tag or the name of a project."""

_NUMBERS = ("seed", "max_retries")
_PLAIN = ("row_id", "tag", "project")
_AS_WRITTEN = ("prompt", "structured_prompt", "instruction")


@dataclass(slots=True, kw_only=True)
class IntakeRow:
    """One typed row; `request` is None if something in it has to be corrected.

    `row_id` is given in the file or made from the row's position. `project` is a name, as a row
    does not know ids. `extra` holds the cells of unmapped columns, for the manifest.
    """

    line: int
    row_id: str
    request: GenerationRequest | None = None
    tags: tuple[str, ...] = ()
    project: str | None = None
    variations: int = 1
    """How many pictures, each with a seed of its own."""

    extra: dict[str, str] = field(default_factory=dict)
    problems: tuple[IntakeProblem, ...] = ()


class RowReader:
    """Reads the rows of one table with one mapping."""

    def __init__(self, header: tuple[str, ...], mapping: Mapping, delimiter: str = "") -> None:
        """Find every field's column once for all rows; `delimiter` is the table's own."""
        self._delimiter = delimiter
        place = {column: index for index, column in enumerate(header)}
        self.columns = mapping.columns
        self._places = {name: place[column] for name, column in mapping.columns.items()}
        ours = set(self._places.values())
        self._extra = [(i, column) for i, column in enumerate(header) if i not in ours]
        self._width = len(header)
        self.notices: list[IntakeProblem] = []

    def read(self, row: TableRow) -> IntakeRow:
        """Return the typed row; `row_id` is empty if the file gives none."""
        if len(row.cells) > self._width:
            return IntakeRow(line=row.line, row_id="", problems=(self._ragged(row),))
        cells = {name: row.cells[i] for name, i in self._places.items() if row.cells[i]}
        problems: list[IntakeProblem] = []
        fields = self._fields(row.line, cells, problems)
        request: GenerationRequest | None = None
        try:
            request = parse_request(fields)
        except InvalidRequestError as failure:
            problems += [self._from_domain(row.line, cells, one) for one in failure.problems]
        variations = self._variations(row.line, cells, problems)
        for name in _PLAIN:
            cell = cells.get(name, "")
            if strange := control_character(cell):
                said = f"{name} holds a control character ({strange}); remove it."
                problems.append(self._wrong(row.line, name, cell, said, code="control_character"))
            elif len(cell) > LONGEST_NAME:
                said = f"{name} has {len(cell):,} characters; write at most {LONGEST_NAME}."
                problems.append(self._wrong(row.line, name, cell, said))
        return IntakeRow(
            line=row.line,
            row_id=trimmed(cells.get("row_id", "")),
            request=None if problems else request,
            tags=words(cells["tag"]) if "tag" in cells else (),
            project=trimmed(cells.get("project", "")) or None,
            variations=variations,
            extra={column: row.cells[i] for i, column in self._extra if row.cells[i]},
            problems=tuple(problems),
        )

    def _variations(self, line: int, cells: dict[str, str], problems: list[IntakeProblem]) -> int:
        cell = cells.get("variations", "")
        if not trimmed(cell):
            return 1
        value = whole_number("variations", cell)
        if isinstance(value, Refused):
            problems.append(self._wrong(line, "variations", cell, value.message, value.suggestion))
            return 1
        if not 1 <= value <= MOST_VARIATIONS:
            said = f"variations must be between 1 and {MOST_VARIATIONS}, not {value:,}."
            problems.append(self._wrong(line, "variations", cell, said))
            return 1
        return value

    def _fields(
        self, line: int, cells: dict[str, str], problems: list[IntakeProblem]
    ) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name in REQUEST_FIELDS:
            cell = cells.get(name, "")
            if name != "prompt" and not trimmed(cell):
                continue
            value: str | int | bool | Refused
            if name in _AS_WRITTEN:
                value = cell
            elif name in _NUMBERS:
                value = whole_number(name, cell)
            elif name == "use_cache":
                value = yes_or_no(name, cell)
            else:
                value = trimmed(cell)
            if isinstance(value, Refused):
                problems.append(self._wrong(line, name, cell, value.message, value.suggestion))
                continue
            fields[name] = value
            if name in _NUMBERS and str(value) != trimmed(cell):
                said = f'{name} "{trimmed(cell)}" is read as {value}.'
                self.notices.append(self._wrong(line, name, cell, said, code="read_as"))
        return fields

    def _from_domain(self, line: int, cells: dict[str, str], problem: Problem) -> IntakeProblem:
        name = problem.field
        if name == "request":
            alone = "instruction" in cells and "structured_prompt" not in cells
            name = "instruction" if alone else "resolution"
        cell = cells.get(name, "")
        suggestion, code = problem.suggestion, "wrong_value"
        message = problem.message
        if name == "aspect_ratio" and (meant := meant_ratio(cell)) in FRAME_SIZES:
            suggestion, message = meant, f'aspect_ratio cannot be "{cell}"; did you mean "{meant}"?'
        if name == "prompt":
            strange = control_character(cell.replace("\n", "").replace("\t", "").replace("\r", ""))
            code = "control_character" if strange else code if cell.strip() else "empty_prompt"
        return self._wrong(line, name, cell, message, suggestion, code=code)

    def _wrong(
        self,
        line: int,
        name: str,
        cell: str,
        message: str,
        suggestion: str | None = None,
        *,
        code: str = "wrong_value",
    ) -> IntakeProblem:
        return IntakeProblem(
            line=line,
            column=self.columns.get(name, name),
            code=code,
            message=message,
            value=cell[:LONGEST_NAME],
            suggestion=suggestion,
        )

    def _ragged(self, row: TableRow) -> IntakeProblem:
        have, want = len(row.cells), self._width
        if self._delimiter:
            fix = f"a {DELIMITERS[self._delimiter]} in a prompt needs quotes around the prompt."
        else:
            fix = "delete the cells beyond the header, or give their columns a name."
        begin = self._places.get("prompt", 0)
        end = begin + have - want + 1
        whole = self._delimiter.join(row.cells[begin:end])
        return IntakeProblem(
            line=row.line,
            column=self.columns.get("prompt", "prompt"),
            code="cell_count",
            message=f"The row has {have} cells but the header has {want}; {fix}",
            value=(whole or row.cells[begin])[:LONGEST_NAME],
            suggestion=whole if self._is_prose(row.cells, begin, end) else None,
        )

    def _is_prose(self, cells: tuple[str, ...], begin: int, end: int) -> bool:
        """Return whether surplus cells are a prompt that was split at its own commas.

        People write a space after a comma, and programs that write cells do not. In a table with
        one column the cells cannot be anything else.
        """
        if not self._delimiter:
            return False
        others = (*cells[:begin], *cells[end:])
        inner = cells[begin + 1 : end]
        return self._width == 1 or (
            all(cell.startswith(" ") for cell in inner)
            and not any(cell.startswith(" ") for cell in others)
        )


def variation_of(request: GenerationRequest, number: int) -> GenerationRequest:
    """Return the request with the seed of its variation; the one numbered 0 is as it is.

    A seed that is given is counted up. Without one it follows from the request, so that the same
    file asks for the same pictures again and they are paid for once.
    """
    if number == 0:
        return request
    if request.seed is not None:
        seed = (request.seed + number) % (LARGEST_SEED + 1)
    else:
        text = f"{canonical_form(request)}\n{number}"
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % LARGEST_SEED
    return request.model_copy(update={"seed": seed})


def with_variations(rows: Sequence[IntakeRow]) -> list[IntakeRow]:
    """Return every row as often as its column says, each with an id and a seed of its own."""
    taken = {row.row_id for row in rows}
    found: list[IntakeRow] = []
    for row in rows:
        if row.request is None or row.variations == 1:
            found.append(row)
            continue
        for number in range(row.variations):
            name = f"{row.row_id}-{number + 1}"
            while name in taken:
                name += "-"
            taken.add(name)
            request = variation_of(row.request, number)
            found.append(replace(row, row_id=name, request=request, variations=1))
    return found
