"""The worker: it runs in a thread, restarts when it breaks, and stops on request.

Our rows are the record and the backlog. A feeder hands a small window of them to the job engine,
each in the transaction that records its job; after a crash they are handed over again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from core.domain.notice import Notice
from core.errors import StaleStateError, StudioClosingError
from core.generation.context import PipelineContext
from core.generation.decisions import Decisions
from core.generation.leases import Job, Lease
from core.generation.pipeline import Pipeline
from core.jobs.engine import JobEngine
from core.jobs.heartbeat import Heartbeat
from core.jobs.supervision import Supervisor, WorkerState, WorkerStatus, problem_of
from core.jobs.watched_loop import IdleWatch, WatchedLoop
from core.records import backlog
from core.records.workers import Life

log = logging.getLogger(__name__)

WINDOW_PER_PLACE = 2
"""Generations in hand for each one made at once; the rest stays where others can take it."""

FEED_SECONDS, FEED_SECONDS_AFTER_FAILURE = 0.2, 5.0

FAILING_SECONDS = 30.0
"""How long the database may refuse the worker's queries before people are told."""

LAST_ANSWERS_SECONDS = 5.0
"""How long a stopping worker waits; a process manager kills after ten (docs/provider.md F09)."""

CLEAN_UP_SECONDS = 86_400.0
COMPACT_SECONDS = 600.0
"""How often the journal is checked for many settled lines; not right at the start."""

LOOK_SECONDS, GRACE_SECONDS = 5.0, 10.0
"""A job that has begun according to DBOS, and has not run here for GRACE_SECONDS, is lost."""

BREAK_OFF_TRIES = 12

LONGEST_STEP_SECONDS = 600.0
"""Every step of taking up old work is far shorter, even on a slow network drive."""


class Worker:
    """Makes what waits in the backlog, in a thread of its own; it survives being killed.

    A SQLite file has one worker at a time, so a second one waits here until the first is gone. On
    Postgres any number work together, each under an `executor_id` of its own.
    """

    def __init__(
        self,
        context: PipelineContext,
        pipeline: Pipeline,
        decisions: Decisions,
        lease: Lease,
        *,
        feed: Callable[[], bool],
        clean_up: Callable[[], object],
        executor_id: str,
        parallel: int,
        lock_file: Path,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        """`pause` waits before a restart; it is used for nothing else."""
        self._context = context
        self._database = context.database
        self._clock = context.clock
        self._pipeline = pipeline
        self._decisions = decisions
        self._lease = lease
        self._sleep = context.sleep
        self._feed_from_batches = feed
        self._clean_up = clean_up
        self._executor_id = executor_id
        self._parallel = parallel
        self._lock = FileLock(lock_file, timeout=0, thread_local=False)
        self._leaving = threading.Event()
        self._supervisor = Supervisor(self._clock, pause or self._leaving.wait)
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._running: set[str] = set()
        self._idle_since: dict[str, Callable[[], float]] = {}
        self._struck_out: list[str] = []
        self._feeding = WatchedLoop(self._clock, name="feeding")
        self._beginning = IdleWatch(self._clock)
        self._taking_up = IdleWatch(self._clock, for_good_seconds=LONGEST_STEP_SECONDS)
        self._kept_here: Notice | None = None
        self._since_tidied: Callable[[], float] | None = None

    def start(self) -> None:
        """Begin to work, in the background."""
        self._leaving.clear()
        self._thread = threading.Thread(
            target=self._supervisor.supervise,
            args=(self._live, self._leaving),
            name="worker",
            daemon=True,
        )
        self._thread.start()

    def stop(self, *, wait_seconds: float = 8.0) -> None:
        """Stop within a few seconds; unfinished work waits in the database for the next start."""
        self._leaving.set()
        self._context.in_flight.close(wait_seconds=0)  # calls under way are waited for at the end
        self._wake.set()
        if self._thread is not None:
            self._thread.join(wait_seconds)
            if not self._thread.is_alive():
                self._thread = None

    def status(self) -> WorkerStatus:
        """Return the state of this process's worker."""
        status = self._supervisor.status
        stands_still = {
            WorkerState.WAITING: self._taking_up.hangs,
            WorkerState.RUNNING: self._feeding.hangs or self._beginning.hangs,
        }
        if stands_still.get(status.state):
            return replace(status, state=WorkerState.HANGING)
        if status.state is WorkerState.RUNNING and status.failing_since is not None:
            failing_seconds = (self._clock.now() - status.failing_since).total_seconds()
            if failing_seconds >= FAILING_SECONDS:
                return replace(status, state=WorkerState.FAILING)
        return status

    def problem(self) -> Notice | None:
        """Return what keeps this worker from ordering anything, or None if nothing does.

        Answers from memory, so it works even while the disk or the database hangs.
        """
        return problem_of(self.status()) or self._kept_here

    def owns(self, life: Life) -> bool:
        """Return whether that life is the present one of this worker."""
        return self._lease.owns(life)

    @property
    def hangs_for_good(self) -> bool:
        """Whether nothing new begins here until the process is restarted."""
        watches = (self._feeding, self._beginning, self._taking_up)
        return any(watch.hangs_for_good for watch in watches)

    def _live(self) -> None:
        self._supervisor.become(WorkerState.WAITING)
        if self._database.is_sqlite and not self._wait_for_lock():
            return
        heartbeat = Heartbeat(
            self._lease,
            tell_struck_out=self._note_struck_out,
            lives=lambda: not self.hangs_for_good,
            problem=self.problem,
        )
        try:
            heartbeat.start()  # first, so that others see this worker while it reads
            try:
                self._take_up_what_was_left()
                self._work()
            finally:
                heartbeat.stop()
                self._lease.end()
        finally:
            self._lock.release()

    def _take_up_what_was_left(self) -> None:
        self._note_step()
        try:
            untouched_seconds = 0 if self._database.is_sqlite else 3600
            self._context.media.sweep(
                untouched_seconds=untouched_seconds, note_step=self._note_step
            )
            self._context.journal.prepare()
            self._note_step()
            adopted = self._decisions.adopt_from_journal(note_step=self._note_step)
        finally:
            self._taking_up.note_well()
        if adopted:
            log.info("%s answers adopted from the journal", adopted)

    def _note_step(self) -> None:
        self._taking_up.note_well()
        self._taking_up.note_idle()  # counts from now

    def _wait_for_lock(self) -> bool:
        while not self._leaving.is_set():
            try:
                self._lock.acquire()
            except Timeout:
                self._leaving.wait(0.5)
            else:
                return True
        return False

    def _work(self) -> None:
        engine = JobEngine(
            self._database,
            executor_id=self._executor_id,
            life_name=f"{self._executor_id}-{self._lease.life.fence}",
            parallel=self._parallel,
            run=self._run_job,
        )
        try:
            # first, or jobs of the earlier life would meet a studio that seems to close, and wait
            self._context.in_flight.open()
            if self._leaving.is_set():
                self._context.in_flight.close(wait_seconds=0)
            engine.open()
            self._supervisor.become(WorkerState.RUNNING)
            engine.forget_jobs_of([self._executor_id])
            self._feeding.run(partial(self._feed_until_leaving, engine), self._leaving)
        finally:
            if not self._context.in_flight.close(wait_seconds=LAST_ANSWERS_SECONDS):
                log.warning("left before every call had ended; the next start settles what is open")
            try:
                engine.close()
            finally:
                self._running.clear()
                self._beginning.note_well()

    async def _run_job(self, generation_id: int, job_id: str) -> None:
        self._running.add(job_id)
        self._beginning.note_well()
        job = self._lease.job(job_id)
        try:
            await self._pipeline.run(generation_id, job)
        except StudioClosingError:
            # waits until it is cancelled: if this job ended here, DBOS would begin the next one
            await asyncio.Event().wait()
        except Exception as failure:  # noqa: BLE001 - the worker's outermost edge
            await self._break_off(generation_id, failure, job)
        finally:
            self._running.discard(job_id)
            self._wake.set()

    async def _break_off(self, generation_id: int, failure: Exception, job: Job) -> None:
        """Settle a broken generation, retrying until that can be stored.

        If that takes too long, its job ends, and the generation is taken back from the state of its
        row.
        """
        for tries in range(BREAK_OFF_TRIES):
            try:
                await asyncio.to_thread(self._break_off_once, generation_id, failure, job)
            except (SQLAlchemyError, OSError) as problem:
                log.warning("generation %s: its end cannot be written: %s", generation_id, problem)
                await self._sleep(min(2.0**tries, 60.0))
            else:
                return

    def _break_off_once(self, generation_id: int, failure: Exception, job: Job) -> None:
        with self._database.reading() as session:
            is_ours = job.is_still_at(session, generation_id)
        if is_ours:
            self._pipeline.break_off(generation_id, failure)

    def _feed_until_leaving(self, engine: JobEngine, note_moved: Callable[[], bool]) -> None:
        since_looked = None
        since_compacted = self._clock.stopwatch()
        while not self._leaving.is_set():
            try:
                if since_looked is None or since_looked() >= LOOK_SECONDS:
                    engine.keep_queue()
                    self._decisions.hold_what_was_turned_back()
                    self._take_back_lost_jobs(engine)
                    dead, self._struck_out = self._struck_out, []
                    engine.forget_jobs_of(dead)
                    self._kept_here = next(iter(self._context.preflight.notices()), None)
                    since_looked = self._clock.stopwatch()
                if self._since_tidied is None or self._since_tidied() >= CLEAN_UP_SECONDS:
                    self._since_tidied = self._clock.stopwatch()
                    try:
                        self._clean_up()
                    except OSError:
                        # a file that cannot be removed today must not keep pictures from being made
                        log.exception("the trash could not be emptied")
                if since_compacted() >= COMPACT_SECONDS:
                    since_compacted = self._clock.stopwatch()
                    try:
                        self._decisions.compact_journal()
                    except OSError as failure:
                        log.warning("settled lines stay in the journal for now: %s", failure)
                if self._feed_from_batches():
                    self._wake.set()  # there is more to do at once
                self._feed(engine)
            except StaleStateError as overtaken:
                log.info("nothing is handed over now: %s", overtaken)
            except SQLAlchemyError as failure:
                self._supervisor.note_failure(failure)
            else:
                self._supervisor.note_well()
            if not note_moved():
                return
            self._wake.wait(FEED_SECONDS_AFTER_FAILURE if self.status().failure else FEED_SECONDS)
            self._wake.clear()

    def _feed(self, engine: JobEngine) -> None:
        fence = self._lease.life.fence
        with self._database.reading() as session:
            remaining = WINDOW_PER_PLACE * self._parallel - len(self._in_hand(session, fence))
            waiting = backlog.waiting_for_a_worker(
                session,
                limit=max(remaining, 0),
                now=self._clock.now(),
                engines=self._context.engines,
            )
        if not waiting:
            return
        with self._database.writing() as session:
            self._lease.require(session, fence)
            for generation_id, is_of_batch in waiting:
                job_id = backlog.new_job_id(fence, generation_id, self._clock.new_id())
                if backlog.hand_over(session, generation_id, job_id):
                    engine.hand_over(session, generation_id, job_id, after_people=is_of_batch)

    def _in_hand(self, session: Session, fence: int) -> dict[int, str]:
        jobs = backlog.jobs_in_hand(session)
        return {one: job for one, job in jobs.items() if backlog.fence_of(job) == fence}

    def _take_back_lost_jobs(self, engine: JobEngine) -> None:
        """Return to the backlog what was handed to this worker and does not run here."""
        with self._database.reading() as session:
            in_hand = self._in_hand(session, self._lease.life.fence)
        open_jobs = engine.open_jobs(in_hand.values()) if in_hand else {}
        running = frozenset(self._running)
        if running or all(open_jobs.values()):
            self._beginning.note_well()
        else:
            self._beginning.note_idle()
        lost = {
            one: job
            for one, job in in_hand.items()
            if job not in running and (job not in open_jobs or self._is_lost(job, open_jobs[job]))
        }
        for job in self._idle_since.keys() - (open_jobs.keys() - running):
            del self._idle_since[job]
        if not lost:
            return
        log.warning("%s jobs had got lost and are taken up again", len(lost))
        with self._database.writing() as session:
            for generation_id, job in lost.items():
                backlog.take_back(session, generation_id, job)

    def _is_lost(self, job: str, has_begun: bool) -> bool:  # noqa: FBT001 - private, one caller
        """Return whether a job has begun according to DBOS and has not run here for a while."""
        if not has_begun:
            return False
        return self._idle_since.setdefault(job, self._clock.stopwatch())() > GRACE_SECONDS

    def _note_struck_out(self, dead: Sequence[Life]) -> None:
        log.warning(
            "silent for too long, struck out: %s", ", ".join(one.executor_id for one in dead)
        )
        self._struck_out += [one.executor_id for one in dead]
        self._wake.set()
