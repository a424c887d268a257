"""What a failure of the database means: whether it passes by itself, and what to do if not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from core.errors import DatabaseAwayError, DatabaseBrokenError, StartError, StudioError


@dataclass(frozen=True, slots=True)
class DatabaseFailure:
    """One kind of failure with its sentences; `passes` if asking again a little later helps."""

    kind: str
    message: str
    advice: str
    passes: bool = False

    def as_error(self) -> StudioError:
        """Return the error with which a start ends, or for which it waits."""
        shown = _HELD if self == BUSY else self
        kind = DatabaseAwayError if self.passes else DatabaseBrokenError
        return kind(shown.message, advice=shown.advice)


BUSY = DatabaseFailure(
    "database_busy",
    "The database did not answer; nothing was changed.",
    "Ask again in a few seconds.",
    passes=True,
)
_HELD = DatabaseFailure(
    "database_busy",
    "The database is busy, or another program holds it.",
    "It can be opened as soon as it is free.",
    passes=True,
)
"""BUSY during a start, when there is no change that could be lost."""

AWAY = DatabaseFailure(
    "database_away",
    "The database cannot be reached just now.",
    "Start it, or check its address in FIBO_DATABASE_URL; the studio continues by itself.",
    passes=True,
)
CORRUPT = DatabaseFailure(
    "database_corrupt",
    "The database is damaged and cannot be read.",
    "Stop the studio, keep a copy of the damaged database, and restore the last backup.",
)
SCHEMA = DatabaseFailure(
    "database_schema",
    "The database lacks a table or a column that the studio needs.",
    "Restart the studio, which brings it up to date; if that does not help, restore a backup.",
)
FULL = DatabaseFailure(
    "database_full",
    "The disk of the database is full.",
    "Make room there; the studio continues by itself.",
)
READ_ONLY = DatabaseFailure(
    "database_read_only",
    "The database can be read but not written.",
    "Let the studio write to it and to its folder.",
)
DISK = DatabaseFailure(
    "database_disk",
    "The disk of the database cannot be read or written.",
    "Check the disk and the data folder, then restart the studio.",
)
CANNOT_OPEN = DatabaseFailure(
    "database_cannot_open",
    "The database file cannot be opened.",
    "Check whether FIBO_DATA_DIR and FIBO_DATABASE_URL name a place where the studio may write.",
)
REFUSED = DatabaseFailure(
    "database_refused",
    "The database refuses the studio: user, password, name or rights are wrong.",
    "Correct FIBO_DATABASE_URL, or give its user the rights.",
)
OTHER = DatabaseFailure(
    "database_failed",
    "The database failed; nothing was changed.",
    "See the log; if this does not pass, restart the studio.",
)

_SQLITE = {
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_PROTOCOL": BUSY,
    "SQLITE_CORRUPT": CORRUPT,
    "SQLITE_NOTADB": CORRUPT,
    "SQLITE_FORMAT": CORRUPT,
    "SQLITE_FULL": FULL,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_IOERR": DISK,
    "SQLITE_CANTOPEN": CANNOT_OPEN,
    "SQLITE_SCHEMA": SCHEMA,
}
_SQLITE_SCHEMA = ("no such table", "no such column", "has no column", "already exists")

_POSTGRES = {
    "08": AWAY,
    "53100": FULL,
    "53": BUSY,
    "57": AWAY,
    "57014": BUSY,
    "40": BUSY,
    "55": BUSY,
    "25006": READ_ONLY,
    "28": REFUSED,
    "3D": REFUSED,
    "42501": REFUSED,
    "42P01": SCHEMA,
    "42P07": SCHEMA,
    "42703": SCHEMA,
    "3F": SCHEMA,
    "58": DISK,
    "XX": CORRUPT,
}
"""By the beginning of the SQLSTATE; the longest match wins."""

_POSTGRES_SAYS = {
    "authentication failed": REFUSED,
    "does not exist": REFUSED,
    "no pg_hba.conf entry": REFUSED,
    "permission denied": REFUSED,
    "too many clients": BUSY,
    "remaining connection slots": BUSY,
}
"""Messages while connecting, when there is no SQLSTATE yet."""


@contextmanager
def explained_database() -> Iterator[None]:
    """Turn database errors within the block into a StudioError with advice."""
    try:
        yield
    except SQLAlchemyError as failure:
        raise classify(failure).as_error() from failure
    except sqlite3.Error as failure:
        raise _of_sqlite(failure).as_error() from failure


@contextmanager
def explained(data_dir: Path) -> Iterator[None]:
    """Turn errors of the database and the data folder within the block into a StudioError."""
    try:
        with explained_database():
            yield
    except OSError as failure:
        raise StartError(
            f"The data folder {data_dir} cannot be used: "
            f"{failure.filename or data_dir}: {failure.strerror or failure}.",
            advice="Let the studio write there, or name another folder in FIBO_DATA_DIR.",
        ) from failure


def classify(failure: SQLAlchemyError) -> DatabaseFailure:
    """Return what a failure of the database means; OTHER if it is not known."""
    if isinstance(failure, NoConnectionLeft):
        return BUSY
    if not isinstance(failure, DBAPIError):
        return OTHER
    if isinstance(failure.orig, sqlite3.Error):
        return _of_sqlite(failure.orig)
    return _of_postgres(failure)


def recognised_failure(failure: BaseException) -> DatabaseFailure | None:
    """Return what a failure of the database means; None if it is unknown or not of a database."""
    found = classify(failure) if isinstance(failure, SQLAlchemyError) else OTHER
    return None if found == OTHER else found


def _of_sqlite(failure: sqlite3.Error) -> DatabaseFailure:
    name = getattr(failure, "sqlite_errorname", None) or ""
    text = str(failure)
    if any(words in text for words in _SQLITE_SCHEMA):
        return SCHEMA
    # an extended name begins with the plain one, such as SQLITE_IOERR_WRITE
    return next((kind for start, kind in _SQLITE.items() if name.startswith(start)), OTHER)


def _of_postgres(failure: DBAPIError) -> DatabaseFailure:
    state = getattr(failure.orig, "sqlstate", None)
    if state:
        fits = [start for start in _POSTGRES if state.startswith(start)]
        return _POSTGRES[max(fits, key=len)] if fits else OTHER
    text = str(failure.orig)
    known = next((kind for words, kind in _POSTGRES_SAYS.items() if words in text), None)
    if known is not None:
        return known
    # without a SQLSTATE nothing came from a server: it is away, or it went away meanwhile
    is_lost = failure.connection_invalidated or "OperationalError" in type(failure).__name__
    return AWAY if is_lost else OTHER
