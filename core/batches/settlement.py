"""Settles the lines of a batch: each takes over the state of its generation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from core.domain.batching import OPEN_BATCH, PROBLEMS, BatchState, LineState, line_state_of
from core.domain.states import State
from core.records import backlog, unfetched
from core.records.batch_rows import at, is_settled
from core.tables.batch import LineRow
from core.tables.generation import GenerationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """An open line whose generation is in another state than the line."""

    batch_id: int
    position: int
    row_id: str
    old: LineState
    new: LineState
    generation_id: int
    reason: str | None


def settlements(session: Session) -> list[Settlement]:
    """Return the open lines of all batches whose generation has moved on."""
    status = col(GenerationRow.status)
    query = (
        select(LineRow, GenerationRow, unfetched.may_be_charged())
        .join(GenerationRow, col(GenerationRow.id) == col(LineRow.generation_id))
        .where(
            # these two conditions are those of the partial index ix_batch_row_open
            col(LineRow.generation_id).is_not(None),
            col(LineRow.settled_at).is_(None),
            or_(
                and_(col(LineRow.state) == LineState.RUNNING, status.not_in(backlog.UNFINISHED)),
                and_(col(LineRow.state) == LineState.UNKNOWN, status != State.UNKNOWN),
            ),
        )
    )
    found = []
    for line, generation, may_be_charged in session.exec(query):
        new = line_state_of(State(generation.status))
        is_joined = generation.batch_id != line.batch_id
        if new is LineState.CANCELLED and is_joined and not may_be_charged:
            # the line had joined another row's picture, and that one was cancelled; if it may be
            # paid for already, it is not paid again automatically
            new = LineState.WAITING
        assert line.generation_id is not None  # noqa: S101 - the query asks for it
        settlement = Settlement(
            batch_id=line.batch_id,
            position=line.position,
            row_id=line.row_id,
            old=LineState(line.state),
            new=new,
            generation_id=line.generation_id,
            reason=generation.error_message if new in PROBLEMS else None,
        )
        found.append(settlement)
    return found


def settle(
    session: Session, settlement: Settlement, batch_state: BatchState, *, now: datetime
) -> bool:
    """Move a line to the state of its generation; return False if somebody else already did.

    The caller has locked the line's batch, whose state is `batch_state`. In a batch that is over no
    line is queued again, because a later retry of other lines would pay for it.
    """
    new = settlement.new
    if new is LineState.WAITING and batch_state not in OPEN_BATCH:
        new = LineState.CANCELLED
    values: dict[str, object] = {"state": new, "reason": settlement.reason}
    if new is LineState.WAITING:
        values["generation_id"] = None
    elif is_settled(new):
        values["settled_at"] = now
    moving = update(LineRow).where(
        at(settlement.batch_id, settlement.position),
        col(LineRow.state) == settlement.old,
        col(LineRow.generation_id) == settlement.generation_id,
    )
    moved = moving.values(**values).returning(col(LineRow.position))
    return session.scalars(moved).first() is not None
