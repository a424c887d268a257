"""The worker of this process, built from the settings and the parts it works with."""

from __future__ import annotations

import os
import secrets
import socket

from core.batches.feeder import Feeder
from core.domain.notice import Notice
from core.generation.context import PipelineContext
from core.generation.decisions import Decisions
from core.generation.leases import Lease
from core.generation.pipeline import Pipeline
from core.generation.service import GenerationService
from core.jobs.heartbeat import Heartbeat
from core.jobs.supervision import WorkerState
from core.jobs.worker import Worker
from core.library.library import Library
from core.records import workers
from core.settings import Settings


def join_worker(
    settings: Settings,
    context: PipelineContext,
    service: GenerationService,
    decisions: Decisions,
    library: Library,
) -> Worker:
    """Return the worker of this process, not running yet."""
    # one SQLite file has one worker at a time, Postgres any number
    executor_id = "local" if settings.is_sqlite else _process_id()
    lease = Lease(
        context.database,
        context.clock,
        executor_id,
        _setup_of(settings, context, role=workers.WORKER),
        rules=context.lease_rules,
        alone=settings.is_sqlite,
    )
    feeder = Feeder(context.database, context.clock, service, parallel=settings.parallel)
    return Worker(
        context,
        Pipeline(context),
        decisions,
        lease,
        feed=feeder.feed,
        clean_up=library.empty_trash,
        executor_id=executor_id,
        parallel=settings.parallel,
        lock_file=settings.data_dir / "worker.lock",
    )


def join_presence(settings: Settings, context: PipelineContext, worker: Worker) -> Heartbeat:
    """Return the heartbeat that shows this process and its settings to the others.

    It also reports a broken worker of this process, which has no life of its own until it restarts.
    """
    lease = Lease(
        context.database,
        context.clock,
        f"app-{_process_id()}",
        _setup_of(settings, context, role=workers.APP),
        rules=context.lease_rules,
    )

    def tell_breakage() -> Notice | None:
        is_broken = worker.status().state is WorkerState.RESTARTING
        return worker.problem() if is_broken else None

    return Heartbeat(lease, problem=tell_breakage)


def _setup_of(settings: Settings, context: PipelineContext, *, role: str) -> workers.ProcessSetup:
    """Return how this process is set up, as the others see it."""
    return workers.ProcessSetup(
        role=role,
        engines=tuple(context.engines),
        settings=settings.to_be_shared,
        folder=context.folder_mark or str(settings.data_dir.resolve()),
        host=socket.gethostname(),
    )


def _process_id() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
