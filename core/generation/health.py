"""Whether the studio can work: database, disk and workers."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.clock import Clock
from core.database import Database
from core.generation.preflight import Preflight
from core.records import backlog, workers

LEAST_FREE_BYTES = 500_000_000
WORKER_SILENT_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found; `problems` is empty when all is well."""

    database_ok: bool
    free_disk_bytes: int
    worker_seen_at: datetime | None
    unfinished: int
    problems: tuple[str, ...]


class Health:
    """Looks at the parts that a picture needs."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        data_dir: Path,
        preflight: Preflight | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._data_dir = data_dir
        self._preflight = preflight or Preflight()

    def report(self) -> Report:
        """Return how database, disk and workers are at this moment."""
        problems: list[str] = []
        seen_at, unfinished, database_ok = None, 0, True
        try:
            with self._database.reading() as session:
                session.connection().execute(text("SELECT 1"))
                seen_at = workers.last_sign_of_life(session)
                unfinished = backlog.count_unfinished(session)
        except SQLAlchemyError:
            database_ok = False
            problems.append("The database does not answer.")
        problems += [f"{one.message} {one.advice}" for one in self._preflight.problems()]
        free_bytes = shutil.disk_usage(self._data_dir).free
        if free_bytes < LEAST_FREE_BYTES:
            problems.append(f"The disk has only {free_bytes / 1e6:.0f} MB left.")
        if database_ok and self._is_silent(seen_at):
            problems.append("No worker gave a sign of life in the last 30 s.")
        return Report(
            database_ok=database_ok,
            free_disk_bytes=free_bytes,
            worker_seen_at=seen_at,
            unfinished=unfinished,
            problems=tuple(problems),
        )

    def _is_silent(self, seen_at: datetime | None) -> bool:
        return seen_at is None or self._clock.now() - seen_at > WORKER_SILENT_AFTER
