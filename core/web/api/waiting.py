"""How a caller wants to be answered: at once or after a while, and once however often it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Query, Request, Response

from core.generation.service import InTransaction
from core.keys.from_settings import Scope
from core.records.generations import Generation
from core.web.api.auth import Access, Caller
from core.web.api.request_body import IdempotencyKey, claim_of
from core.web.api.responses import GenerationAnswer, tell_generation
from core.web.idempotency import IdempotencyStore
from core.wiring import Studio

Seen = TypeVar("Seen")

LONGEST_WAIT_SECONDS = 600.0
LOOK_EVERY_SECONDS = 0.1

Ask = Callable[[InTransaction | None], Generation]
"""Asks for a picture and calls what it is given in the same transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMode:
    """How one request wants to be answered."""

    caller: Caller
    wait_seconds: float
    idempotency_key: str | None


def mode_of(access: Access) -> Callable[..., Awaitable[AnswerMode]]:
    """Return what reads the manner of a request that spends money or power."""
    may_generate = Depends(access.to(Scope.GENERATE))

    async def read(
        caller: Caller = may_generate,
        wait: Annotated[
            float,
            Query(ge=0, le=LONGEST_WAIT_SECONDS, description="Seconds to wait for the end."),
        ] = 120.0,
        prefer: Annotated[str, Header(description="`respond-async` answers at once.")] = "",
        idempotency_key: IdempotencyKey = None,
    ) -> AnswerMode:
        at_once = "respond-async" in prefer
        return AnswerMode(
            caller=caller,
            wait_seconds=0.0 if at_once else wait,
            idempotency_key=idempotency_key,
        )

    return read


async def answer_generation(
    studio: Studio,
    request: Request,
    response: Response,
    mode: AnswerMode,
    fields: dict[str, Any],
    ask: Ask,
) -> GenerationAnswer:
    """Ask for one picture, wait as long as wanted, and tell how it stands."""
    generation = await asyncio.to_thread(_ask, studio, request, mode, fields, ask)
    if generation.is_waiting:
        look = partial(studio.service.see, generation.id)
        generation = await keep_looking(studio, mode, look, lambda one: not one.is_waiting)
    response.status_code = 202 if generation.is_waiting else 200
    response.headers["Location"] = f"{request.scope['root_path']}/generate/{generation.id}"
    return await asyncio.to_thread(tell_generation, studio.service, generation, request)


async def keep_looking(
    studio: Studio, mode: AnswerMode, look: Callable[[], Seen], is_over: Callable[[Seen], bool]
) -> Seen:
    """Return what is seen once it is over, or when the caller wants to wait no longer."""
    waited = studio.clock.stopwatch()
    seen = await asyncio.to_thread(look)
    while not is_over(seen) and waited() < mode.wait_seconds:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        seen = await asyncio.to_thread(look)
    return seen


def make_once(
    studio: Studio,
    request: Request,
    mode: AnswerMode,
    fields: dict[str, Any],
    make: Callable[[InTransaction | None], int],
) -> int:
    """Return the id of what a request makes, the same id however often its key is sent."""
    if mode.idempotency_key is None:
        return make(None)
    claim = claim_of(request, mode.idempotency_key, mode.caller.id, fields)
    return IdempotencyStore(studio.database, studio.clock).once(claim, make)


def _ask(
    studio: Studio, request: Request, mode: AnswerMode, fields: dict[str, Any], ask: Ask
) -> Generation:
    if mode.idempotency_key is None:
        return ask(None)  # what was just made need not be read again
    once = make_once(studio, request, mode, fields, lambda in_transaction: ask(in_transaction).id)
    return studio.service.see(once)
