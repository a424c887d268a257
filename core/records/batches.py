"""Batches: adding, finding and moving them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, update
from sqlmodel import Session, col, select

from core.database import in_chunks
from core.domain.batching import Acknowledged, BatchState, StopRules
from core.errors import NotFoundError, StaleStateError
from core.tables.batch import BatchRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a batch is run: for whom, in which project, how fast, and when it stops."""

    name: str
    project_id: int = 1
    user_id: int = 1
    source: str | None = None
    parallel: int = 8
    rules: StopRules = field(default_factory=StopRules)
    budget_microusd: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Lines that were started together, as pages show them."""

    id: int
    plan: Plan
    state: BatchState
    reason: str | None
    line_count: int
    pilot_count: int
    acknowledged: Acknowledged
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state in {BatchState.DONE, BatchState.CANCELLED}


def add(
    session: Session, plan: Plan, *, batch_id: int, line_count: int, pilot_count: int, now: datetime
) -> None:
    """Add a batch whose lines are still being stored."""
    session.add(
        BatchRow(
            id=batch_id,
            user_id=plan.user_id,
            project_id=plan.project_id,
            name=plan.name,
            source=plan.source,
            state=BatchState.STORING,
            line_count=line_count,
            pilot_count=pilot_count,
            parallel=plan.parallel,
            continue_on_error=plan.rules.continue_on_error,
            stop_failed_share=plan.rules.failed_share,
            stop_blocked_share=plan.rules.blocked_share,
            budget_microusd=plan.budget_microusd,
            created_at=now,
        )
    )


def load(session: Session, batch_id: int) -> Batch:
    """Return one batch, or raise NotFoundError."""
    row = session.get(BatchRow, batch_id, populate_existing=True)
    if row is None:
        raise NotFoundError(f"There is no batch {batch_id}.")
    return _batch(row)


def newest(
    session: Session, *, user_id: int, limit: int, before_id: int | None = None
) -> list[Batch]:
    """Return a user's batches, newest first, with ids below `before_id` if it is given."""
    query = select(BatchRow).where(col(BatchRow.user_id) == user_id)
    if before_id is not None:
        query = query.where(col(BatchRow.id) < before_id)
    return [
        _batch(row) for row in session.exec(query.order_by(col(BatchRow.id).desc()).limit(limit))
    ]


def names(reader: Connection | Session, *, user_id: int) -> dict[int, str]:
    """Return the name of every batch of a user by id, newest first."""
    query = select(col(BatchRow.id), col(BatchRow.name)).where(col(BatchRow.user_id) == user_id)
    return dict(reader.execute(query.order_by(col(BatchRow.id).desc())).all())


def running(session: Session) -> list[Batch]:
    """Return the batches that request pictures now, oldest first."""
    query = select(BatchRow).where(col(BatchRow.state) == BatchState.RUNNING)
    return [_batch(row) for row in session.exec(query.order_by(col(BatchRow.id)))]


def hold_running(session: Session, batch_id: int) -> Batch | None:
    """Return a running batch, locked until the transaction ends; None if it is not running."""
    query = select(BatchRow).where(
        col(BatchRow.id) == batch_id, col(BatchRow.state) == BatchState.RUNNING
    )
    row = session.exec(query.with_for_update()).first()
    return _batch(row) if row else None


def hold(session: Session, batch_ids: Collection[int]) -> dict[int, BatchState]:
    """Return the states of batches, locked until the transaction ends.

    Whoever changes lines that others may change too locks their batches first, always in the same
    order, so that no two transactions wait for each other.
    """
    states: dict[int, BatchState] = {}
    for some in in_chunks(sorted(batch_ids)):
        query = select(BatchRow.id, BatchRow.state).where(col(BatchRow.id).in_(some))
        query = query.order_by(col(BatchRow.id)).with_for_update()
        states |= {batch_id: BatchState(state) for batch_id, state in session.exec(query)}
    return states


def move(
    session: Session,
    batch_id: int,
    old: frozenset[BatchState],
    new: BatchState,
    **values: Any,  # noqa: ANN401 - columns
) -> None:
    """Move a batch; StaleStateError if its state has changed."""
    if not try_move(session, batch_id, old, new, **values):
        state = load(session, batch_id).state
        raise StaleStateError(f"This batch is {state} by now.")


def try_move(
    session: Session,
    batch_id: int,
    old: frozenset[BatchState],
    new: BatchState,
    **values: Any,  # noqa: ANN401 - columns
) -> bool:
    """Move a batch and return True; return False if its state has changed."""
    moving = update(BatchRow).where(col(BatchRow.id) == batch_id, col(BatchRow.state).in_(old))
    moved = moving.values(state=new, **values).returning(col(BatchRow.id))
    return session.scalars(moved).first() is not None


def acknowledge(session: Session, batch_id: int, acknowledged: Acknowledged) -> None:
    """Store what a person has acknowledged, which no longer stops the batch."""
    session.execute(
        update(BatchRow)
        .where(col(BatchRow.id) == batch_id)
        .values(
            overlooked_settled=acknowledged.settled,
            overlooked_failed=acknowledged.failed,
            overlooked_blocked=acknowledged.blocked,
        )
    )


def give_up_half_stored(session: Session, *, begun_before: datetime, now: datetime) -> None:
    """End batches whose lines were never all stored; nothing of them was requested."""
    session.execute(
        update(BatchRow)
        .where(col(BatchRow.state) == BatchState.STORING, col(BatchRow.created_at) < begun_before)
        .values(
            state=BatchState.CANCELLED,
            ended_at=now,
            reason=func.coalesce(
                col(BatchRow.reason),
                "The start was cut off before all rows were kept; nothing was sent. "
                "Start it again.",
            ),
        )
    )


def _batch(row: BatchRow) -> Batch:
    return Batch(
        id=row.id,
        plan=Plan(
            name=row.name,
            project_id=row.project_id,
            user_id=row.user_id,
            source=row.source,
            parallel=row.parallel,
            rules=StopRules(
                continue_on_error=row.continue_on_error,
                failed_share=row.stop_failed_share,
                blocked_share=row.stop_blocked_share,
            ),
            budget_microusd=row.budget_microusd,
        ),
        state=BatchState(row.state),
        reason=row.reason,
        line_count=row.line_count,
        pilot_count=row.pilot_count,
        acknowledged=Acknowledged(
            settled=row.overlooked_settled,
            failed=row.overlooked_failed,
            blocked=row.overlooked_blocked,
        ),
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
