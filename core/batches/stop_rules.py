"""Decides whether a batch continues, stops, waits for a decision or has ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from core.domain.batching import (
    OPEN_BATCH,
    BatchState,
    Counts,
    LineState,
    acknowledged_of,
    reason_to_stop,
    still_acknowledged,
)
from core.domain.money import dollars
from core.records import batch_rows, batches, unfetched
from core.records.batches import Batch

_RUNNING = frozenset({BatchState.RUNNING})
_ENDS = OPEN_BATCH - {BatchState.PILOTED}


def update_state(
    session: Session, batch_id: int, *, now: datetime, failed: Sequence[str] = ()
) -> None:
    """Move a batch to the state that its lines imply; `failed` are rows that have just failed."""
    batch = batches.load(session, batch_id)
    counts = batch_rows.count(session, [batch_id])[batch_id]
    if counts.get(LineState.WAITING, 0) or counts.get(LineState.RUNNING, 0):
        _go_on_or_stop(session, batch, counts, failed)
    elif counts.get(LineState.HELD, 0):
        batches.try_move(session, batch_id, _ENDS, BatchState.PILOTED)
    else:
        batches.try_move(session, batch_id, OPEN_BATCH, BatchState.DONE, ended_at=now)


def _go_on_or_stop(session: Session, batch: Batch, counts: Counts, failed: Sequence[str]) -> None:
    if batch.state is BatchState.DONE:
        # a decision has queued one of its lines again
        batches.try_move(
            session, batch.id, frozenset({BatchState.DONE}), BatchState.RUNNING, ended_at=None
        )
        return
    rules = batch.plan.rules
    can_stop = rules.failed_share is not None or rules.blocked_share is not None
    late = unfetched.count_late(session, batch.id) if can_stop else 0
    seen = still_acknowledged(batch.acknowledged, acknowledged_of(counts, late=late))
    if seen != batch.acknowledged:
        batches.acknowledge(session, batch.id, seen)
    is_first_failure = bool(failed) and not rules.continue_on_error
    if not is_first_failure and reason_to_stop(counts, rules, seen, late=late) is None:
        return  # the usual case after a row; the cost is only summed up for the sentence
    cost = unfetched.cost_of_problems(session, batch.id)
    parts = []
    if cost.certain_microusd:
        parts.append(f"{dollars(cost.certain_microusd)} charged")
    if cost.possible_microusd:
        parts.append(f"{dollars(cost.possible_microusd)} perhaps charged")
    money = " and ".join(parts)  # empty if nothing was charged
    if is_first_failure:
        words = f" ({money})" if money else ""
        reason: str | None = (
            f"Row {failed[0]} brought no picture{words}, and this batch stops at the first failure."
        )
    else:
        reason = reason_to_stop(counts, rules, seen, late=late, money=money)
    batches.try_move(session, batch.id, _RUNNING, BatchState.STOPPED, reason=reason)
