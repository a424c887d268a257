"""Whether the studio can work: database, disk and workers, and what else people must be told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from core import migrations
from core.clock import Clock
from core.database import Database
from core.database_trouble import DatabaseTrouble, classify, known_trouble
from core.domain.notice import Notice, Source
from core.records import backlog, workers

WORKER_SILENT_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found; `problems` is empty when pictures can be made, `notices` when all is well.

    `workers_alive` and `unfinished` are of the whole studio; the rest is what this process sees:
    `schema` is the step its tables are at, `clock_ahead_seconds` how far its clock is before the
    database's. None is what could not be found out.
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
        """Why no picture can be made, a sentence each."""
        return tuple(notice.message for notice in self.notices if notice.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What the database says."""

    worker_seen_at: datetime | None = None
    silence_seconds: float | None = None
    workers_alive: int = 0
    unfinished: int = 0
    schema: str | None = None
    clock_ahead_seconds: float = 0.0


class Health:
    """Looks at the parts that a picture needs, and asks its sources for what else there is."""

    def __init__(
        self, database: Database, clock: Clock, data_dir: Path, *, sources: Sequence[Source] = ()
    ) -> None:
        self._database = database
        self._clock = clock
        self._data_dir = data_dir
        self._sources = tuple(sources)

    def report(self) -> Report:
        """Return how database, disk and workers are at this moment."""
        rows, trouble = self._ask_database()
        notices: list[Notice] = []
        if trouble is not None:
            notices.append(Notice(trouble.kind, trouble.message, trouble.advice, stops=True))
        if rows is not None:
            notices += _notices_of_rows(rows)
        notices += self._notices_of_sources()
        rows = rows or _Rows()
        return Report(
            database_ok=trouble is None,
            free_disk_bytes=self._free_bytes(),
            worker_seen_at=rows.worker_seen_at,
            unfinished=rows.unfinished,
            notices=tuple(dict.fromkeys(notices)),
            workers_alive=rows.workers_alive,
            schema=rows.schema,
            clock_ahead_seconds=rows.clock_ahead_seconds,
        )

    def trouble_behind(self, failure: BaseException) -> DatabaseTrouble | None:
        """Return the trouble of the database that broke something, if one did; logged once."""
        trouble = known_trouble(failure)
        if trouble is not None:
            self._database.troubles.note(trouble)
        return trouble

    def _ask_database(self) -> tuple[_Rows | None, DatabaseTrouble | None]:
        try:
            with self._database.reading() as session:
                schema = migrations.version_of(session.connection())
                seen_at, silence_seconds = workers.last_sign_of_life(session)
                ahead = self._clock.now() - workers.database_time(session)
                alive = workers.living(
                    session, seen_within_seconds=WORKER_SILENT_AFTER.total_seconds()
                )
                rows = _Rows(
                    worker_seen_at=seen_at,
                    silence_seconds=silence_seconds,
                    workers_alive=len(alive),
                    unfinished=backlog.count_unfinished(session),
                    schema=schema,
                    clock_ahead_seconds=ahead.total_seconds(),
                )
        except SQLAlchemyError as failure:
            return None, classify(failure)
        return rows, self._database.troubles.lasting()

    def _free_bytes(self) -> int:
        try:
            return shutil.disk_usage(self._data_dir).free
        except OSError:
            return 0  # the folder is gone; the preflight's notice says so

    def _notices_of_sources(self) -> Iterator[Notice]:
        for source in self._sources:
            try:
                yield from source()
            except SQLAlchemyError:
                continue  # the database was looked at first, and its trouble is told already


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
