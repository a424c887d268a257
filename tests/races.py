"""Races between two transactions on Postgres, opened by a lock that one of them holds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import text

from core.database import Database
from tests.running import wait_until

Result = TypeVar("Result")

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def begin_and_meet_a_lock(database: Database, work: Callable[[], Result]) -> Future[Result]:
    """Begin work in a thread and return once it waits for a lock, or is at its end without one.

    The caller holds what it meets, and its transaction ends after this.
    """
    threads = ThreadPoolExecutor(max_workers=1)
    begun = threads.submit(work)
    threads.shutdown(wait=False)

    def waits_or_ended() -> bool:
        with database.reading() as session:
            return begun.done() or bool(session.execute(_WAITING).scalar())

    wait_until(waits_or_ended, what="the other transaction to meet the lock")
    return begun
