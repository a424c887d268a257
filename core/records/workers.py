"""The living processes, by the database's clock, and the keys that all of them share.

A worker has a life while its row here holds its fence. Every life has a higher fence than the ones
before. A worker that was declared dead finds its fence gone, and its orders are refused in the
transaction that would record their intent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, text, update
from sqlmodel import Session, col, select

from core.clock import MICROSECOND, UNIX
from core.database import insert_into
from core.domain.notice import Notice
from core.tables.columns import DatabaseNow
from core.tables.studio import SecretRow, WorkerRow

WORKER, APP = "worker", "app"
"""A worker makes pictures; an app is any process, with or without one, as others see it."""

DEAD_SECONDS = 30.0
"""A process whose last heartbeat is older than this counts as dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One life of a process, from its start until it leaves or is declared dead."""

    executor_id: str
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSetup:
    """How a process is set up; `settings` are those that all processes should share."""

    role: str = WORKER
    engines: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Living:
    """A process that gave a sign of life lately."""

    life: Life
    setup: ProcessSetup
    started_at: datetime
    clock_ahead_seconds: float
    problem: Notice | None = None
    """What keeps it from ordering anything, as it reports itself."""


def begin_life(
    session: Session, executor_id: str, setup: ProcessSetup, *, alone: bool = False
) -> Life:
    """Record a new life with a higher fence than any before it, and return it.

    An earlier life of the same executor ends. `alone` means that no other worker can be alive,
    since the caller holds the file lock; all others then end too.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE worker IN SHARE ROW EXCLUSIVE MODE"))
    if alone:
        session.execute(delete(WorkerRow).where(col(WorkerRow.role) == WORKER))
    now = database_time(session)
    largest = session.exec(select(func.max(WorkerRow.fence))).one() or 0
    # rows are deleted, so the time itself keeps a fence from being given twice
    life = Life(executor_id=executor_id, fence=max((now - UNIX) // MICROSECOND, largest + 1))
    session.execute(delete(WorkerRow).where(col(WorkerRow.executor_id) == executor_id))
    session.add(
        WorkerRow(
            executor_id=executor_id,
            started_at=now,
            seen_at=now,
            fence=life.fence,
            role=setup.role,
            engines=json.dumps(setup.engines),
            settings=json.dumps(dict(setup.settings)),
            folder=setup.folder,
            host=setup.host,
        )
    )
    session.flush()
    return life


def give_sign_of_life(
    session: Session, life: Life, *, clock_ahead_seconds: float = 0.0, problem: Notice | None = None
) -> bool:
    """Record a sign of life; return False if this life was declared dead.

    `problem` is what keeps the process from ordering anything; None if it is well.
    """
    written = json.dumps([problem.kind, problem.message, problem.advice]) if problem else None
    seen = (
        update(WorkerRow)
        .where(_is(life))
        .values(
            seen_at=DatabaseNow(),
            clock_ahead_seconds=clock_ahead_seconds,
            trouble=written,
        )
        .returning(col(WorkerRow.executor_id))
    )
    return session.scalars(seen).first() is not None


def holds(session: Session, life: Life, *, seen_within_seconds: float) -> bool:
    """Return whether a life is still listed, and keep it listed until the transaction ends.

    Its last sign of life must be no older than `seen_within_seconds` by the database's clock.
    """
    lately = col(WorkerRow.seen_at) > DatabaseNow(seconds_from_now=-seen_within_seconds)
    query = select(WorkerRow.fence).where(_is(life), lately).with_for_update(read=True)
    return session.exec(query).first() is not None


def end_life(session: Session, life: Life) -> None:
    """End the life of a process that leaves."""
    session.execute(delete(WorkerRow).where(_is(life)))


def strike_out_silent(session: Session, *, silent_seconds: float) -> list[Life]:
    """Declare processes dead that were silent for longer, and return their lives."""
    dead = (
        delete(WorkerRow)
        .where(col(WorkerRow.seen_at) < DatabaseNow(seconds_from_now=-silent_seconds))
        .returning(col(WorkerRow.executor_id), col(WorkerRow.fence))
    )
    return [Life(executor_id=name, fence=fence) for name, fence in session.execute(dead)]


def living(session: Session, *, seen_within_seconds: float) -> list[Living]:
    """Return the processes that gave a sign of life lately, oldest first."""
    query = (
        select(WorkerRow)
        .where(col(WorkerRow.seen_at) > DatabaseNow(seconds_from_now=-seen_within_seconds))
        .order_by(col(WorkerRow.fence))
    )
    return [
        Living(
            life=Life(executor_id=row.executor_id, fence=row.fence),
            setup=ProcessSetup(
                role=row.role,
                engines=tuple(json.loads(row.engines or "[]")),
                settings=json.loads(row.settings or "{}"),
                folder=row.folder,
                host=row.host,
            ),
            started_at=row.started_at,
            clock_ahead_seconds=row.clock_ahead_seconds,
            problem=Notice(*json.loads(row.trouble)) if row.trouble else None,
        )
        for row in session.exec(query)
    ]


def fences(session: Session) -> frozenset[int]:
    """Return the fences of all workers that are alive."""
    return frozenset(session.exec(select(WorkerRow.fence).where(col(WorkerRow.role) == WORKER)))


def last_sign_of_life(session: Session) -> tuple[datetime | None, float | None]:
    """Return when any worker was last seen, and how many seconds ago by the database's clock."""
    query = select(func.max(WorkerRow.seen_at)).where(col(WorkerRow.role) == WORKER)
    seen_at: datetime | None = session.scalars(query).one()
    return seen_at, None if seen_at is None else (database_time(session) - seen_at).total_seconds()


def database_time(session: Session) -> datetime:
    """Return the database's present moment."""
    return session.scalars(select(DatabaseNow())).one()


def shared_key(session: Session, name: str, *, fresh: str) -> str:
    """Return the installation's key with that name, which becomes `fresh` if there is none yet.

    If several processes ask at once, one stores its key and all get the same.
    """
    making = insert_into(session, SecretRow).values(name=name, key=fresh).on_conflict_do_nothing()
    session.execute(making)
    return session.exec(select(SecretRow.key).where(col(SecretRow.name) == name)).one()


def count(session: Session) -> int:
    """Return how many workers are alive."""
    query = select(func.count()).select_from(WorkerRow).where(col(WorkerRow.role) == WORKER)
    return session.exec(query).one()


def _is(life: Life) -> ColumnElement[bool]:
    return (col(WorkerRow.executor_id) == life.executor_id) & (col(WorkerRow.fence) == life.fence)
