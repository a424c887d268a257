"""Supervision of the worker: it is restarted after a failure, and its state is reported."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core.clock import Clock
from core.domain.notice import Notice

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 60.0
"""How long a broken worker waits before it restarts; the wait doubles each time in a row."""


class WorkerState(StrEnum):
    """What a worker is doing.

    `waiting` for another process to release the SQLite file; `hanging` while something it called
    does not return; `failing` while the database has refused its queries for a while.
    """

    STOPPED = "stopped"
    WAITING = "waiting"
    RUNNING = "running"
    HANGING = "hanging"
    FAILING = "failing"
    RESTARTING = "restarting"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatus:
    """The state of a worker: since when, its failure if any, and how often it restarted."""

    state: WorkerState
    since: datetime
    failure: str | None = None
    failing_since: datetime | None = None
    restarts: int = 0


def problem_of(status: WorkerStatus) -> Notice | None:
    """Return what keeps a worker from ordering anything, or None if it works or has stopped.

    The sentences speak of the worker as "it": whoever shows them says which worker is meant.
    """
    match status.state:
        case WorkerState.RESTARTING:
            return Notice(
                "worker_restarting",
                "It broke and starts again by itself.",
                f"If this goes on, look into its log: {status.failure}.",
            )
        case WorkerState.HANGING:
            return Notice(
                "worker_hangs",
                "Something it waits for has not come back for more than a minute.",
                "If this goes on, check that the disk and the database answer, and start its "
                "process again.",
            )
        case WorkerState.FAILING:
            return Notice(
                "worker_fails",
                "It cannot take anything up: the database refuses its queries.",
                f"If this goes on, start its process again: {status.failure}.",
            )
        case _:
            return None


class Supervisor:
    """Runs the worker and restarts it after each failure, with a growing pause."""

    def __init__(self, clock: Clock, pause: Callable[[float], object]) -> None:
        self._clock = clock
        self._pause = pause
        self.status = WorkerStatus(state=WorkerState.STOPPED, since=clock.now())

    def supervise(self, live: Callable[[], None], leaving: threading.Event) -> None:
        """Call `live` until `leaving` is set; after any failure, call it again."""
        pause_seconds = FIRST_PAUSE_SECONDS
        while not leaving.is_set():
            lived = self._clock.stopwatch()
            try:
                live()
            except BaseException as failure:  # noqa: BLE001 - a thread that ends in silence looks alive
                if lived() > LONGEST_PAUSE_SECONDS:
                    pause_seconds = FIRST_PAUSE_SECONDS
                self._note_breakage(failure)
                self._pause(pause_seconds)
                pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)
        self.become(WorkerState.STOPPED)

    def become(self, state: WorkerState) -> None:
        """Record what the worker does from now on; a failure is kept until it runs again."""
        failure = self.status.failure if state is WorkerState.WAITING else None
        self.status = replace(
            self.status, state=state, since=self._clock.now(), failure=failure, failing_since=None
        )

    def note_failure(self, failure: SQLAlchemyError) -> None:
        """Log a failure once; repeating it would bury the rest of the log."""
        message = str(failure.orig if isinstance(failure, DBAPIError) else failure)
        if message != self.status.failure:
            log.warning("the database did not answer, trying again: %s", message)
            since = self.status.failing_since or self._clock.now()
            self.status = replace(self.status, failure=message, failing_since=since)

    def note_well(self) -> None:
        """Log that the failure is over."""
        if self.status.failure is not None:
            log.info("the database answers again")
            self.status = replace(self.status, failure=None, failing_since=None)

    def _note_breakage(self, failure: BaseException) -> None:
        if isinstance(failure, OSError) and failure.filename is not None:
            message = f"{failure.filename} cannot be used: {failure.strerror}"
        else:
            message = f"{type(failure).__name__}: {failure}"
        if message != self.status.failure:
            # a path in the way says it all; anything else needs its traceback
            is_plain = isinstance(failure, OSError) and failure.filename is not None
            log.error(
                "the worker broke and tries again until it works: %s",
                message,
                exc_info=None if is_plain else failure,
            )
        self.status = WorkerStatus(
            state=WorkerState.RESTARTING,
            since=self._clock.now(),
            failure=message,
            restarts=self.status.restarts + 1,
        )
