"""Which generations wait for a worker, and which a worker has taken already."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from core.domain.states import WAITING, State
from core.records import workers
from core.tables.generation import GenerationRow

LONGEST_PUT_OFF = timedelta(hours=1)
"""A longer wait is ignored: it was stored before the clock was set back."""

UNFINISHED = tuple(sorted(state.value for state in WAITING))


def waiting_for_a_worker(
    session: Session, *, limit: int, now: datetime, engines: Collection[str] | None = None
) -> list[tuple[int, bool]]:
    """Return the generations that wait for a job and are due, by id.

    The value says whether it belongs to a batch. Those that a person waits for come first, then
    those of batches, the oldest first in both. `engines` are those of the calling worker: what it
    cannot make is left to others, except a lost answer, which every worker can settle.
    """
    query = (
        select(GenerationRow.id, col(GenerationRow.batch_id).is_not(None))
        .where(
            # these two conditions are those of the partial index ix_generation_backlog
            col(GenerationRow.job_id).is_(None),
            col(GenerationRow.completed_at).is_(None),
            col(GenerationRow.status).in_(UNFINISHED),
            # held for a person; what was sent already is settled all the same
            or_(col(GenerationRow.hold).is_(None), col(GenerationRow.status) != State.QUEUED),
            or_(
                col(GenerationRow.not_before).is_(None),
                col(GenerationRow.not_before) <= now,
                col(GenerationRow.not_before) > now + LONGEST_PUT_OFF,
            ),
        )
        .order_by(col(GenerationRow.batch_id).is_not(None), col(GenerationRow.id))
        .limit(limit)
    )
    if engines is not None:
        can_make = col(GenerationRow.engine).in_(tuple(engines))
        query = query.where(or_(can_make, col(GenerationRow.status) == State.SUBMITTING))
    return [
        (generation_id, bool(is_of_batch)) for generation_id, is_of_batch in session.exec(query)
    ]


def jobs_in_hand(session: Session) -> dict[int, str]:
    """Return the job id of every unfinished generation that was handed to the job engine."""
    query = select(GenerationRow.id, GenerationRow.job_id).where(
        col(GenerationRow.job_id).is_not(None), col(GenerationRow.status).in_(UNFINISHED)
    )
    return {generation_id: job_id for generation_id, job_id in session.exec(query) if job_id}


def count_unfinished(session: Session) -> int:
    """Return how many generations the studio still works on."""
    query = select(func.count()).where(col(GenerationRow.status).in_(UNFINISHED))
    return session.exec(query).one()


def reserved_to_send(session: Session) -> int:
    """Return the microusd reserved for orders that wait to be sent and for no decision."""
    reserved = func.coalesce(func.sum(GenerationRow.reserved_microusd), 0)
    query = select(reserved).where(
        col(GenerationRow.status) == State.QUEUED, col(GenerationRow.hold).is_(None)
    )
    return int(session.exec(query).one())


def queued_of_batch(session: Session, batch_id: int) -> list[int]:
    """Return the generations of a batch that were not sent yet."""
    query = select(GenerationRow.id).where(
        col(GenerationRow.batch_id) == batch_id, col(GenerationRow.status) == State.QUEUED
    )
    return list(session.exec(query))


def unordered_of_batch(session: Session, batch_id: int) -> list[int]:
    """Return the generations of a batch that were not sent, or may not have been."""
    unordered = (State.QUEUED, State.SUBMITTING, State.UNKNOWN)
    query = select(GenerationRow.id).where(
        col(GenerationRow.batch_id) == batch_id, col(GenerationRow.status).in_(unordered)
    )
    return list(session.exec(query))


def hand_over(session: Session, generation_id: int, job_id: str) -> bool:
    """Record the job of a generation; return False if another worker was quicker."""
    handing = (
        update(GenerationRow)
        .where(
            col(GenerationRow.id) == generation_id,
            col(GenerationRow.job_id).is_(None),
            or_(col(GenerationRow.hold).is_(None), col(GenerationRow.status) != State.QUEUED),
        )
        .values(job_id=job_id)
        .returning(col(GenerationRow.id))
    )
    return session.scalars(handing).first() is not None


def take_back(session: Session, generation_id: int, job_id: str) -> None:
    """Return a generation whose job is gone to the backlog."""
    session.execute(
        update(GenerationRow)
        .where(col(GenerationRow.id) == generation_id, col(GenerationRow.job_id) == job_id)
        .values(job_id=None)
    )


def put_off(
    session: Session, generation_id: int, *, until: datetime, waits_for: str | None = None
) -> bool:
    """Return an unfinished generation to the backlog, to be taken at `until` or later.

    `waits_for` names the endpoint whose pause it waits for; when that ends, so does the wait.
    Returns False if the generation has ended meanwhile.
    """
    putting_off = (
        update(GenerationRow)
        .where(col(GenerationRow.id) == generation_id, col(GenerationRow.status).in_(UNFINISHED))
        .values(job_id=None, not_before=until, waits_for=waits_for)
        .returning(col(GenerationRow.id))
    )
    return session.scalars(putting_off).first() is not None


def job_of(session: Session, generation_id: int) -> str | None:
    """Return the job that has a generation in hand, or None while it waits in the backlog."""
    query = select(GenerationRow.job_id).where(col(GenerationRow.id) == generation_id)
    return session.exec(query).first()


def new_job_id(fence: int, generation_id: int, fresh: int) -> str:
    """Return a unique job id for the life with that fence."""
    return f"{fence}-{generation_id}-{fresh}"


def fence_of(job_id: str) -> int | None:
    """Return the fence of the life that a job belongs to; None for a foreign job."""
    parts = job_id.split("-")
    return int(parts[0]) if len(parts) == 3 and parts[0].isdigit() else None


def take_back_of_nobody(session: Session) -> int:
    """Return the generations of dead workers to the backlog; return how many.

    Those workers were silent for so long that no order of theirs can still begin.
    """
    in_hand = jobs_in_hand(session)
    alive = workers.fences(session)  # read second, as a life is recorded before its first job
    lost = {one: job for one, job in in_hand.items() if fence_of(job) not in alive}
    for generation_id, job_id in lost.items():
        take_back(session, generation_id, job_id)
    return len(lost)


def waiting_by_engine(session: Session) -> dict[str, int]:
    """Return how many generations wait for a worker, by engine."""
    query = (
        select(GenerationRow.engine, func.count())
        .where(
            col(GenerationRow.job_id).is_(None),
            col(GenerationRow.completed_at).is_(None),
            col(GenerationRow.status).in_(UNFINISHED),
        )
        .group_by(GenerationRow.engine)
    )
    return dict(session.exec(query).all())
