"""One SQLAlchemy engine, the right pragmas, and transactions that end."""

from __future__ import annotations

import logging
import selectors
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeout
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel

from core import migrations
from core.database_failure import OTHER, DatabaseFailure, classify
from core.errors import SettingsError, with_advice

if TYPE_CHECKING:
    import psycopg

Id = TypeVar("Id", int, str)

log = logging.getLogger(__name__)

CONNECTIONS, JOB_CONNECTIONS = 24, 12
"""Most connections of one process to Postgres, without the job library's. Two processes with
workers and one with only pages fit into the 97 that Postgres leaves of its 100, whatever
FIBO_PARALLEL is: a transaction takes milliseconds, so a hundred pictures share them."""

POOL_SECONDS = 60.0
"""How long a transaction waits for a connection."""

_WRITES = "writes"

MOST_IDS_IN_A_STATEMENT = 500
"""SQLite and Postgres both accept many more."""
CONNECT_SECONDS = 5
"""How long to wait for a Postgres that does not answer at all."""

PING_SECONDS = 5.0
"""How long to wait for a pooled connection to answer; then a new one is tried."""

LOCK_SECONDS = 60
"""How long a statement waits for a lock, which a suspended process may hold for ever."""

_CONNECTING: dict[str, str | int] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}
"""The defaults for libpq, which the address may override: if a server's machine or network is gone,
a statement ends within half a minute; one that is only slow is waited for."""

FAILURE_SECONDS = 30.0
"""How long after its last occurrence a failure counts as lasting."""


class FailureMonitor:
    """The lasting failure of a database, if any; each failure is logged once."""

    def __init__(self, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._last: DatabaseFailure | None = None
        self._until = 0.0

    def note(self, failure: DatabaseFailure) -> None:
        """Remember a failure, and log it if it differs from the last one."""
        with self._lock:
            is_new = failure != self._last or self._seconds() > self._until
            self._last, self._until = failure, self._seconds() + FAILURE_SECONDS
        if is_new:
            log.error("%s", with_advice(failure))

    def lasting(self) -> DatabaseFailure | None:
        """Return the failure of the last half minute that does not pass by itself, or None."""
        with self._lock:
            last, is_over = self._last, self._seconds() > self._until
        return None if last is None or last.passes or is_over else last

    def require_none(self) -> None:
        """Raise DatabaseBrokenError if a failure lasts."""
        failure = self.lasting()
        if failure is not None:
            raise failure.as_error()


class Database:
    """The studio's database: many short reads, and writes that never find it locked.

    On SQLite: WAL, `synchronous=FULL`, 30 s busy timeout, and `BEGIN IMMEDIATE` on write
    transactions only; a lock in the process keeps its threads from starving each other
    (docs/decisions/sqlite-and-postgres.md).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.failures = FailureMonitor()
        self.engine = _create_engine(url, CONNECTIONS)
        event.listen(self.engine, "handle_error", self._note)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "connect", _bound_locks)
        self._writing_engine = self.engine.execution_options(**{_WRITES: True})
        self._write_lock = threading.Lock() if self.is_sqlite else nullcontext()

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database, or None for a server."""
        name = self.engine.url.database
        return Path(name) if self.is_sqlite and name else None

    def migrate(self) -> None:
        """Bring the tables up to date; of several processes one does it and the others wait.

        Raises DatabaseAwayError if it is worth waiting, and DatabaseBrokenError if not.
        """
        try:
            migrations.migrate(self._writing_engine)
        except SQLAlchemyError as failure:
            raise classify(failure).as_error() from failure

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that sees one moment of the database and changes nothing."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Yield a bare connection for lists of tuples, where a session would take twice as long."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session whose changes are committed together at the end, or not at all."""
        with self._write_lock, Session(self._writing_engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _note(self, context: ExceptionContext) -> None:
        if context.sqlalchemy_exception is not None and not context.is_pre_ping:
            failure = classify(context.sqlalchemy_exception)
            if failure != OTHER:  # not a duplicate key, which is for the caller
                self.failures.note(failure)


def may_pass(failure: SQLAlchemyError) -> bool:
    """Return whether the same statement may succeed later: the database is away, full or busy."""
    ours = (IntegrityError, ProgrammingError, DataError, NotSupportedError)
    is_of_pool = isinstance(failure, SQLAlchemyTimeout)
    return is_of_pool or (isinstance(failure, DBAPIError) and not isinstance(failure, ours))


def insert_into(session: Session, table: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that may say what happens if the row is there, in the database's dialect."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgres else sqlite.insert(table)


def in_chunks(ids: Sequence[Id]) -> Iterator[Sequence[Id]]:
    """Yield ids in chunks that fit into one statement."""
    for start in range(0, len(ids), MOST_IDS_IN_A_STATEMENT):
        yield ids[start : start + MOST_IDS_IN_A_STATEMENT]


def create_job_engine(url: str) -> Engine:
    """Return an engine for the job library, which begins and ends its own transactions.

    With `isolation_level=IMMEDIATE` the driver begins right before the first change, so a read
    never has to be upgraded to a write.
    """
    engine = _create_engine(url, JOB_CONNECTIONS)
    if url.startswith("sqlite"):
        event.listen(engine, "connect", _prepare_job_sqlite)
    return engine


def _create_engine(url: str, connections: int) -> Engine:
    """Return an engine, or raise SettingsError without the address, which holds a password."""
    advice = (
        "Use postgresql://USER:PASSWORD@HOST/NAME, or leave it out for a file in FIBO_DATA_DIR."
    )
    # two thirds are kept open, the others are opened on demand, and the next caller waits
    most = 2 * connections if url.startswith("sqlite") else connections
    kept = most * 2 // 3
    options: dict[str, Any] = {
        "pool_size": kept,
        "max_overflow": most - kept,
        "pool_timeout": POOL_SECONDS,
    }
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        if kind not in {"sqlite", "postgresql"}:
            raise SettingsError(
                f"FIBO_DATABASE_URL names {kind}, and only Postgres and SQLite can be used.",
                advice=advice,
            )
        options_given = url.partition("?")[2]
        is_cut = "?" in url and (not parsed.query or "/" in options_given)
        if kind == "sqlite" and (parsed.database in {None, "", ":memory:"} or is_cut):
            raise SettingsError(
                "FIBO_DATABASE_URL does not name a SQLite file, whose path holds no question mark.",
                advice="Write sqlite:////folder/file.sqlite, or leave it out for a file in "
                "FIBO_DATA_DIR.",
            )
        if kind == "postgresql":
            options["connect_args"] = {
                name: value for name, value in _CONNECTING.items() if name not in parsed.query
            }
        engine = create_engine(parsed, pool_pre_ping=True, **options)
    except (ArgumentError, ImportError, ValueError) as failure:
        raise SettingsError(
            "FIBO_DATABASE_URL is not the address of a usable database.", advice=advice
        ) from failure
    if kind == "postgresql":
        engine.dialect.do_ping = _ping  # type: ignore[method-assign,assignment]
    return engine


def _ping(connection: psycopg.Connection) -> bool:
    """Return whether the server answers on a connection within PING_SECONDS.

    The driver itself waits for ever for a suspended server, as its machine keeps TCP alive.
    """
    wire = connection.pgconn
    until = time.monotonic() + PING_SECONDS
    wire.send_query(b"")
    wire.flush()
    with selectors.DefaultSelector() as selector:
        selector.register(wire.socket, selectors.EVENT_READ)
        while wire.is_busy():
            if not selector.select(max(until - time.monotonic(), 0.0)):
                return False
            wire.consume_input()
    is_well = True
    while (result := wire.get_result()) is not None:
        is_well = is_well and not result.error_message
    return is_well


def _bound_locks(connection: psycopg.Connection, _entry: ConnectionPoolEntry) -> None:
    # not through the address's `options`, which some connection poolers refuse
    connection.autocommit = True
    connection.execute(
        "SELECT set_config('lock_timeout', %s, false) WHERE current_setting('lock_timeout') = '0'",
        [f"{LOCK_SECONDS}s"],
    )
    connection.autocommit = False


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    # busy_timeout first: switching to WAL needs the lock when processes start together
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_job_sqlite(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    _prepare_sqlite(connection, entry)
    connection.isolation_level = "IMMEDIATE"


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
