"""Reads an uploaded form: a table of rows, its column mapping, and how to run it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import Any, Literal

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.types import Message, Receive

from core.batches.control import MOST_LINES, MOST_PARALLEL
from core.domain.engines import EngineName
from core.domain.request import LARGEST_ID
from core.errors import EdgeError, InvalidRequestError
from core.intake.cells import is_encodable
from core.intake.columns import FIELDS, Mapping
from core.intake.table import LARGEST_FILE_BYTES, Answers
from core.web.api.error_responses import problems_of
from core.web.api.openapi import Fields, uploaded
from core.web.api.request_body import declared_bytes

MOST_FIELDS_BYTES = 1_000_000
LARGEST_UPLOAD_BYTES = LARGEST_FILE_BYTES + MOST_FIELDS_BYTES
"""Of a whole form; a general limit on bodies must allow this much for /batches."""

LARGEST_BUDGET_USD = 1_000_000
LONGEST_NAME = 200
_MOST_FIELDS = 30

MOST_ARRIVING, MOST_IN_MEMORY = 8, 2
"""Forms being received, which wait on disk, and forms in memory: a large one takes 0.5 GB."""

RETRY_SECONDS = 15


class Options(BaseModel):
    """How the rows are run; every field may be left out, and each is what the page offers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: EngineName | None = Field(
        default=None, description="For files without such a column; else the preferred engine."
    )
    resolution: Literal["full", "draft"] = Field(
        default="full", description="`draft` is 256 px and of the preview engine only."
    )
    project_id: int = Field(
        default=1, ge=1, le=LARGEST_ID, description="For rows that name no project."
    )
    parallel: int = Field(
        default=8, ge=1, le=MOST_PARALLEL, description="Pictures at once; 1 keeps the order."
    )
    continue_on_error: bool = Field(default=True, description="Off: stop at the first failure.")
    stop_failed_percent: float = Field(
        default=30, ge=1, le=100, description="Stop when more of the rows fail."
    )
    stop_blocked_percent: float = Field(
        default=30, ge=1, le=100, description="Stop when more of the rows are blocked."
    )
    budget_usd: float | None = Field(
        default=None, ge=0, le=LARGEST_BUDGET_USD, description="Most that this batch may spend."
    )
    pilot_rows: int = Field(
        default=0,
        ge=0,
        le=MOST_LINES,
        description="A test run: make so many rows, spread over all, and hold the rest until "
        "`commit`.",
    )
    encoding: str | None = Field(
        default=None, description="Of text that does not say it, as a refusal asks for it."
    )
    header_line: int | None = Field(
        default=None,
        ge=0,
        le=MOST_LINES,
        description="The line that names the columns; 0 where none does. Left out, the first.",
    )
    sheet: str | None = Field(
        default=None, max_length=200, description="Of a workbook; left out, the first."
    )
    list_marks: bool | None = Field(
        default=None, description='Off: "1." and "-" before every line of a .txt fall away.'
    )
    prompt_flags: bool | None = Field(
        default=None,
        description="Off: flags such as `--ar 16:9` leave the prompts; ratio and seed are used.",
    )

    hidden_rows: bool | None = Field(
        default=None, description="On: rows that are hidden in a sheet are taken along."
    )
    hidden_columns: bool | None = Field(
        default=None, description="Off: columns of ours that are hidden in a sheet are not used."
    )
    merged_cells: bool | None = Field(
        default=None, description="Off: a merged cell counts for its first row only."
    )
    only_prompts: bool | None = Field(
        default=None, description="On: rows without a prompt, such as headings, are left out."
    )
    equal_rows: Literal["variations", "once"] | None = Field(
        default=None,
        description="Rows that ask for the same without a seed: each a picture of its own, or "
        "the first only. Left out, one picture stands in all of them.",
    )

    @property
    def answers(self) -> Answers:
        """The form's answers about how to read the file."""
        return Answers(**{one.name: getattr(self, one.name) for one in fields_of(Answers)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A form as it was sent."""

    name: str
    content: bytes
    mapping: Mapping | None
    options: Options

    @property
    def identity(self) -> dict[str, Any]:
        """What makes two uploads the same request."""
        return {
            "name": self.name,
            "sha256": hashlib.sha256(self.content).hexdigest(),
            "mapping": self.mapping.columns if self.mapping else None,
            **self.options.model_dump(),
        }


def upload_body(examples: Fields) -> Fields:
    """Return the description of the form, with examples as curl sends them."""
    described = Options.model_json_schema()["properties"]
    file = {"type": "string", "format": "binary", "description": "CSV, TSV, XLSX, JSONL or JSON."}
    mapping = {
        "type": "string",
        "contentMediaType": "application/json",
        "description": "Which column stands for which field, as "
        '`{"prompt": "Caption"}`; left out, the names of the columns decide.',
    }
    return uploaded({"file": file, "mapping": mapping, **described}, examples)


class FormReader:
    """Limits how many forms are received at a time, and how many of them are in memory.

    A slow sender delays nobody, since a form is read into memory only once it is complete.
    """

    def __init__(self, *, arriving: int = MOST_ARRIVING, in_memory: int = MOST_IN_MEMORY) -> None:
        self._places = arriving
        self._reading = asyncio.Semaphore(in_memory)

    @asynccontextmanager
    async def receive(self, request: Request) -> AsyncIterator[Upload]:
        """Give the form of a table while it is in memory, once its turn has come.

        As `receive_form`; InvalidRequestError if it is not of its kind.
        """
        async with self.receive_form(request) as form:
            yield await _read(form)

    @asynccontextmanager
    async def receive_form(self, request: Request) -> AsyncIterator[FormData]:
        """Give any form with one file while its file may be read, once its turn has come.

        EdgeError (429) before anything is read where too many arrive already, and (413) as soon as
        it is too large.
        """
        if (declared_bytes(request.scope) or 0) > LARGEST_UPLOAD_BYTES:
            raise _too_large()
        if not self._places:
            raise EdgeError(
                429,
                "uploads_busy",
                "Others are uploading files at the moment.",
                advice=f"Try again in {RETRY_SECONDS} s.",
                retry_after_seconds=RETRY_SECONDS,
            )
        self._places -= 1
        try:
            bounded = Request(request.scope, _bounded(request.receive))
            async with bounded.form(max_files=1, max_fields=_MOST_FIELDS) as form, self._reading:
                yield form
        finally:
            self._places += 1


def _bounded(receive: Receive) -> Receive:
    sent_bytes = 0

    async def receive_some() -> Message:
        nonlocal sent_bytes
        message = await receive()
        sent_bytes += len(message.get("body", b""))
        if sent_bytes > LARGEST_UPLOAD_BYTES:
            raise _too_large()
        return message

    return receive_some


async def _read(form: FormData) -> Upload:
    sent = [name for name, _ in form.multi_items()]
    fields = dict(form.multi_items())
    if len(fields) < len(sent):
        twice = next(name for name in fields if sent.count(name) > 1)
        raise InvalidRequestError.of(twice, f"{twice} stands twice in the form; send it once.")
    file = fields.pop("file", None)
    if not isinstance(file, UploadFile):
        raise InvalidRequestError.of(
            "file", "Send the table as the file `file` of a multipart/form-data form."
        )
    content = await file.read()
    mapping = _mapping(fields.pop("mapping", None))
    try:
        options = Options.model_validate({n: value for n, value in fields.items() if value != ""})
    except ValidationError as failure:
        raise InvalidRequestError(problems_of(failure.errors())) from failure
    name = "".join(letter for letter in file.filename or "" if letter.isprintable())
    return Upload(name=name[-LONGEST_NAME:], content=content, mapping=mapping, options=options)


def _mapping(given: UploadFile | str | None) -> Mapping | None:
    if given is None or given == "":
        return None
    try:
        columns = json.loads(given if isinstance(given, str) else "")
    except (ValueError, RecursionError) as failure:
        raise InvalidRequestError.of(
            "mapping", "mapping is not JSON; send one object."
        ) from failure
    if not isinstance(columns, dict) or not all(isinstance(c, str) for c in columns.values()):
        raise InvalidRequestError.of(
            "mapping", 'mapping must be an object such as {"prompt": "Caption"}.'
        )
    if not all(is_encodable(column) for column in columns.values()):
        raise InvalidRequestError.of(
            "mapping", "mapping holds half a character (a lone surrogate)."
        )
    unknown = [name for name in columns if name not in FIELDS]
    if unknown:
        raise InvalidRequestError.of(
            "mapping", f"mapping names {unknown[0]}; use {', '.join(FIELDS)}."
        )
    return Mapping(columns)


def _too_large() -> EdgeError:
    most = LARGEST_FILE_BYTES // 1_000_000
    return EdgeError(
        413, "too_large", f"The file is larger than {most} MB.", advice="Split it into several."
    )
