"""A studio without threads, wires or waiting: time passes when somebody says so."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import update
from sqlmodel import col

from core import fault_points
from core.cache.results import ResultCache
from core.clock import Clock
from core.database import Database
from core.domain.money import Budgets, Prices
from core.domain.request import GenerationRequest, parse_request
from core.generation.context import PipelineContext, Rules
from core.generation.decisions import Decisions
from core.generation.pipeline import Pipeline
from core.generation.service import GenerationService
from core.incarnation.order_log import OrderLog
from core.journal import Journal
from core.media import MediaStore
from core.provider.rate_limiter import RateLimiter
from core.records import backlog
from core.tables.studio import ProjectRow
from tests.fakes.paid_engine import PlannedProvider

PRICE = 30_000


class PowerCut(BaseException):
    """The process would be dead now; nothing may catch this."""


class SetClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def stopwatch(self) -> Callable[[], float]:
        started = self.moment
        return lambda: (self.moment - started) / timedelta(seconds=1)

    def tick(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.tick(seconds)
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LittleStudio:
    """The parts that money passes through, joined as core/wiring.py joins them."""

    database: Database
    service: GenerationService
    decisions: Decisions
    rate_limiter: RateLimiter
    pipeline: Pipeline
    context: PipelineContext
    clock: SetClock
    budgets: Budgets

    def work(self, *, at_once: int = 1) -> bool:
        """Do what the worker does with the next in the backlog; False if none has its turn.

        The job ends with this call, so a generation that still waits must be back in the backlog.
        """
        with self.database.reading() as session:
            waiting = backlog.waiting_for_a_worker(session, limit=1, now=self.clock.now())
        if not waiting:
            return False
        generation_id, _is_of_batch = waiting[0]
        job_id = f"{generation_id}-{self.clock.new_id()}"
        with self.database.writing() as session:
            backlog.hand_over(session, generation_id, job_id)
        asyncio.run(self._runs(generation_id, at_once))
        with self.database.reading() as session:
            stuck = job_id in backlog.jobs_in_hand(session).values()
        assert not stuck, f"I5: its job has ended, and it is {self.service.see(generation_id)}"
        return True

    async def _runs(self, generation_id: int, at_once: int) -> None:
        await asyncio.gather(*(self._run(generation_id) for _ in range(at_once)))

    async def _run(self, generation_id: int) -> None:
        try:
            await self.pipeline.run(generation_id)
        except Exception as failure:  # noqa: BLE001 - as core/jobs/worker.py does
            await asyncio.to_thread(self.pipeline.break_off, generation_id, failure)

    def wake(self) -> None:
        """Do what a worker does when it starts: adopt answers, take back what nobody holds."""
        self.decisions.adopt_from_journal()
        with self.database.writing() as session:
            for generation_id, job_id in backlog.jobs_in_hand(session).items():
                backlog.take_back(session, generation_id, job_id)


def open_little_studio(
    folder: Path,
    database: Database,
    provider: PlannedProvider,
    clock: SetClock,
    *,
    budgets: Budgets,
    resends_unknown_once: bool,
) -> LittleStudio:
    """Return a studio on a folder and a database of the newest version; twice is a restart."""
    media = MediaStore(folder, key=b"key")
    engines = {provider.name: provider}
    rate_limiter = RateLimiter(database, clock, calls_per_minute=60_000)
    context = PipelineContext(
        database=database,
        media=media,
        results=ResultCache(
            database, clock, is_stored=media.is_there, ttl_seconds=3600, max_entries=1000
        ),
        clock=clock,
        engines=engines,
        journal=Journal(folder / "journal.jsonl", reserved_bytes=64 * 1024),
        order_log=OrderLog(folder),
        rate_limiter=rate_limiter,
        rules=Rules(budgets=budgets, resends_unknown_once=resends_unknown_once),
        sleep=clock.sleep,
    )
    prices = Prices(microusd={provider.name: PRICE}, as_of="today")
    service = GenerationService(
        database, media, clock, engines, results=context.results, prices=prices, budgets=budgets
    )
    return LittleStudio(
        database=database,
        service=service,
        decisions=Decisions(context),
        rate_limiter=rate_limiter,
        pipeline=Pipeline(context),
        context=context,
        clock=clock,
        budgets=budgets,
    )


def boat_request(number: int, **fields: object) -> GenerationRequest:
    """Return one of a few requests, so that people often ask for the same."""
    named = number % 6
    words = {"prompt": f"boat number {named}", "seed": 100 + named, "engine": "bria"}
    return parse_request({**words, **fields})


@contextmanager
def power_cut_at(point: str) -> Iterator[None]:
    """Within this, reaching the fault point raises PowerCut."""
    with _raised_at(point, PowerCut(point)):
        yield


@contextmanager
def bug_at(point: str) -> Iterator[None]:
    """Within this, something that nobody foresaw breaks at the fault point, the first time."""
    with _raised_at(point, ValueError(point)):
        yield


@contextmanager
def _raised_at(point: str, failure: BaseException) -> Iterator[None]:
    plan = {**os.environ, fault_points.PLAN: point}

    def kill(*_: int) -> None:
        plan.pop(fault_points.PLAN)
        raise failure

    replaced = SimpleNamespace(environ=plan, kill=kill, getpid=os.getpid)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fault_points, "os", replaced)
        yield


def set_project_budget(database: Database, budget_microusd: int | None) -> None:
    """Change the budget of the first project."""
    with database.writing() as session:
        changing = update(ProjectRow).where(col(ProjectRow.id) == 1)
        session.execute(changing.values(budget_microusd=budget_microusd))
