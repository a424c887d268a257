"""Whether the studio can work: database, disk and workers, and all notices for people."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from core import migrations
from core.clock import Clock
from core.database import Database
from core.database_failure import AWAY, BUSY, DatabaseFailure, classify, recognised_failure
from core.domain.notice import Notice, Source
from core.records import backlog, workers

T = TypeVar("T")

log = logging.getLogger(__name__)

WORKER_SILENT_AFTER = timedelta(seconds=30)

LOOK_SECONDS = 5.0
"""How long reading the database or the notices may take until health answers without them."""

_SOURCES_STAND_STILL = Notice(
    "no_answer",
    "Reading the disk or the database hangs.",
    "Check whether both answer; the other notices are those of the last read.",
    stops=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The studio's state; without `problems` it can make pictures, without `notices` all is well.

    `workers_alive` and `unfinished` describe the whole studio, the rest this process: `schema` is
    the migration of its tables, `clock_ahead_seconds` how far its clock is ahead of the database's.
    None means that it could not be read.
    """

    database_ok: bool
    free_disk_bytes: int
    worker_seen_at: datetime | None
    unfinished: int
    notices: tuple[Notice, ...]
    workers_alive: int = 0
    schema: str | None = None
    clock_ahead_seconds: float | None = None

    @property
    def problems(self) -> tuple[str, ...]:
        """Why no picture can be made, one sentence each."""
        return tuple(notice.message for notice in self.notices if notice.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What the database reports."""

    worker_seen_at: datetime | None = None
    silence_seconds: float | None = None
    workers_alive: int = 0
    unfinished: int = 0
    schema: str | None = None
    clock_ahead_seconds: float = 0.0


class _Look(Generic[T]):
    """Reads something that may hang, in one thread of its own at a time."""

    def __init__(self, look: Callable[[], T]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._answer: Future[T] | None = None
        self._since = 0.0

    def take(self, patience_seconds: float) -> T:
        """Return the result; raise TimeoutError if reading takes too long.

        A caller that comes while another one reads gets that result, and waits no longer than that.
        """
        with self._lock:
            answer = self._answer
            if answer is None or answer.done():
                answer = self._answer = Future()
                self._since = time.monotonic()
                threading.Thread(
                    target=self._run, args=(answer,), name="health look", daemon=True
                ).start()
            until = self._since + patience_seconds
        return answer.result(max(until - time.monotonic(), 0.0))

    def _run(self, answer: Future[T]) -> None:
        try:
            answer.set_result(self._look())
        except BaseException as failure:  # noqa: BLE001 - raised by whoever asked
            answer.set_exception(failure)


class Health:
    """Checks the parts that a picture needs, and collects the notices of all sources."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        data_dir: Path,
        *,
        sources: Sequence[Source] = (),
        patience_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._data_dir = data_dir
        self._sources = tuple(sources)
        self._at_rows = _Look(self._read_rows)
        self._at_sources = _Look(self._ask_sources)
        self._patience_seconds = patience_seconds
        self._last_notices: tuple[Notice, ...] = ()

    def report(self) -> Report:
        """Return the present state of database, disk and workers.

        Returns within seconds even if the database hangs; the notices are then those of the last
        read.
        """
        began = time.monotonic()
        rows, failure = self._ask_database()
        notices: list[Notice] = []
        if failure is not None:
            notices.append(Notice(failure.kind, failure.message, failure.advice, stops=True))
        if rows is not None:
            notices += _notices_of_rows(rows)
        # if the database did not answer, the sources get the remaining time
        spent_seconds = time.monotonic() - began if rows is None else 0.0
        notices += self._notices_of_sources(spent_seconds, is_known=rows is None)
        rows = rows or _Rows()
        return Report(
            database_ok=failure is None,
            free_disk_bytes=self._free_bytes(),
            worker_seen_at=rows.worker_seen_at,
            unfinished=rows.unfinished,
            notices=tuple(dict.fromkeys(notices)),
            workers_alive=rows.workers_alive,
            schema=rows.schema,
            clock_ahead_seconds=rows.clock_ahead_seconds,
        )

    def database_failure_behind(self, failure: BaseException) -> DatabaseFailure | None:
        """Return what the database failed with if that broke something, else None; logged once."""
        recognised = recognised_failure(failure)
        if recognised is not None:
            self._database.failures.note(recognised)
        return recognised

    def _ask_database(self) -> tuple[_Rows | None, DatabaseFailure | None]:
        try:
            rows = self._at_rows.take(self._patience_seconds)
        except TimeoutError:
            silent = BUSY if self._database.is_sqlite else AWAY
            self._database.failures.note(silent)
            return None, silent
        except SQLAlchemyError as failure:
            return None, classify(failure)
        return rows, self._database.failures.lasting()

    def _read_rows(self) -> _Rows:
        with self._database.reading() as session:
            schema = migrations.version_of(session.connection())
            seen_at, silence_seconds = workers.last_sign_of_life(session)
            ahead = self._clock.now() - workers.database_time(session)
            lately = workers.living(
                session, seen_within_seconds=WORKER_SILENT_AFTER.total_seconds()
            )
            return _Rows(
                worker_seen_at=seen_at,
                silence_seconds=silence_seconds,
                workers_alive=sum(one.setup.role == workers.WORKER for one in lately),
                unfinished=backlog.count_unfinished(session),
                schema=schema,
                clock_ahead_seconds=ahead.total_seconds(),
            )

    def _free_bytes(self) -> int:
        try:
            return shutil.disk_usage(self._data_dir).free
        except OSError:
            return 0  # the folder is gone; the preflight's notice says so

    def _notices_of_sources(self, spent_seconds: float, *, is_known: bool) -> Sequence[Notice]:
        """Return the sources' notices; if they hang, the last ones and a notice about that."""
        try:
            self._last_notices = self._at_sources.take(self._patience_seconds - spent_seconds)
        except TimeoutError:
            return self._last_notices if is_known else (_SOURCES_STAND_STILL, *self._last_notices)
        return self._last_notices

    def _ask_sources(self) -> tuple[Notice, ...]:
        notices: list[Notice] = []
        for source in self._sources:
            try:
                notices += source()
            except SQLAlchemyError:
                continue  # the database was checked first, and its failure is reported already
            except OSError as failure:
                log.warning("a part could not say how it is: %s", failure)
        return tuple(notices)


def _notices_of_rows(rows: _Rows) -> Iterator[Notice]:
    silence = rows.silence_seconds
    if silence is None or silence > WORKER_SILENT_AFTER.total_seconds():
        yield Notice(
            "no_worker",
            "No worker gave a sign of life in the last 30 s.",
            "What waits is kept and made as soon as one works.",
            stops=True,
        )
    if rows.schema != migrations.LATEST:
        yield Notice(
            "schema",
            f"The database is at step {rows.schema}, and this process expects {migrations.LATEST}.",
            "Stop this process and start the version of the others.",
            stops=True,
        )
