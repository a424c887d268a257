"""The job engine, DBOS, as the worker uses it; the only module that imports it.

DBOS stores what this process hands over in a transaction, and runs it. Each worker has a queue of
its own, so it never gets what it cannot make. What a dead worker had is handed over again from our
rows, so nothing depends on DBOS's own recovery (docs/decisions/dbos.md).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable

import sqlalchemy
from dbos import DBOS, DBOSClient
from sqlmodel import Session

from core.database import Database, create_job_engine

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2

_WORKFLOW, _APPLICATION = "make_generation", "fibo-command-center"
_FIRST, _AFTER_PEOPLE = 1, 2
"""Lower numbers begin first: a person who waits at a screen comes before a batch."""

_VERSION = "1"
"""Constant on purpose: by default DBOS abandons waiting work after every change of the code."""

_OPEN = ["ENQUEUED", "PENDING", "DELAYED"]

Run = Callable[[int, str], Awaitable[None]]


class JobEngine:
    """Runs the jobs of one worker; there is one in a process at a time."""

    def __init__(
        self, database: Database, *, executor_id: str, life_name: str, parallel: int, run: Run
    ) -> None:
        """Prepare an engine for `executor_id`, whose present life is called `life_name`."""
        self._database = database
        self._executor_id = executor_id
        self._life_name = life_name
        self._parallel = parallel
        self._run = run
        self._engine: sqlalchemy.Engine | None = None
        self._client: DBOSClient | None = None

    def open(self) -> None:
        """Begin to run jobs; call `close` even if this fails."""
        self._engine = create_job_engine(self._database.url)
        DBOS(
            config={
                "name": _APPLICATION,
                "system_database_url": self._database.url,
                "system_database_engine": self._engine,
                "application_version": _VERSION,
                "executor_id": self._life_name,
                "log_level": "ERROR",
                "use_listen_notify": False,  # nothing here waits for DBOS's own messages
            }
        )

        # DBOS sets attributes on the function, which is impossible with a method
        async def make_generation(generation_id: int, job_id: str) -> None:
            await self._run(generation_id, job_id)

        DBOS.workflow(name=_WORKFLOW)(make_generation)
        DBOS.listen_queues([_queue_of(self._executor_id)])
        DBOS.launch()
        self._client = DBOSClient(
            system_database_url=self._database.url,
            system_database_engine=self._engine,
            application_name=_APPLICATION,
        )
        self._register_queue()

    def keep_queue(self) -> None:
        """Create this worker's queue if it is missing; DBOS itself continues without one.

        Others delete it when they declare this worker dead, although its process may go on, and a
        database restored from an older copy does not have it.
        """
        if DBOS.retrieve_queue(_queue_of(self._executor_id)) is None:
            log.warning("the queue of this worker was taken away; it begins a new one")
            self._register_queue()

    def _register_queue(self) -> None:
        DBOS.register_queue(
            _queue_of(self._executor_id),
            worker_concurrency=self._parallel,
            polling_interval_sec=POLL_SECONDS,
        )

    def close(self) -> None:
        """Cancel what runs and release everything; returns when no job runs any more."""
        try:
            if self._client is not None:
                self._client.destroy()
        finally:
            self._client = None
            DBOS.destroy(destroy_registry=True)
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def hand_over(
        self, session: Session, generation_id: int, job_id: str, *, after_people: bool
    ) -> None:
        """Run a generation under this job id once the session's transaction commits."""
        assert self._client is not None  # noqa: S101 - open() was called
        self._client.enqueue_in_transaction(
            session,
            {
                "workflow_name": _WORKFLOW,
                "queue_name": _queue_of(self._executor_id),
                "workflow_id": job_id,
                "app_version": _VERSION,
                "priority": _AFTER_PEOPLE if after_people else _FIRST,
            },
            generation_id,
            job_id,
        )

    def open_jobs(self, job_ids: Iterable[str]) -> dict[str, bool]:
        """Return the jobs that have not ended according to DBOS, and whether each has begun."""
        found = DBOS.list_workflows(
            workflow_ids=list(job_ids), status=_OPEN, load_input=False, load_output=False
        )
        return {job.workflow_id: job.status == "PENDING" for job in found}

    def forget_jobs_of(self, executor_ids: Iterable[str]) -> None:
        """Remove what dead workers left in DBOS's tables; our rows hold the record."""
        for executor_id in executor_ids:
            queue = _queue_of(executor_id)
            left = DBOS.list_workflows(
                queue_name=queue, status=_OPEN, load_input=False, load_output=False
            )
            if left:
                DBOS.delete_workflows([job.workflow_id for job in left])
            if executor_id != self._executor_id:
                DBOS.delete_queue(queue)


def _queue_of(executor_id: str) -> str:
    return f"generations-{executor_id}"
