"""The worker that keeps generations going; the only module that knows DBOS.

Our rows are the record and the backlog. A feeder hands a small window of them to DBOS, each in one
transaction with the note that it was handed over; DBOS runs them, and after a crash runs again
what was in its hands (reference jobs.md explains the choices).
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from dbos import DBOS, DBOSClient
from filelock import FileLock, Timeout
from sqlalchemy.exc import OperationalError

from core.database import create_job_engine
from core.errors import StudioClosingError
from core.generation.decisions import Decisions
from core.generation.pipeline import Pipeline
from core.generation.workbench import Workbench
from core.records import backlog, workers

log = logging.getLogger(__name__)

WINDOW = 100
"""Most generations in the hands of DBOS; its own backlog is slow when long (jobs.md 2)."""

FEED_SECONDS = 0.2
LAST_ANSWERS_SECONDS = 5.0
"""How long a leaving worker listens; a process manager kills after ten (reliability.md F09)."""

SIGN_OF_LIFE_SECONDS = 5.0
DEAD_AFTER_SECONDS = 30.0
TIDY_SECONDS = 86_400.0

_WORKFLOW, _QUEUE, _APPLICATION = "make_generation", "generations", "fibo-command-center"
_FIRST, _AFTER_PEOPLE = 1, 2
"""The job engine begins lower numbers first: whoever waits at a screen goes before a batch."""

_VERSION = "1"
"""Constant on purpose: by default DBOS abandons waiting work after every change of the code."""


class Worker:
    """Makes what waits in the backlog; lives in a thread of its own and survives being killed.

    A SQLite file takes one worker at a time, so a second one waits here until the first is gone.
    On Postgres any number work together, each under an `executor_id` of its own.
    """

    def __init__(
        self,
        bench: Workbench,
        pipeline: Pipeline,
        decisions: Decisions,
        *,
        feed: Callable[[], bool],
        tidy: Callable[[], object],
        executor_id: str,
        parallel: int,
        lock_file: Path,
    ) -> None:
        self._database = bench.database
        self._media = bench.media
        self._journal = bench.journal
        self._clock = bench.clock
        self._gate = bench.gate
        self._pipeline = pipeline
        self._decisions = decisions
        self._feed_from_batches = feed
        self._tidy = tidy
        self._executor_id = executor_id
        self._parallel = parallel
        self._lock = FileLock(lock_file, timeout=0, thread_local=False)
        self._leaving = threading.Event()
        self._stir = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to work, in the background."""
        self._leaving.clear()
        self._gate.open()
        self._thread = threading.Thread(target=self._live, name="worker", daemon=True)
        self._thread.start()

    def stop(self, *, wait_seconds: float = 8.0) -> None:
        """Leave within a few seconds; unfinished work waits in the database for the next start."""
        self._gate.close(wait_seconds=0)  # at once; what is under way is waited for at the end
        self._leaving.set()
        self._stir.set()
        if self._thread is not None:
            self._thread.join(wait_seconds)
            if not self._thread.is_alive():
                self._thread = None

    def _live(self) -> None:
        if self._database.is_sqlite and not self._wait_for_lock():
            return
        try:
            self._media.sweep(untouched_seconds=0 if self._database.is_sqlite else 3600)
            self._journal.prepare()
            adopted = self._decisions.adopt_from_journal()
            if adopted:
                log.info("%s answers adopted from the journal", adopted)
            self._work()
        except Exception:  # the worker's outermost edge: a silent thread would look alive
            log.exception("the worker stopped")
        finally:
            self._lock.release()

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
        engine = create_job_engine(self._database.url)
        DBOS(
            config={
                "name": _APPLICATION,
                "system_database_url": self._database.url,
                "system_database_engine": engine,
                "application_version": _VERSION,
                "executor_id": self._executor_id,
                "log_level": "ERROR",
                "use_listen_notify": False,  # nothing here waits for DBOS's own messages
            }
        )
        DBOS.workflow(name=_WORKFLOW)(_workflow_of(self._pipeline, self._stir.set))
        client: DBOSClient | None = None
        try:
            DBOS.launch()
            client = DBOSClient(
                system_database_url=self._database.url,
                system_database_engine=engine,
                application_name=_APPLICATION,
            )
            DBOS.register_queue(
                _QUEUE, worker_concurrency=self._parallel, polling_interval_sec=FEED_SECONDS
            )
            self._feed_until_leaving(client)
        finally:
            if not self._gate.close(wait_seconds=LAST_ANSWERS_SECONDS):
                log.warning("left before every call had ended; the next start settles what is open")
            if client is not None:
                client.destroy()
            DBOS.destroy(destroy_registry=True)
            engine.dispose()

    def _feed_until_leaving(self, client: DBOSClient) -> None:
        since_sign_of_life = since_tidied = None
        while not self._leaving.is_set():
            try:
                if since_sign_of_life is None or since_sign_of_life() >= SIGN_OF_LIFE_SECONDS:
                    self._give_sign_of_life()
                    self._take_back_lost_jobs()
                    since_sign_of_life = self._clock.stopwatch()
                if since_tidied is None or since_tidied() >= TIDY_SECONDS:
                    since_tidied = self._clock.stopwatch()
                    self._empty_trash()
                if self._feed_from_batches():
                    self._stir.set()  # there is more to do at once
                self._feed(client)
            except OperationalError as failure:
                log.warning("the database did not answer, trying again: %s", failure.orig)
            self._stir.wait(FEED_SECONDS)
            self._stir.clear()

    def _empty_trash(self) -> None:
        try:
            self._tidy()
        except OSError:
            # a file that cannot be removed today must not keep pictures from being made
            log.exception("the trash could not be emptied")

    def _feed(self, client: DBOSClient) -> None:
        with self._database.reading() as session:
            room = WINDOW - len(backlog.jobs_in_hand(session))
            waiting = backlog.waiting_for_a_worker(
                session, limit=max(room, 0), now=self._clock.now()
            )
        if not waiting:
            return
        with self._database.writing() as session:
            for generation_id, is_of_batch in waiting:
                job_id = f"{generation_id}-{self._clock.new_id()}"
                if not backlog.hand_over(session, generation_id, job_id):
                    continue
                client.enqueue_in_transaction(
                    session,
                    {
                        "workflow_name": _WORKFLOW,
                        "queue_name": _QUEUE,
                        "workflow_id": job_id,
                        "app_version": _VERSION,
                        "priority": _AFTER_PEOPLE if is_of_batch else _FIRST,
                    },
                    generation_id,
                )

    def _give_sign_of_life(self) -> None:
        now = self._clock.now()
        with self._database.writing() as session:
            workers.note_sign_of_life(session, self._executor_id, now=now)
            dead = workers.bury_dead_workers(
                session, unseen_since=now - timedelta(seconds=DEAD_AFTER_SECONDS)
            )
        for executor_id in dead:
            self._take_over(executor_id)

    def _take_over(self, executor_id: str) -> None:
        """Put the work of a dead worker back into the queue; DBOS leaves that to its paid part."""
        orphans = DBOS.list_workflows(
            status="PENDING", executor_id=executor_id, load_input=False, load_output=False
        )
        if orphans:
            DBOS.resume_workflows([job.workflow_id for job in orphans], queue_name=_QUEUE)

    def _take_back_lost_jobs(self) -> None:
        """Return to the backlog what was handed over but that DBOS no longer means to run."""
        with self._database.reading() as session:
            in_hand = backlog.jobs_in_hand(session)
        if not in_hand:
            return
        alive = DBOS.list_workflows(
            workflow_ids=list(in_hand.values()),
            status=["ENQUEUED", "PENDING", "DELAYED"],
            load_input=False,
            load_output=False,
        )
        lost = set(in_hand.values()) - {job.workflow_id for job in alive}
        if not lost:
            return
        with self._database.writing() as session:
            for generation_id, job_id in in_hand.items():
                if job_id in lost:
                    backlog.take_back(session, generation_id, job_id)


def _workflow_of(
    pipeline: Pipeline, tell_end: Callable[[], None]
) -> Callable[[int], Awaitable[None]]:
    # DBOS marks the function it is given, which it cannot do with a method
    async def make_generation(generation_id: int) -> None:
        try:
            await pipeline.run(generation_id)
        except StudioClosingError:
            # stays until it is cut off: were this job to end here, DBOS would begin the next one
            await asyncio.Event().wait()
        except Exception as failure:  # noqa: BLE001 - the worker's outermost edge
            await asyncio.to_thread(pipeline.break_off, generation_id, failure)
        finally:
            tell_end()

    return make_generation
