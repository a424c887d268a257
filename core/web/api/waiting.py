"""How a caller wants an answer: at once or after a wait, and once per Idempotency-Key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Query, Request, Response
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.database import Database
from core.errors import KeyReusedError
from core.generation.service import InTransaction
from core.keys.from_settings import Scope
from core.records import idempotency_records
from core.records.generations import Generation
from core.records.idempotency_records import Claim
from core.web.api.auth import Access, Caller
from core.web.api.request_body import IdempotencyKey, claim_of
from core.web.api.responses import GenerationAnswer, tell_generation
from core.wiring import Studio

Seen = TypeVar("Seen")

LONGEST_WAIT_SECONDS = 600.0
LOOK_EVERY_SECONDS = 0.1

Ask = Callable[[InTransaction | None], Generation]
"""Requests a picture, and calls its argument in the same transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMode:
    """How one request wants to be answered."""

    caller: Caller
    wait_seconds: float
    idempotency_key: str | None


def mode_of(access: Access) -> Callable[..., Awaitable[AnswerMode]]:
    """Return the dependency that reads the answer mode of a request that spends money or power."""
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
    """Request one picture, wait as long as the caller wants, and return its state."""
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
    """Return the id of what a request makes, the same id however often its key is sent.

    `make` must call its argument in its own transaction, so that the thing and its record are
    stored together or not at all. Raises KeyReusedError if the key came with another request.
    """
    if mode.idempotency_key is None:
        return make(None)
    claim = claim_of(request, mode.idempotency_key, mode.caller.id, fields)
    known = _answer_to(claim, studio.database)
    if known is not None:
        return known

    def keep(session: Session, answer_id: int) -> None:
        idempotency_records.keep(session, claim, answer_id, now=studio.clock.now())

    try:
        return make(keep)
    except IntegrityError:
        # the same key was sent twice at once, and the other one was faster
        known = _answer_to(claim, studio.database)
        if known is None:
            raise
        return known


def _answer_to(claim: Claim, database: Database) -> int | None:
    with database.reading() as session:
        record = idempotency_records.find(session, claim)
    if record is None:
        return None
    if record.fingerprint != claim.fingerprint:
        raise KeyReusedError(
            "This Idempotency-Key was sent before with another request.",
            advice="Send a new key with a new request.",
        )
    return record.answer_id


def _ask(
    studio: Studio, request: Request, mode: AnswerMode, fields: dict[str, Any], ask: Ask
) -> Generation:
    if mode.idempotency_key is None:
        return ask(None)  # it was just made and need not be read again
    once = make_once(studio, request, mode, fields, lambda in_transaction: ask(in_transaction).id)
    return studio.service.see(once)
