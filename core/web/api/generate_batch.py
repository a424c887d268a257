"""The route for up to fifty requests at once, made as one durable batch."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from core.batches.control import MOST_PARALLEL, MOST_REQUESTS
from core.domain.batching import BatchState, LineState
from core.domain.money import MICROUSD
from core.domain.request import GenerationRequest
from core.errors import InvalidRequestError, Problem
from core.generation.service import InTransaction
from core.records.batches import Batch
from core.web.api import openapi
from core.web.api.auth import Access
from core.web.api.batches import place_of
from core.web.api.error_responses import documented, with_price
from core.web.api.generations import price_of_fields
from core.web.api.request_body import read_object, read_request
from core.web.api.responses import GenerationAnswer, tell_generation
from core.web.api.waiting import AnswerMode, keep_looking, make_once, mode_of
from core.wiring import Studio


class BatchAnswer(BaseModel):
    """What became of the requests, in their order."""

    total: int
    successful: int
    failed: int
    results: list[GenerationAnswer | None]
    errors: list[str | None]
    estimated_cost_usd: float = Field(
        description="What it costs at most; owned and equal pictures cost nothing once found."
    )
    batch_id: str = Field(description="The batch on the page /batch?batch=…")
    status: str


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["pictures"])
    as_wanted = Depends(mode_of(access))

    @router.post(
        "/generate/batch",
        summary="Make up to 50 pictures",
        responses=openapi.made(BatchAnswer) | documented(402, 413),
        openapi_extra=openapi.body(
            openapi.batch_fields(MOST_REQUESTS, studio.service.engine_names), openapi.BATCH_EXAMPLES
        ),
    )
    async def make_batch(
        request: Request, response: Response, mode: AnswerMode = as_wanted
    ) -> BatchAnswer:
        """200 when all have ended, 202 while some are still being made; nothing is lost."""
        fields = await read_object(request)
        batch_id = await asyncio.to_thread(_start, studio, request, mode, fields)
        batch = await keep_looking(studio, mode, partial(studio.batches.load, batch_id), _is_over)
        response.status_code = 200 if _is_over(batch) else 202
        response.headers["Location"] = place_of(request, batch_id)
        return await asyncio.to_thread(_tell, studio, batch, request)

    return router


def _start(studio: Studio, request: Request, mode: AnswerMode, fields: dict[str, Any]) -> int:
    with with_price(lambda: _price_of_requests(studio, fields)):
        asked = _requests(studio, fields)

    def begin(in_transaction: InTransaction | None) -> int:
        return studio.batches.run_requests(
            asked,
            parallel=MOST_PARALLEL if _flag(fields, "parallel") else 1,
            continue_on_error=_flag(fields, "continue_on_error"),
            in_transaction=in_transaction,
        )

    return make_once(studio, request, mode, fields, begin)


def _price_of_requests(studio: Studio, fields: dict[str, Any]) -> int:
    given = fields.get("requests")
    requests = given[:MOST_REQUESTS] if isinstance(given, list) else []
    return sum(price_of_fields(studio, one if isinstance(one, dict) else {}) for one in requests)


def _requests(studio: Studio, fields: dict[str, Any]) -> list[GenerationRequest]:
    given = fields.get("requests")
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_REQUESTS:
        raise InvalidRequestError.of(
            "requests", f"requests must be a list of 1 to {MOST_REQUESTS} requests."
        )
    asked, problems = [], []
    for number, one in enumerate(given):
        try:
            if not isinstance(one, dict):
                raise InvalidRequestError.of("request", "it must be an object.")
            asked.append(read_request(one, engine=studio.service.engine_names[0])[0])
        except InvalidRequestError as refusal:
            problems += [
                Problem(
                    field=f"requests.{number}.{problem.field}",
                    message=f"Request {number + 1}: {problem.message}",
                    suggestion=problem.suggestion,
                )
                for problem in refusal.problems
            ]
    if problems:
        raise InvalidRequestError(problems)
    return asked


def _flag(fields: dict[str, Any], name: str) -> bool:
    value = fields.get(name, True)
    if not isinstance(value, bool):
        raise InvalidRequestError.of(name, f"{name} must be true or false.")
    return value


def _is_over(batch: Batch) -> bool:
    return batch.is_over or batch.state is BatchState.STOPPED


def _tell(studio: Studio, batch: Batch, request: Request) -> BatchAnswer:
    lines = studio.batches.lines(batch.id, limit=MOST_REQUESTS)
    ended_badly = (LineState.FAILED, LineState.BLOCKED, LineState.UNKNOWN, LineState.CANCELLED)
    results: list[GenerationAnswer | None] = []
    errors: list[str | None] = []
    for line in lines:
        is_done = line.state is LineState.DONE
        errors.append(None if is_done else line.reason or f"This picture is {line.state.value}.")
        results.append(
            tell_generation(studio.service, line.generation, request)
            if line.generation is not None and is_done
            else None
        )
    # each picture once, and the rows that have none yet
    begun = {line.generation.id: line.generation for line in lines if line.generation}
    to_begin = [line.request.get("engine") for line in lines if not line.generation]
    price_microusd = sum(one.price_microusd for one in begun.values()) + sum(
        studio.service.price_microusd(str(engine)) for engine in to_begin
    )
    return BatchAnswer(
        total=len(lines),
        successful=errors.count(None),
        failed=sum(line.state in ended_badly for line in lines),
        results=results,
        errors=errors,
        estimated_cost_usd=price_microusd / MICROUSD,
        batch_id=str(batch.id),
        status=batch.state.value,
    )
