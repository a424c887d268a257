"""A studio whose cache has a size, a life and a time of the test's choosing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from core.cache.counts import CacheBook, CacheCounts
from core.cache.results import ResultCache
from core.clock import Clock
from core.domain.money import Budgets
from core.domain.request import canonical_form, parse_request
from core.generation.pipeline import Pipeline
from core.generation.service import GenerationService
from core.records.generations import Generation
from core.wiring import Studio
from tests.fakes.engine import PaintedEngine


class SetClock(Clock):
    """A time that stands still until it is moved by hand."""

    def __init__(self) -> None:
        super().__init__()
        self._reached = super().now()

    def now(self) -> datetime:
        """Return the moment that the test has reached."""
        return self._reached

    def move(self, seconds: float) -> None:
        """Go forward."""
        self._reached += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedStudio:
    """A desk, an engine that paints at once, and the cache between them."""

    service: GenerationService
    pipeline: Pipeline
    results: ResultCache
    engine: PaintedEngine
    clock: SetClock
    studio: Studio

    def ask(self, prompt: str = "a boat", **fields: Any) -> Generation:
        """Ask for a picture and, unless it is answered already, make it."""
        asked = self.service.ask(parse_request({"prompt": prompt, **fields}))
        if asked.is_waiting:
            asyncio.run(self.pipeline.run(asked.id))
        return self.service.see(asked.id)

    def is_owned(self, prompt: str = "a boat", *, user_id: int = 1) -> bool:
        """Whether a page would be told that a picture is owned."""
        request = parse_request({"prompt": prompt})
        return self.results.find(canonical_form(request), user_id=user_id) is not None

    def is_owned_with(self, seed: int, prompt: str = "a boat") -> bool:
        """Whether one certain picture is owned, as a page that has just been opened would say."""
        self.results.forget_memory()
        request = parse_request({"prompt": prompt, "seed": seed})
        return self.results.find(canonical_form(request), user_id=1) is not None

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.move(seconds)

    @property
    def counts(self) -> CacheCounts:
        """The cache as it stands."""
        return CacheBook(self.studio.database, self.clock).counts()


def cached_studio(
    studio: Studio, *, ttl_seconds: int = 3600, max_entries: int = 1000
) -> CachedStudio:
    """Return parts that share the studio's rows; a second one is another process in miniature."""
    clock, engine = SetClock(), PaintedEngine()
    results = ResultCache(
        studio.database,
        clock,
        is_stored=studio.media.is_there,
        ttl_seconds=ttl_seconds,
        max_entries=max_entries,
    )
    engines = {engine.name: engine}
    service = GenerationService(
        studio.database,
        studio.media,
        clock,
        engines,
        results=results,
        prices=studio.settings.prices,
        budgets=Budgets(),
    )
    context = replace(studio.context, results=results, clock=clock, engines=engines)
    return CachedStudio(
        service=service,
        pipeline=Pipeline(context),
        results=results,
        engine=engine,
        clock=clock,
        studio=studio,
    )
