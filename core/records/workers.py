"""Signs of life of the workers, and the keys that all processes share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from core.tables.studio import SecretRow, WorkerRow


def note_sign_of_life(session: Session, executor_id: str, *, now: datetime) -> None:
    """Write down that a worker lives at this moment."""
    seen = (
        update(WorkerRow)
        .where(col(WorkerRow.executor_id) == executor_id)
        .values(seen_at=now)
        .returning(col(WorkerRow.executor_id))
    )
    if session.scalars(seen).first() is None:
        session.add(WorkerRow(executor_id=executor_id, started_at=now, seen_at=now))


def last_sign_of_life(session: Session) -> datetime | None:
    """Return when any worker was last seen."""
    return session.exec(select(func.max(WorkerRow.seen_at))).one()


def bury_dead_workers(session: Session, *, unseen_since: datetime) -> list[str]:
    """Strike out the workers not seen since that moment and return their executor ids."""
    dead = (
        delete(WorkerRow)
        .where(col(WorkerRow.seen_at) < unseen_since)
        .returning(col(WorkerRow.executor_id))
    )
    return list(session.scalars(dead))


def shared_key(session: Session, name: str, *, fresh: str) -> str:
    """Return the installation's key of that name; `fresh` becomes the key if there is none yet."""
    row = session.get(SecretRow, name)
    if row is None:
        row = SecretRow(name=name, key=fresh)
        session.add(row)
        session.flush()
    return row.key


def count(session: Session) -> int:
    """Return how many workers are not struck out."""
    return session.exec(select(func.count()).select_from(WorkerRow)).one()
