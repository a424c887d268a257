"""An order that was stopped between its intent and its first byte: it is made again for nothing."""

from __future__ import annotations

import logging
from dataclasses import replace

from core import ledger
from core.domain.states import State
from core.errors import NotSentError
from core.generation.context import PipelineContext
from core.records import attempts, generations
from core.records.generations import Generation

log = logging.getLogger(__name__)


def settle_unsent(
    context: PipelineContext, generation: Generation, number: int, stopped: NotSentError
) -> Generation:
    """Queue an order again whose intent is written down and that surely never left.

    Others may have taken it for lost meanwhile; then it is not lost any more, unless it went on.
    """
    log.warning("generation %s: try %s: %s", generation.id, number, stopped)
    now = context.clock.now()
    with context.database.writing() as session:
        day = attempts.note_unsent(session, generation.id, number, now=now)
        if day is None:
            return generations.load(session, generation.id)
        found = generations.load(session, generation.id)
        is_its_last = found.retry_count == number - 1
        if is_its_last and found.state in {State.SUBMITTING, State.UNKNOWN}:
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
            # it was queued once more with money of its own, perhaps on a later day
            ledger.release(session, replace(found.account, day=day), found.price_microusd)
        return generations.load(session, generation.id)
