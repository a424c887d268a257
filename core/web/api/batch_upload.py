"""The routes that check a table of up to 100,000 rows and start it as a batch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from core.batches.draft import (
    Choices,
    Draft,
    draft_of,
    each_line,
    lines_of,
    spread,
    unknown_projects,
)
from core.domain.batching import StopRules
from core.domain.money import MICROUSD
from core.errors import EngineMissingError, InvalidRequestError, Problem, WrongRowsError
from core.generation.service import InTransaction
from core.intake.readers import read_file
from core.intake.table import Answers, IntakeProblem
from core.keys.from_settings import Scope
from core.records.batches import Plan
from core.web.api import openapi
from core.web.api.auth import Access, Caller
from core.web.api.batches import BatchProgress, place_of, tell_progress
from core.web.api.error_responses import documented, with_price
from core.web.api.request_body import IdempotencyKey
from core.web.api.upload_form import FormReader, Options, Upload, upload_body
from core.web.api.waiting import AnswerMode, make_once
from core.wiring import Studio


class RowProblem(BaseModel):
    """One thing wrong or worth knowing about a cell."""

    line: int = Field(description="Where the row begins in the file, from 1.")
    column: str
    code: str = Field(description="A stable word for programs.", examples=["unknown_value"])
    message: str
    suggestion: str | None = Field(description="What would be right.")
    value: str = Field(description="What stands there, cut after 200 characters.")


class DuplicateRow(BaseModel):
    """A row that requests the same picture as an earlier one."""

    line: int
    row_id: str
    of_line: int
    of_row_id: str


class FileQuestion(BaseModel):
    """Something uncertain about the file as a whole, and the form field that answers it."""

    code: str = Field(description="A stable word for programs.", examples=["header_line"])
    message: str
    answer: dict[str, str | int | bool] = Field(
        description="What to send with the file to say yes.", examples=[{"header_line": 3}]
    )
    other_answer: dict[str, str | int | bool] | None = Field(
        description="What to send to say the other thing, where there are two ways."
    )


class CheckAnswer(BaseModel):
    """What a table would start; nothing of it was stored."""

    rows: int
    valid: int = Field(description="How many can be started as they are.")
    errors: list[RowProblem]
    notices: list[RowProblem] = Field(description="Worth a look; they stop nothing.")
    duplicates: list[DuplicateRow]
    questions: list[FileQuestion] = Field(description="What is not certain; they stop nothing.")
    owned: int = Field(description="How many pictures you have already; they cost nothing.")
    paying: int = Field(description="How many pictures would be made.")
    estimated_cost_usd: float
    left_today_usd: float | None = Field(description="Of today's budget, if there is one.")
    mapping: dict[str, str] = Field(description="Which column stands for which field.")


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["batches"])
    uploads = FormReader()

    @router.post(
        "/batches/check",
        summary="Check a table of rows and what it would cost",
        responses=documented(413),
        openapi_extra=upload_body(openapi.CHECK_EXAMPLES),
        dependencies=[Depends(access.to(Scope.READ))],
    )
    async def check_table(request: Request) -> CheckAnswer:
        """Return every problem of the table; nothing is stored, sent or remembered."""
        async with uploads.receive(request) as upload:
            return await asyncio.to_thread(_check, studio, upload)

    may_generate = Depends(access.to(Scope.GENERATE))

    @router.post(
        "/batches",
        status_code=202,
        summary="Start a table of up to 100,000 rows",
        responses=openapi.accepted() | documented(413),
        openapi_extra=upload_body(openapi.START_EXAMPLES),
    )
    async def start_table(
        request: Request,
        response: Response,
        caller: Caller = may_generate,
        idempotency_key: IdempotencyKey = None,
    ) -> BatchProgress:
        """Answer with `Location` when all rows are stored; refused as a whole if one is wrong."""
        mode = AnswerMode(caller=caller, wait_seconds=0, idempotency_key=idempotency_key)
        async with uploads.receive(request) as upload:
            batch_id = await asyncio.to_thread(_start, studio, request, mode, upload)
        response.headers["Location"] = place_of(request, batch_id)
        return await asyncio.to_thread(tell_progress, studio, batch_id, request)

    return router


def _check(studio: Studio, upload: Upload) -> CheckAnswer:
    draft, names = _draft(upload), studio.batches.project_names()
    missing = _missing_engines(studio, draft)
    choices = _choices(studio, upload.options, names)
    quote = studio.batches.quote(line.request for line in each_line(draft, choices, names))
    left = quote.left_microusd
    kept_as_tags = []
    for name, count in unknown_projects(draft, names).items():
        rows_keep = "its row keeps" if count == 1 else f"its {count:,} rows keep"
        kept_as_tags.append(
            IntakeProblem(
                line=1,
                column=draft.mapping.columns.get("project", "project"),
                code="unknown_project",
                message=f'There is no project "{name}"; {rows_keep} the name as a tag.',
                value=name,
            )
        )
    return CheckAnswer(
        rows=draft.row_count,
        valid=draft.checked.valid - len(missing),
        errors=_row_problems([*draft.checked.errors, *missing]),
        notices=_row_problems([*draft.checked.notices, *kept_as_tags]),
        duplicates=[
            DuplicateRow.model_validate(asdict(duplicate)) for duplicate in draft.checked.duplicates
        ],
        questions=[
            FileQuestion(
                code=question.code,
                message=question.message,
                answer=_fields(question.answers),
                other_answer=_fields(question.other_answers) or None,
            )
            for question in draft.questions
        ],
        owned=quote.owned,
        paying=quote.paying,
        estimated_cost_usd=quote.price_microusd / MICROUSD,
        left_today_usd=None if left is None else max(left, 0) / MICROUSD,
        mapping=draft.mapping.columns,
    )


def _start(studio: Studio, request: Request, mode: AnswerMode, upload: Upload) -> int:
    def begin(in_transaction: InTransaction | None) -> int:
        draft = _draft(upload)
        with with_price(lambda: _price_of(studio, draft, upload.options)):
            return start(draft, in_transaction)

    def start(draft: Draft, in_transaction: InTransaction | None) -> int:
        options = upload.options
        wrong = [*draft.checked.errors, *_missing_engines(studio, draft)]
        if wrong:
            raise WrongRowsError(
                [
                    Problem(field=w.column, message=w.message, suggestion=w.suggestion, line=w.line)
                    for w in wrong
                ]
            )
        names = studio.batches.project_names()
        lines = lines_of(draft, _choices(studio, options, names), names)
        pilot = spread(len(lines), options.pilot_rows) if options.pilot_rows else None
        budget = options.budget_usd
        plan = Plan(
            name=upload.name,
            source=upload.name,
            project_id=options.project_id,
            parallel=options.parallel,
            rules=StopRules(
                continue_on_error=options.continue_on_error,
                failed_share=options.stop_failed_percent / 100,
                blocked_share=options.stop_blocked_percent / 100,
            ),
            budget_microusd=None if budget is None else round(budget * MICROUSD),
        )
        started = studio.batches.start(plan, lines, pilot=pilot, in_transaction=in_transaction)
        return started.id

    return make_once(studio, request, mode, upload.identity, begin)


def _price_of(studio: Studio, draft: Draft, options: Options) -> int:
    """Return the price of the rows that can be made, in microusd, even if others are wrong."""
    offered = studio.service.engine_names
    choices = Choices(engine=options.engine if options.engine in offered else offered[0])
    return studio.batches.quote(
        line.request for line in each_line(draft, choices, {})
    ).price_microusd


def _draft(upload: Upload) -> Draft:
    table = read_file(upload.name, upload.content, upload.options.answers)
    return draft_of(upload.name, table, upload.mapping)


def _choices(studio: Studio, options: Options, project_names: dict[int, str]) -> Choices:
    if options.project_id not in project_names:
        raise InvalidRequestError.of("project_id", f"There is no project {options.project_id}.")
    offered = studio.service.engine_names
    if options.engine not in {None, *offered}:
        raise EngineMissingError(
            f"The engine {options.engine} is not set up here.",
            advice=f"Choose {' or '.join(offered)}.",
        )
    return Choices(
        engine=options.engine or offered[0],
        resolution=options.resolution,
        project_id=options.project_id,
    )


def _missing_engines(studio: Studio, draft: Draft) -> list[IntakeProblem]:
    """Return a problem for each row whose engine is not set up, which would stop the batch."""
    column = draft.mapping.columns.get("engine")
    if column is None:
        return []
    offered = studio.service.engine_names
    return [
        IntakeProblem(
            line=row.line,
            column=column,
            code="engine_missing",
            message=f"The engine {row.request.engine} is not set up here.",
            value=row.request.engine,
            suggestion=offered[0],
        )
        for row in draft.checked.rows
        if row.request and row.request.engine not in offered
    ]


def _fields(answers: Answers) -> dict[str, Any]:
    return {name: value for name, value in asdict(answers).items() if value is not None}


def _row_problems(problems: Iterable[IntakeProblem]) -> list[RowProblem]:
    return [RowProblem.model_validate(problem.as_dict()) for problem in problems]
