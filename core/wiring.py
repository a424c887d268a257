"""The one place where the parts are built and joined."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from core.batches.control import Batches
from core.cache.counts import CacheBook
from core.cache.results import ResultCache
from core.clock import Clock
from core.database import Database
from core.database_trouble import explained
from core.domain.notice import Notice, Source
from core.engines.base import Engine, PaidEngine
from core.engines.bria.engine import FIBO, FIBO_LITE, BriaEngine, bria_engines
from core.engines.bria.wire import Bounds, legal_root
from core.engines.drafts import Drafts
from core.engines.previewing import PreviewEngine
from core.engines.render_pool import RenderPool
from core.export.archive import Archives
from core.export.selection import Selections
from core.generation.context import Rules, Workbench
from core.generation.decisions import Decisions
from core.generation.held import HeldOrders
from core.generation.preflight import Check, Preflight
from core.generation.processes import Processes
from core.generation.service import Desk
from core.generation.storage import DatabaseFile, FreeSpace, JournalNotices
from core.health import Health
from core.incarnation.store import Store, open_store
from core.insights.answers import Insights
from core.jobs.join import join_presence, join_worker
from core.jobs.lifeline import Lifeline
from core.jobs.supervision import WorkerState
from core.jobs.worker import Worker
from core.journal import Journal
from core.keys.from_settings import parse_given_keys
from core.keys.store import KeyRing
from core.library.library import Library
from core.media import MediaStore, release_memory_of_pictures
from core.provider.rate_limiter import Pace
from core.settings import Settings, read_settings

VERSION = "1"
"""Told to the provider in the User-Agent."""


@dataclass(frozen=True, slots=True)
class Studio:
    """All the parts of one installation, joined."""

    settings: Settings
    bench: Workbench
    desk: Desk
    decisions: Decisions
    held: HeldOrders
    batches: Batches
    archives: Archives
    health: Health
    insights: Insights
    library: Library
    drafts: Drafts
    worker: Worker
    presence: Lifeline
    pool: RenderPool
    ring: KeyRing

    @property
    def clock(self) -> Clock:
        """The studio's time."""
        return self.bench.clock

    @property
    def database(self) -> Database:
        """The studio's rows."""
        return self.bench.database

    @property
    def media(self) -> MediaStore:
        """The studio's files."""
        return self.bench.media

    @property
    def results(self) -> ResultCache:
        """The result cache."""
        return self.bench.results

    @property
    def pace(self) -> Pace:
        """How fast the provider may be asked, and why it may not."""
        return self.bench.pace

    @property
    def worker_state(self) -> str:
        """What the worker of this process does, in one word; `external` where others work."""
        if self.settings.worker == "external":
            return "external"
        return self.worker.status().state.value

    def close(self) -> None:
        """Stop working and let go of everything; nothing is lost."""
        self.worker.stop()
        self.presence.leave()
        self.pool.close()
        self.database.close()


@lru_cache(maxsize=1)
def studio() -> Studio:
    """Return the studio of this process, built from the settings on the first call."""
    logging.getLogger("core").setLevel(logging.INFO)
    return build_studio(read_settings())


def build_studio(
    settings: Settings, *, engines: Sequence[Engine] = (), clock: Clock | None = None
) -> Studio:
    """Return a studio with its folders and tables made; nothing runs yet.

    `engines` replaces the engines that the settings ask for, `clock` the machine's time. Raises
    StudioError where it cannot be built: DatabaseAwayError where it is worth trying again.
    """
    with explained(settings.data_dir):
        return _build(settings, engines, clock or Clock())


def _build(settings: Settings, engines: Sequence[Engine], clock: Clock) -> Studio:
    release_memory_of_pictures()
    store = open_store(settings)
    database = store.database
    pool = RenderPool(processes=settings.parallel)
    offered = engines or _engines(settings, clock, pool)
    journal = Journal(settings.data_dir / "journal.jsonl", room_bytes=settings.journal_mb * 2**20)
    bench = Workbench(
        database=database,
        media=store.media,
        results=ResultCache(
            database,
            clock,
            is_stored=store.media.is_there,
            ttl_seconds=settings.cache_ttl_seconds,
            max_entries=settings.cache_max_entries,
        ),
        clock=clock,
        engines={engine.name: engine for engine in offered},
        journal=journal,
        preflight=_preflight(settings, store, journal, offered),
        order_log=store.order_log,
        pace=Pace(
            database,
            clock,
            calls_per_minute=settings.rate_per_minute,
            key_mark=_key_mark(settings),
        ),
        rules=_rules(settings),
        sleep=asyncio.sleep,
        folder_mark=store.folder_mark,
    )
    return _join(settings, bench, pool)


def _join(settings: Settings, bench: Workbench, pool: RenderPool) -> Studio:
    desk = _desk(settings, bench)
    decisions = Decisions(bench)
    held = HeldOrders(bench, decisions)
    batches = Batches(bench.database, bench.clock, desk, decisions)
    archives = _archives(settings, bench, batches)
    insights = _insights(settings, bench)
    library = Library(bench.database, bench.media, bench.clock, user_name=settings.user_name)
    ring = _ring(settings, bench)
    worker = join_worker(settings, bench, desk, decisions, library)
    sources = _told_on_every_page(bench, held, pool, worker)
    health = Health(bench.database, bench.clock, settings.data_dir, sources=sources)
    return Studio(
        settings=settings,
        bench=bench,
        desk=desk,
        decisions=decisions,
        held=held,
        batches=batches,
        archives=archives,
        health=health,
        insights=insights,
        library=library,
        drafts=Drafts(pool),
        worker=worker,
        presence=join_presence(settings, bench),
        pool=pool,
        ring=ring,
    )


def _preflight(
    settings: Settings, store: Store, journal: Journal, engines: Sequence[Engine]
) -> Preflight:
    folders = [settings.data_dir, settings.data_dir / "media"]
    if store.database.file is not None:
        folders.append(store.database.file.parent)
    free_space = FreeSpace(folders, least_bytes=settings.least_free_mb * 10**6)
    checks: list[Check] = [store.folder_check.check, free_space.check]
    if store.database.file is not None:
        checks.append(DatabaseFile(store.database.file).check)
    if any(isinstance(engine, PaidEngine) for engine in engines):
        checks += [journal.check, store.database_check.check]
    return Preflight(checks)


def _told_on_every_page(
    bench: Workbench, held: HeldOrders, pool: RenderPool, worker: Worker
) -> Sequence[Source]:
    """Return what is asked for notices, in the order in which they are shown."""
    is_alone = bench.database.is_sqlite
    mine = (partial(_told_by_worker, worker, is_alone=is_alone), partial(_told_by_pool, pool))
    labels = {product.name: product.label for product in (FIBO, FIBO_LITE)}
    processes = Processes(
        bench.database, labels, seen_within_seconds=bench.lease_rules.dead_seconds
    )
    return (
        bench.preflight.notices,
        JournalNotices(bench.journal),
        held.notices,
        processes.notices,
        partial(_told_by_engines, bench),
        *mine,
    )


def _told_by_worker(worker: Worker, *, is_alone: bool) -> Iterator[Notice]:
    status = worker.status()
    if status.state is WorkerState.RESTARTING:
        yield Notice(
            "worker_restarting",
            "The worker here broke and starts again by itself.",
            f"What waits is kept. If it goes on, look into the log: {status.failure}.",
            stops=is_alone,
        )
    if status.state is WorkerState.HANGING:
        yield Notice(
            "worker_hangs",
            "The worker here has begun nothing for more than a minute: something it waits for "
            "does not come back.",
            "What waits is kept. If this stays, look whether disk and database answer, and start "
            "this process again.",
            stops=is_alone,
        )


def _told_by_engines(bench: Workbench) -> Iterator[Notice]:
    for engine in bench.engines.values():
        ahead = engine.clock_ahead_seconds if isinstance(engine, BriaEngine) else None
        if ahead is not None:
            yield Notice(
                "clock_provider",
                f"The clock of this machine is {abs(ahead):.0f} s "
                f"{'ahead of' if ahead > 0 else 'behind'} Bria's.",
                "Set it by NTP: waits and days are counted by it.",
            )
            return


def _told_by_pool(pool: RenderPool) -> Iterator[Notice]:
    if pool.ended_lately():
        yield Notice(
            "renderer_hung",
            "A drawing took too long and was ended; it is drawn again.",
            "If it goes on, look whether the machine has memory and time to spare.",
        )


def _insights(settings: Settings, bench: Workbench) -> Insights:
    cache_book = CacheBook(bench.database, bench.clock)
    return Insights(bench.database, bench.clock, cache_book, settings.budgets)


def _ring(settings: Settings, bench: Workbench) -> KeyRing:
    ring = KeyRing(bench.database, bench.clock)
    ring.take_over(parse_given_keys(settings.given_api_keys))
    return ring


def _archives(settings: Settings, bench: Workbench, batches: Batches) -> Archives:
    selections = Selections(settings.data_dir / "selections", bench.clock)
    return Archives(bench.database, bench.media, bench.clock, batches, selections)


def _desk(settings: Settings, bench: Workbench) -> Desk:
    return Desk(
        bench.database,
        bench.media,
        bench.clock,
        bench.engines,
        results=bench.results,
        prices=settings.prices,
        budgets=settings.budgets,
    )


def _engines(settings: Settings, clock: Clock, pool: RenderPool) -> Sequence[Engine]:
    """Return the engines that are set up here, the preferred one first."""
    legal_root(settings.bria_base_url)  # told at the start, and not with the first token
    preview = PreviewEngine(pool)
    if settings.bria_api_token is None:
        return (preview,)
    paid = bria_engines(
        settings.bria_api_token,
        version=VERSION,
        base_url=settings.bria_base_url,
        bounds=Bounds(read_seconds=settings.submit_timeout_seconds),
        now=clock.now,
    )
    return (preview, *paid) if settings.engine == "preview" else (*paid, preview)


def _rules(settings: Settings) -> Rules:
    return Rules(
        retry_base_seconds=settings.retry_base_seconds,
        retry_cap_seconds=settings.retry_cap_seconds,
        poll_seconds=settings.poll_seconds,
        deadline_seconds=settings.deadline_seconds,
        resends_unknown_once=settings.on_unknown == "resend_once",
        budgets=settings.budgets,
    )


def _key_mark(settings: Settings) -> str:
    """Return a mark by which a changed key is noticed, and from which no key can be read."""
    token = settings.bria_api_token
    secret = token.get_secret_value() if token else ""
    return hashlib.sha256(f"fibo:{secret}".encode()).hexdigest()[:12]
