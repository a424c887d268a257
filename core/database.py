"""One engine, the right pragmas, and transactions that end."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from core import migrations

CONNECTIONS, JOB_CONNECTIONS = 24, 12
"""Most connections of one process to Postgres, its worker's job library apart. Two processes with
workers and one with pages alone fit into the 97 that Postgres leaves of its 100, whatever
FIBO_PARALLEL is: a transaction takes milliseconds, so a hundred pictures share them."""

POOL_SECONDS = 60.0
"""How long a transaction waits for a connection."""

_WRITES = "writes"


class Database:
    """The studio's database: many short reads, and writes that never find it locked.

    On SQLite: WAL, `synchronous=FULL`, 30 s busy timeout, and `BEGIN IMMEDIATE` on write
    transactions only; a lock in the process keeps its threads from starving each other (measured
    in reference data.md 4).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = create_engine(url, pool_pre_ping=True, **_bounds(url, CONNECTIONS))
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writing_engine = self.engine.execution_options(**{_WRITES: True})
        self._write_lock = threading.Lock() if self.is_sqlite else nullcontext()

    def migrate(self) -> None:
        """Bring the tables up to date; of several processes one does it and the others wait."""
        migrations.migrate(self._writing_engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one moment of the database and changes nothing."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Give a bare connection for lists of tuples, where a session would cost half the time."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are committed together at the end, or not at all."""
        with self._write_lock, Session(self._writing_engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def create_job_engine(url: str) -> Engine:
    """Return an engine for the job library, which opens and ends its own transactions.

    With `isolation_level=IMMEDIATE` the driver begins right before the first change, so a read
    never has to be upgraded to a write.
    """
    engine = create_engine(url, pool_pre_ping=True, **_bounds(url, JOB_CONNECTIONS))
    if url.startswith("sqlite"):
        event.listen(engine, "connect", _prepare_job_sqlite)
    return engine


def _bounds(url: str, connections: int) -> dict[str, Any]:
    """Return how many connections are kept and how many come on top; the next one waits."""
    most = connections if not url.startswith("sqlite") else 2 * connections
    kept = most * 2 // 3
    return {"pool_size": kept, "max_overflow": most - kept, "pool_timeout": POOL_SECONDS}


def _set_pragmas(connection: sqlite3.Connection) -> None:
    # busy_timeout first: switching to WAL itself needs the lock when processes start together
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    _set_pragmas(connection)


def _prepare_job_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    _set_pragmas(connection)
    connection.isolation_level = "IMMEDIATE"


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
