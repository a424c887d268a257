"""An order that was stopped between its intent and its first byte: it is made again, free."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from core import ledger
from core.domain.states import State
from core.errors import NotSentError
from core.generation.context import PipelineContext
from core.records import attempts, generations, holds
from core.records.generations import Generation

log = logging.getLogger(__name__)

CANCELLED_MEANWHILE = "It was cancelled while it was being sent. The order did not go through."


def settle_unsent(
    context: PipelineContext, generation: Generation, number: int, stopped: NotSentError
) -> Generation:
    """Queue an order again whose intent is recorded and that certainly was not sent.

    If its batch was cancelled meanwhile, the order is cancelled instead.

    Another process may have declared it lost meanwhile; that is taken back unless the generation
    has moved on since.
    """
    log.warning("generation %s: try %s: %s", generation.id, number, stopped)
    now = context.clock.now()
    with context.database.writing() as session:
        day = attempts.note_unsent(session, generation.id, number, now=now)
        if day is None:
            return generations.load(session, generation.id)
        found = generations.load(session, generation.id)
        is_its_last = found.retry_count == number - 1
        is_open = is_its_last and found.state in {State.SUBMITTING, State.UNKNOWN}
        if is_open and found.hold == holds.CANCELLED:
            end_cancelled(session, found, now=now, day=day)
        elif is_open:
            generations.move(
                session,
                generation.id,
                found.state,
                State.QUEUED,
                reserved_microusd=found.price_microusd,
                job_id=None,
                not_before=None,
                error_code=None,
                error_message=None,
                error_advice=None,
            )
        else:
            # it was queued again with a reservation of its own, perhaps on a later day
            ledger.release(session, replace(found.account, day=day), found.price_microusd)
        return generations.load(session, generation.id)


def end_cancelled(
    session: Session, generation: Generation, *, now: datetime, day: str | None
) -> None:
    """End an unsent order whose batch was cancelled while it was being sent.

    Its money is released on `day`, which its last try counted against.
    """
    generations.move(
        session,
        generation.id,
        generation.state,
        State.CANCELLED,
        completed_at=now,
        reserved_microusd=0,
        error_code=None,
        error_message=CANCELLED_MEANWHILE,
        error_advice=None,
    )
    account = replace(generation.account, day=day or generation.spend_day)
    ledger.release(session, account, generation.price_microusd)
