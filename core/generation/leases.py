"""The right of a worker to send orders, granted by the database for a limited time.

A worker that was silent for too long is declared dead, and other workers take over its orders. So
it must not send anything it began before: the database refuses its intents, and its own stopwatch
stops what it began before it was suspended.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from core.clock import Clock
from core.database import Database
from core.domain.notice import Notice
from core.errors import NotSentError, StaleStateError
from core.records import backlog, workers
from core.records.workers import Life, ProcessSetup


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRules:
    """How often a worker gives a sign of life, and how long after one it may order or is dead.

    The gap between the last two gives a call that has just begun time to be sent.
    """

    sign_seconds: float = 5.0
    order_seconds: float = 20.0
    dead_seconds: float = workers.DEAD_SECONDS


class Lease:
    """The present life of this process, and whether it may still send orders."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        executor_id: str,
        setup: ProcessSetup,
        *,
        rules: LeaseRules | None = None,
        alone: bool = False,
    ) -> None:
        self._database = database
        self._clock = clock
        self._executor_id = executor_id
        self._setup = setup
        self._alone = alone
        self.rules = rules or LeaseRules()
        self._lock = threading.Lock()
        self._life: Life | None = None
        self._since_confirmed: Callable[[], float] = clock.stopwatch_through_sleep()
        self._clock_ahead_seconds = 0.0

    @property
    def life(self) -> Life:
        """The present life; StaleStateError while there is none."""
        with self._lock:
            if self._life is None:
                raise StaleStateError("This worker is not registered.")
            return self._life

    @property
    def has_life(self) -> bool:
        """Whether this process counts as alive, as far as it knows."""
        with self._lock:
            return self._life is not None

    @property
    def clock_ahead_seconds(self) -> float:
        """Seconds this machine's clock was ahead of the database's at the last sign of life."""
        return self._clock_ahead_seconds

    def begin(self) -> Life:
        """Begin a new life; whatever an earlier one had in hand returns to the backlog."""
        since = self._clock.stopwatch_through_sleep()
        with self._database.writing() as session:
            life = workers.begin_life(session, self._executor_id, self._setup, alone=self._alone)
            if self._setup.role == workers.WORKER:
                backlog.take_back_of_nobody(session)
        self._keep(life, since)
        return life

    def owns(self, life: Life) -> bool:
        """Return whether `life` is the present life of this process."""
        with self._lock:
            return self._life == life

    def renew(self, *, problem: Notice | None = None) -> bool:
        """Give a sign of life and report `problem`; return False if this life was declared dead.

        `problem` is what keeps this process from ordering anything.
        """
        life = self.life
        since = self._clock.stopwatch_through_sleep()
        with self._database.reading() as session:
            before = self._clock.now()
            ahead = before - workers.database_time(session)
            took = self._clock.now() - before
        # the answer's travel time counts for neither clock
        if ahead < timedelta(0):
            ahead = min(ahead + max(took, timedelta(0)), timedelta(0))
        self._clock_ahead_seconds = ahead.total_seconds()
        with self._database.writing() as session:
            lives = workers.give_sign_of_life(
                session, life, clock_ahead_seconds=self._clock_ahead_seconds, problem=problem
            )
        self._keep(life if lives else None, since)
        return lives

    def strike_out_others(self) -> list[Life]:
        """Declare silent processes dead, requeue what nobody holds, and return the dead."""
        with self._database.writing() as session:
            dead = workers.strike_out_silent(session, silent_seconds=self.rules.dead_seconds)
            backlog.take_back_of_nobody(session)
        return dead

    def end(self) -> None:
        """End this life, so that others may take over its work at once."""
        with self._lock:
            life, self._life = self._life, None
        if life is None:
            return
        with self._database.writing() as session:
            workers.end_life(session, life)
            if self._setup.role == workers.WORKER:
                backlog.take_back_of_nobody(session)

    def job(self, job_id: str) -> Job:
        """Return the job with this id; whether it may order is checked when it does."""
        return Job(id=job_id, lease=self)

    def may_order(self, fence: int | None) -> bool:
        """Return whether this process may begin an order for the life with that fence now."""
        with self._lock:
            return (
                self._life is not None
                and self._life.fence == fence
                and self._since_confirmed() < self.rules.order_seconds
            )

    def require(self, session: Session, fence: int | None) -> None:
        """Raise StaleStateError unless that life is still listed in the database.

        It then stays listed until the session's transaction has ended.
        """
        life = self.life
        seen_within = self.rules.order_seconds
        if life.fence != fence or not workers.holds(session, life, seen_within_seconds=seen_within):
            raise StaleStateError("This worker was declared dead, and others have its work.")

    def _keep(self, life: Life | None, since_confirmed: Callable[[], float]) -> None:
        with self._lock:
            self._life, self._since_confirmed = life, since_confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The job that holds a generation for one life of one worker."""

    id: str
    lease: Lease

    def is_still_at(self, session: Session, generation_id: int) -> bool:
        """Return whether this job still holds the generation."""
        return backlog.job_of(session, generation_id) == self.id

    def require(self, session: Session, generation_id: int) -> None:
        """Raise StaleStateError unless this job may record the intent of an order."""
        self.lease.require(session, backlog.fence_of(self.id))
        if not self.is_still_at(session, generation_id):
            raise StaleStateError(f"Generation {generation_id} is held by another job.")

    def check(self) -> None:
        """Raise NotSentError if this process was silent for so long that others may order too."""
        if not self.lease.may_order(backlog.fence_of(self.id)):
            raise NotSentError(
                "The order was stopped before it left: this worker had given no sign of life "
                "for too long."
            )
