"""The one place where the parts are built and joined."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from core import VERSION
from core.batches.control import Batches
from core.batches.drafts import FILES_KEPT_SECONDS, Drafts
from core.cache.counts import CacheBook
from core.cache.results import ResultCache
from core.clock import Clock
from core.database import Database
from core.database_failure import explained
from core.domain.engines import LIST_PRICES_USD
from core.domain.notice import Notice, Source
from core.engines.base import Engine, PaidEngine
from core.engines.bria.engine import FIBO, FIBO_LITE, BriaEngine, bria_engines
from core.engines.bria.outgoing import by_environment
from core.engines.bria.wire import Bounds, legal_root
from core.engines.live_previews import OFFERED_SECONDS, LivePreviews
from core.engines.previewing import PreviewEngine
from core.engines.render_pool import RenderPool
from core.errors import SettingsError
from core.export.archive import Archives
from core.export.selection import Selections
from core.generation.context import PipelineContext, Rules
from core.generation.decisions import Decisions
from core.generation.held import HeldOrders
from core.generation.preflight import Check, Preflight
from core.generation.processes import Processes
from core.generation.service import GenerationService
from core.generation.storage import DatabaseFile, FreeSpace, JournalNotices
from core.health import Health
from core.incarnation.beside import SqliteBeside
from core.incarnation.store import Store, open_store
from core.insights.answers import Insights
from core.jobs.heartbeat import Heartbeat
from core.jobs.join import join_presence, join_worker
from core.jobs.supervision import problem_of
from core.jobs.worker import Worker
from core.journal import Journal
from core.keys.from_settings import parse_configured_keys
from core.keys.store import KeyStore
from core.library.library import Library
from core.media import MediaStore, release_memory_of_pictures
from core.provider.rate_limiter import RateLimiter
from core.settings import Settings, read_settings
from core.shelf import PASSING, Shelf

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Studio:
    """All parts of one installation, joined."""

    settings: Settings
    context: PipelineContext
    service: GenerationService
    decisions: Decisions
    held: HeldOrders
    batches: Batches
    archives: Archives
    health: Health
    insights: Insights
    library: Library
    live_previews: LivePreviews
    uploads: Shelf
    batch_drafts: Drafts
    worker: Worker
    presence: Heartbeat
    pool: RenderPool
    key_store: KeyStore

    @property
    def clock(self) -> Clock:
        """The studio's time."""
        return self.context.clock

    @property
    def database(self) -> Database:
        """The studio's rows."""
        return self.context.database

    @property
    def media(self) -> MediaStore:
        """The studio's files."""
        return self.context.media

    @property
    def results(self) -> ResultCache:
        """The result cache."""
        return self.context.results

    @property
    def rate_limiter(self) -> RateLimiter:
        """The rate limits and pauses of providers."""
        return self.context.rate_limiter

    @property
    def worker_state(self) -> str:
        """The state of this process's worker in one word; `external` if others work."""
        if self.settings.worker == "external":
            return "external"
        return self.worker.status().state.value

    def close(self) -> None:
        """Stop working and release everything; nothing is lost."""
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
    """Return a studio with its folders and tables created; nothing runs yet.

    `engines` replaces the engines of the settings, `clock` the machine's time. Raises StudioError
    if it cannot be built, as DatabaseAwayError if it is worth trying again.
    """
    with explained(settings.data_dir):
        clock = clock or Clock()
        release_memory_of_pictures()
        pool = RenderPool(processes=settings.parallel)
        offered = engines or _engines(settings, clock, pool)
        _require_prices(offered, settings)
        parse_configured_keys(settings.configured_api_keys)  # a wrong one stops here already
        beside = SqliteBeside(settings.data_dir, is_used=settings.is_sqlite)
        if beside.is_there():
            log.warning("%s %s", beside.sentence, beside.advice)
        store = open_store(settings)
        database = store.database
        journal = Journal(
            settings.data_dir / "journal.jsonl", reserved_bytes=settings.journal_mb * 2**20
        )
        # shows that a key has changed, and reveals nothing of the key
        token = settings.bria_api_token
        secret = token.get_secret_value() if token else ""
        context = PipelineContext(
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
            rate_limiter=RateLimiter(
                database,
                clock,
                calls_per_minute=settings.rate_per_minute,
                key_marks={"": hashlib.sha256(f"fibo:{secret}".encode()).hexdigest()[:12]},
            ),
            rules=Rules(
                retry_base_seconds=settings.retry_base_seconds,
                retry_cap_seconds=settings.retry_cap_seconds,
                poll_seconds=settings.poll_seconds,
                deadline_seconds=settings.deadline_seconds,
                resends_unknown_once=settings.on_unknown == "resend_once",
                budgets=settings.budgets,
            ),
            sleep=asyncio.sleep,
            folder_mark=store.folder_mark,
        )
        return _join(settings, context, pool, beside)


def _join(
    settings: Settings, context: PipelineContext, pool: RenderPool, beside: SqliteBeside
) -> Studio:
    service = GenerationService(
        context.database,
        context.media,
        context.clock,
        context.engines,
        results=context.results,
        prices=settings.prices,
        budgets=settings.budgets,
    )
    decisions = Decisions(context)
    held = HeldOrders(context, decisions)
    batches = Batches(context.database, context.clock, service, decisions)
    selections = Selections(settings.data_dir / "selections", context.clock)
    passing = settings.data_dir / PASSING
    archives = Archives(
        *(context.database, context.media, context.clock, batches, selections),
        base_path=settings.base_path,
    )
    cache_book = CacheBook(context.database, context.clock)
    insights = Insights(context.database, context.clock, cache_book, settings.budgets)
    library = Library(context.database, context.media, context.clock, user_name=settings.user_name)
    key_store = KeyStore(context.database, context.clock)
    key_store.take_over(parse_configured_keys(settings.configured_api_keys))
    worker = join_worker(settings, context, service, decisions, library)
    presence = join_presence(settings, context, worker)
    sources: list[Source] = [
        *_notice_sources(context, held, pool, worker, presence),
        partial(beside.notices, context.database),
    ]
    health = Health(context.database, context.clock, settings.data_dir, sources=sources)
    return Studio(
        settings=settings,
        context=context,
        service=service,
        decisions=decisions,
        held=held,
        batches=batches,
        archives=archives,
        health=health,
        insights=insights,
        library=library,
        live_previews=LivePreviews(
            pool,
            Shelf(passing / "offered", context.clock, kept_seconds=OFFERED_SECONDS),
            base_path=settings.base_path,
        ),
        batch_drafts=Drafts(
            context.database,
            context.clock,
            Shelf(settings.data_dir / "drafts", context.clock, kept_seconds=FILES_KEPT_SECONDS),
        ),
        uploads=Shelf(passing / "uploads", context.clock, kept_seconds=3600.0),
        worker=worker,
        presence=presence,
        pool=pool,
        key_store=key_store,
    )


def _require_prices(engines: Sequence[Engine], settings: Settings) -> None:
    """Raise SettingsError for a paid engine without a price, since no budget could limit it.

    A price for any other engine is refused too: it would change nothing.
    """
    known = settings.prices.microusd
    paid = {engine.name for engine in engines if isinstance(engine, PaidEngine)}
    for name in settings.prices_usd.keys() - {"as_of"} - LIST_PRICES_USD.keys() - paid:
        raise SettingsError(
            f"FIBO_PRICES has a price for {name}, and no engine of that name costs money here.",
            advice=f"Name one of {', '.join(sorted(LIST_PRICES_USD.keys() | paid))}.",
        )
    unpriced = [
        engine.name
        for engine in engines
        if isinstance(engine, PaidEngine) and engine.name not in known
    ]
    if unpriced:
        raise SettingsError(
            f"The engine {unpriced[0]} costs money and has no price.",
            advice=f'Say it in FIBO_PRICES, as {{"{unpriced[0]}": 0.03}}, or by `price_usd` in '
            "core/domain/engines.py.",
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


def _notice_sources(
    context: PipelineContext,
    held: HeldOrders,
    pool: RenderPool,
    worker: Worker,
    presence: Heartbeat,
) -> Sequence[Source]:
    """Return the sources of notices, in the order in which they are shown."""
    is_alone = context.database.is_sqlite
    mine = (partial(_worker_notices, worker, is_alone=is_alone), partial(_pool_notices, pool))
    labels = {product.name: product.label for product in (FIBO, FIBO_LITE)}
    processes = Processes(
        context.database,
        labels,
        seen_within_seconds=context.lease_rules.dead_seconds,
        is_own=lambda life: worker.owns(life) or presence.owns(life),
    )
    return (
        context.preflight.notices,
        JournalNotices(context.journal),
        held.notices,
        processes.notices,
        partial(_engine_notices, context),
        *mine,
    )


def _worker_notices(worker: Worker, *, is_alone: bool) -> Iterator[Notice]:
    problem = problem_of(worker.status())
    if problem is not None:
        yield Notice(
            problem.kind,
            f"The worker of this process orders nothing: {problem.message}",
            f"What waits is kept. {problem.advice}",
            stops=is_alone,
        )


def _engine_notices(context: PipelineContext) -> Iterator[Notice]:
    for engine in context.engines.values():
        ahead = engine.clock_ahead_seconds if isinstance(engine, BriaEngine) else None
        if ahead is not None:
            yield Notice(
                "clock_provider",
                f"The clock of this machine is {abs(ahead):.0f} s "
                f"{'ahead of' if ahead > 0 else 'behind'} Bria's.",
                "Set it by NTP: waits and days are counted by it.",
            )
            return


def _pool_notices(pool: RenderPool) -> Iterator[Notice]:
    if pool.ended_lately():
        yield Notice(
            "renderer_hung",
            "A render took too long and was ended; it is rendered again.",
            "If it goes on, look whether the machine has memory and time to spare.",
        )


def _engines(settings: Settings, clock: Clock, pool: RenderPool) -> Sequence[Engine]:
    """Return the engines that are set up here, the preferred one first."""
    legal_root(settings.bria_base_url)  # a wrong address is reported even without a token
    preview = PreviewEngine(pool)
    if settings.bria_api_token is None:
        if settings.engine == "bria":
            raise SettingsError(
                "FIBO_ENGINE is bria, and there is no BRIA_API_TOKEN to ask Bria with.",
                advice="Set BRIA_API_TOKEN, or leave FIBO_ENGINE out to begin with the preview.",
            )
        return (preview,)
    paid = bria_engines(
        settings.bria_api_token,
        version=VERSION,
        base_url=settings.bria_base_url,
        bounds=Bounds(read_seconds=settings.submit_timeout_seconds),
        now=clock.now,
        outgoing=by_environment(os.environ) if settings.trust_environment else None,
    )
    return (preview, *paid) if settings.engine == "preview" else (*paid, preview)
