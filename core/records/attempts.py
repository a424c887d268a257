"""Every try to have a picture made, written before it starts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from core.tables import AttemptRow


def begin_attempt(session: Session, *, attempt_id: int, generation_id: int, now: datetime) -> int:
    """Write down that a try begins and return its number, counted from 1."""
    done = select(func.max(AttemptRow.number)).where(col(AttemptRow.generation_id) == generation_id)
    number = (session.exec(done).one() or 0) + 1
    session.add(
        AttemptRow(
            id=attempt_id,
            generation_id=generation_id,
            number=number,
            started_at=now,
            charge="no",
        )
    )
    return number


def end_attempt(
    session: Session, *, generation_id: int, now: datetime, error_class: str | None = None
) -> None:
    """Write down how the last try of a generation ended."""
    last = (
        select(func.max(AttemptRow.number))
        .where(col(AttemptRow.generation_id) == generation_id)
        .scalar_subquery()
    )
    session.execute(
        update(AttemptRow)
        .where(col(AttemptRow.generation_id) == generation_id, col(AttemptRow.number) == last)
        .values(ended_at=now, error_class=error_class)
    )


def count_attempts(session: Session, generation_id: int) -> int:
    """Return how often a generation was tried."""
    query = select(func.count()).where(col(AttemptRow.generation_id) == generation_id)
    return session.exec(query).one()
