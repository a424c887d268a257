"""Our own code from the desk to the books, with virtual time and the virtual provider below it."""

from __future__ import annotations

import asyncio
import heapq
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection

from sqlalchemy import event, func
from sqlmodel import col, select

from core.cache.results import ResultCache
from core.clock import Clock
from core.database import Database
from core.domain.engines import LIST_PRICES_AS_OF
from core.domain.failure import Charge
from core.domain.money import Account, Budgets, Prices
from core.domain.request import parse_request
from core.domain.states import State
from core.engines.bria.engine import FIBO, BriaEngine
from core.engines.bria.faults import Reporter
from core.generation.context import PipelineContext, Rules
from core.generation.pipeline import Pipeline
from core.generation.service import GenerationService
from core.incarnation.order_log import OrderLog
from core.journal import Journal
from core.media import MediaStore
from core.provider.rate_limiter import RateLimiter
from core.tables.generation import AttemptRow, GenerationRow
from core.tables.studio import SpendRow
from tests import books
from tests.bench.reliability.figures import End, JobEnd
from tests.bench.reliability.provider import TOKEN, VirtualBria

AT_ONCE = 8
"""The default of FIBO_PARALLEL."""

CALLS_PER_MINUTE = 1000
"""Bria's largest plan, so that the pace does not decide the figures."""

_MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ENDS: dict[State, End] = {State.COMPLETED: "delivered", State.UNKNOWN: "held"}


async def run_ours(
    provider: VirtualBria,
    clock: Clock,
    arrivals: Sequence[float],
    *,
    resends: bool,
) -> list[JobEnd]:
    """Have all pictures made by the real pipeline and return what its rows say in the end."""
    with _workbench(provider, clock, resends=resends) as (bench, service):
        await _Backlog(bench, service).work_off(arrivals)
        return _ends(bench, arrivals)


class _Backlog:
    """Plays the worker: hands rows whose time has come to the pipeline, a few at once."""

    def __init__(self, bench: PipelineContext, service: GenerationService) -> None:
        self._bench, self._service = bench, service
        self._pipeline = Pipeline(bench)
        self._loop = asyncio.get_running_loop()
        self._due: list[tuple[float, int]] = []
        self._in_hand: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._asked = 0

    async def work_off(self, arrivals: Sequence[float]) -> None:
        """Ask for every picture in its moment, and return when nothing waits any more."""
        for job, moment in enumerate(arrivals, start=1):
            self._loop.call_at(moment, self._ask, job)
        while self._asked < len(arrivals) or self._due or self._in_hand:
            self._news.clear()
            while len(self._in_hand) < AT_ONCE and self._is_anything_due():
                self._take(heapq.heappop(self._due)[1])
            await self._wait()

    def _is_anything_due(self) -> bool:
        return bool(self._due) and self._due[0][0] <= self._loop.time()

    async def _wait(self) -> None:
        """Wait for an arrival, for the end of a run, or until a row's time has come."""
        handle = None
        if self._due and len(self._in_hand) < AT_ONCE:
            handle = self._loop.call_at(self._due[0][0], self._news.set)
        await self._news.wait()
        if handle is not None:
            handle.cancel()

    def _ask(self, job: int) -> None:
        fields = {"prompt": f"picture {job}", "seed": job, "engine": "bria", "use_cache": False}
        asked = self._service.ask(parse_request(fields))
        heapq.heappush(self._due, (self._loop.time(), asked.id))
        self._asked += 1
        self._news.set()

    def _take(self, generation_id: int) -> None:
        task = self._loop.create_task(self._run(generation_id))
        self._in_hand.add(task)
        task.add_done_callback(self._done)

    async def _run(self, generation_id: int) -> None:
        await self._pipeline.run(generation_id)
        row = self._bench.load(generation_id)
        if row.is_waiting:
            now = self._bench.clock.now()
            seconds = max(((row.not_before or now) - now).total_seconds(), 0.0)
            heapq.heappush(self._due, (self._loop.time() + seconds, generation_id))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._in_hand.discard(task)
        self._news.set()
        task.result()


@contextmanager
def _workbench(
    provider: VirtualBria, clock: Clock, *, resends: bool
) -> Iterator[tuple[PipelineContext, GenerationService]]:
    disk = _MEMORY_DISK if _MEMORY_DISK.is_dir() else None
    with tempfile.TemporaryDirectory(dir=disk) as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'fibo.sqlite'}")
        event.listen(database.engine, "connect", _do_not_flush)
        database.migrate()
        media = MediaStore(folder, key=b"bench")
        engine = BriaEngine(FIBO, provider, Reporter(TOKEN, clock.now), resolve=_resolve)
        bench = PipelineContext(
            database=database,
            media=media,
            results=ResultCache(
                database, clock, is_stored=media.is_there, ttl_seconds=0, max_entries=1000
            ),
            clock=clock,
            engines={"bria": engine},
            journal=Journal(folder / "journal.jsonl", reserved_bytes=2**20),
            order_log=OrderLog(folder),
            rate_limiter=RateLimiter(database, clock, calls_per_minute=CALLS_PER_MINUTE),
            rules=Rules(resends_unknown_once=resends),
            sleep=asyncio.sleep,
        )
        prices = Prices(microusd={"bria": 30_000}, as_of=LIST_PRICES_AS_OF)
        service = GenerationService(
            database,
            media,
            clock,
            bench.engines,
            results=bench.results,
            prices=prices,
            budgets=Budgets(),
        )
        try:
            yield bench, service
        finally:
            database.close()


def _do_not_flush(connection: Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


async def _resolve(host: str, port: int) -> Sequence[str]:
    del host, port
    return ["93.184.215.14"]


def _ends(bench: PipelineContext, arrivals: Sequence[float]) -> list[JobEnd]:
    """Read the ends and the known charges from the rows; the books must add up, too."""
    with bench.database.reading() as session:
        known = (
            select(AttemptRow.generation_id, func.count())
            .where(col(AttemptRow.charge).in_((Charge.MAYBE, Charge.YES)))
            .group_by(col(AttemptRow.generation_id))
        )
        recorded = dict(session.exec(known).all())
        rows = session.exec(select(GenerationRow).order_by(col(GenerationRow.seed))).all()
        for spend in session.exec(select(SpendRow).where(col(SpendRow.scope).startswith("day:"))):
            account = Account(day=spend.scope.removeprefix("day:"), project_id=1)
            assert spend.committed_microusd == books.recount(session, account), spend.scope
    assert len(rows) == len(arrivals)
    return [
        JobEnd(
            job=row.seed,
            end=_ENDS.get(State(row.status), "failed"),
            seconds=((row.completed_at or row.created_at) - row.created_at).total_seconds(),
            recorded=recorded.get(row.id, 0),
        )
        for row in rows
    ]
