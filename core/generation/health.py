"""Whether the studio can work: database, disk and workers, and what else people must be told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.clock import Clock
from core.database import Database
from core.database_trouble import classify
from core.records import backlog, workers

WORKER_SILENT_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that every page and `/api/health` say for as long as it is so.

    `kind` is a stable word for programs; `message` is one sentence, `advice` another. Where
    `stops`, no picture is made meanwhile, and health answers 503.
    """

    kind: str
    message: str
    advice: str = ""
    stops: bool = False


Source = Callable[[], Sequence[Notice]]
"""Looks at one part and returns what people must be told of it at this moment; quick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found; `problems` is empty when pictures can be made, `notices` when all is well."""

    database_ok: bool
    free_disk_bytes: int
    worker_seen_at: datetime | None
    unfinished: int
    notices: tuple[Notice, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """Why no picture can be made, a sentence each."""
        return tuple(notice.message for notice in self.notices if notice.stops)


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
        notices: list[Notice] = []
        seen_at, silence_seconds, unfinished, database_ok = None, None, 0, True
        trouble = self._database.troubles.lasting()
        try:
            with self._database.reading() as session:
                session.connection().execute(text("SELECT 1"))
                seen_at, silence_seconds = workers.last_sign_of_life(session)
                unfinished = backlog.count_unfinished(session)
        except SQLAlchemyError as failure:
            database_ok, trouble = False, classify(failure)
        if trouble is not None:
            notices.append(Notice(trouble.kind, trouble.message, trouble.advice, stops=True))
        free_bytes = self._free_bytes()
        if database_ok and _is_silent(silence_seconds):
            notices.append(
                Notice(
                    "no_worker",
                    "No worker gave a sign of life in the last 30 s.",
                    "What waits is kept and made as soon as one works.",
                    stops=True,
                )
            )
        return Report(
            database_ok=database_ok,
            free_disk_bytes=free_bytes,
            worker_seen_at=seen_at,
            unfinished=unfinished,
            notices=(*notices, *self._told_by_sources()),
        )

    def _free_bytes(self) -> int:
        try:
            return shutil.disk_usage(self._data_dir).free
        except OSError:
            return 0  # the folder is gone; the preflight's notice says so

    def _told_by_sources(self) -> Iterator[Notice]:
        for source in self._sources:
            try:
                yield from source()
            except SQLAlchemyError:
                continue  # the database was looked at first, and its trouble is told already


def _is_silent(seconds: float | None) -> bool:
    return seconds is None or seconds > WORKER_SILENT_AFTER.total_seconds()
