"""Settling the lines of a batch: each takes over the state of its generation."""

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
    """An open line whose generation is in another state than the line says."""

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
            # these two terms are those of the partial index ix_batch_row_open
            col(LineRow.generation_id).is_not(None),
            col(LineRow.settled_at).is_(None),
            or_(
                and_(col(LineRow.state) == LineState.RUNNING, status.not_in(backlog.UNFINISHED)),
                and_(col(LineRow.state) == LineState.UNKNOWN, status != State.UNKNOWN),
            ),
        )
    )
    return [_settlement(*found) for found in session.exec(query)]


def settle(
    session: Session, settlement: Settlement, batch_state: BatchState, *, now: datetime
) -> bool:
    """Move a line to where its generation stands; False if somebody else already did.

    The caller holds the line's batch, which stands at `batch_state`: in one that is over nothing
    is put back in line, where it would wait to be paid with a later retry of other lines.
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


def _settlement(line: LineRow, generation: GenerationRow, may_be_charged: bool) -> Settlement:  # noqa: FBT001 - a row of a query
    new = line_state_of(State(generation.status))
    is_joined = generation.batch_id != line.batch_id
    if new is LineState.CANCELLED and is_joined and not may_be_charged:
        # the line had joined somebody else's picture, and that one was taken back; one that may
        # be paid already is not paid again by itself
        new = LineState.WAITING
    assert line.generation_id is not None  # noqa: S101 - the query asks for it
    return Settlement(
        batch_id=line.batch_id,
        position=line.position,
        row_id=line.row_id,
        old=LineState(line.state),
        new=new,
        generation_id=line.generation_id,
        reason=generation.error_message if new in PROBLEMS else None,
    )
