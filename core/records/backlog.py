"""Which generations wait for a worker, and which are already in its hands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from core.domain.states import WAITING, State
from core.tables.generation import GenerationRow

_UNFINISHED = tuple(sorted(state.value for state in WAITING))


def waiting_for_a_worker(session: Session, *, limit: int, now: datetime) -> list[tuple[int, bool]]:
    """Return the generations that wait for a job and whose time has come, by id.

    With each comes whether it belongs to a batch. Those that a person waits for come first, those
    of batches after them, each oldest first.
    """
    query = (
        select(GenerationRow.id, col(GenerationRow.batch_id).is_not(None))
        .where(
            # these two terms are those of the partial index ix_generation_backlog
            col(GenerationRow.job_id).is_(None),
            col(GenerationRow.completed_at).is_(None),
            col(GenerationRow.status).in_(_UNFINISHED),
            or_(col(GenerationRow.not_before).is_(None), col(GenerationRow.not_before) <= now),
        )
        .order_by(col(GenerationRow.batch_id).is_not(None), col(GenerationRow.id))
        .limit(limit)
    )
    return [
        (generation_id, bool(is_of_batch)) for generation_id, is_of_batch in session.exec(query)
    ]


def jobs_in_hand(session: Session) -> dict[int, str]:
    """Return the job id of every unfinished generation that was handed to the job engine."""
    query = select(GenerationRow.id, GenerationRow.job_id).where(
        col(GenerationRow.job_id).is_not(None), col(GenerationRow.status).in_(_UNFINISHED)
    )
    return {generation_id: job_id for generation_id, job_id in session.exec(query) if job_id}


def count_unfinished(session: Session) -> int:
    """Return how many generations the studio still works on."""
    query = select(func.count()).where(col(GenerationRow.status).in_(_UNFINISHED))
    return session.exec(query).one()


def queued_of_batch(session: Session, batch_id: int) -> list[int]:
    """Return the generations of a batch that were not sent yet."""
    query = select(GenerationRow.id).where(
        col(GenerationRow.batch_id) == batch_id, col(GenerationRow.status) == State.QUEUED
    )
    return list(session.exec(query))


def hand_over(session: Session, generation_id: int, job_id: str) -> bool:
    """Note that a job has the generation; False if another worker was quicker."""
    handing = (
        update(GenerationRow)
        .where(col(GenerationRow.id) == generation_id, col(GenerationRow.job_id).is_(None))
        .values(job_id=job_id)
        .returning(col(GenerationRow.id))
    )
    return session.scalars(handing).first() is not None


def take_back(session: Session, generation_id: int, job_id: str) -> None:
    """Put a generation whose job is gone back into the backlog."""
    session.execute(
        update(GenerationRow)
        .where(col(GenerationRow.id) == generation_id, col(GenerationRow.job_id) == job_id)
        .values(job_id=None)
    )


def put_off(session: Session, generation_id: int, *, until: datetime) -> None:
    """Put an unfinished generation back into the backlog, not to be taken before a moment."""
    session.execute(
        update(GenerationRow)
        .where(col(GenerationRow.id) == generation_id, col(GenerationRow.status).in_(_UNFINISHED))
        .values(job_id=None, not_before=until)
    )
