"""What an owned picture saves: `python -m tests.bench.cache [entries]`.

Ratios of medians taken turn by turn in one run. Exit code 1 if a bar is missed:

* a request made by an engine that takes 15 s, as the provider does, to the same one answered by
  the cache, from pressing the button to the picture's address: at least 100 x faster
* a look-up as pages make it, to `diskcache.get` of the same entries: at most 4 x as long
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import diskcache
from sqlalchemy import insert

from core.cache.results import KEYS_AT_ONCE
from core.domain.request import cache_key, canonical_form, parse_request
from core.tables.cache import CacheEntryRow
from core.wiring import Studio
from tests.bench.seed_history import open_folder
from tests.cache.cached_studio import CachedStudio, cached_studio

ENTRIES, LOOK_UPS, TURN, MADE, PROVIDER_SECONDS = 20_000, 2_000, 50, 3, 15.0
LEAST_TIMES, MOST_TIMES_DISKCACHE = 100.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Medians: milliseconds of a request, microseconds of CPU of a look-up."""

    entries: int
    made_ms: float
    reused_ms: float
    diskcache_us: float
    memory_us: float
    disk_us: float
    missing_us: float

    def bars(self) -> list[tuple[str, float, str, bool]]:
        """Return what is measured, the figure, its bar, and whether it is kept."""
        faster, longer = self.made_ms / self.reused_ms, self.memory_us / self.diskcache_us
        return [
            ("reused, times faster than made", faster, "100 or more", faster >= LEAST_TIMES),
            ("look-up, times diskcache.get", longer, "4 or less", longer <= MOST_TIMES_DISKCACHE),
        ]

    def lines(self) -> list[str]:
        """Return the table for people."""
        look_ups = (
            ("diskcache.get", self.diskcache_us),
            ("owned, in memory", self.memory_us),
            ("owned, on disk", self.disk_us),
            ("not owned", self.missing_us),
        )
        return [
            f"{self.entries:,} entries",
            f"request made {self.made_ms:,.0f} ms, reused {self.reused_ms:.1f} ms",
            *(f"{name:34}{us:9.1f}   µs of CPU" for name, us in look_ups),
            *(
                f"{name:34}{figure:9.1f}   {bar:12} {'kept' if kept else 'MISSED'}"
                for name, figure, bar, kept in self.bars()
            ),
        ]


def measure(
    studio: Studio, folder: Path, *, entries: int, look_ups: int, made: int, seconds: float
) -> Figures:
    """Return what requests and look-ups cost in an empty studio on SQLite."""
    cached = cached_studio(studio, max_entries=2 * entries)
    cached.engine.seconds = seconds
    asked = [_request_ms(cached, turn) for turn in range(made)]
    canonicals = [_canonical(f"an owned boat {number}") for number in range(entries)]
    _own(cached, canonicals)
    chosen = canonicals[:: max(entries // look_ups, 1)][:look_ups]
    with diskcache.Cache(str(folder / "diskcache")) as peer:
        for canonical in canonicals:
            peer.set(cache_key(canonical), canonical)
        times = _look_up(cached, chosen, lambda one: peer.get(cache_key(one)))
    return Figures(
        entries=entries,
        made_ms=statistics.median(made_ms for made_ms, _ in asked),
        reused_ms=statistics.median(reused_ms for _, reused_ms in asked),
        diskcache_us=times["diskcache"],
        memory_us=times["memory"],
        disk_us=times["disk"],
        missing_us=times["missing"],
    )


def _request_ms(cached: CachedStudio, turn: int) -> tuple[float, float]:
    """Return how long a request takes that must be made, and the same one asked five times more."""

    def ask() -> None:
        made = cached.ask(f"a boat of turn {turn}")
        assert cached.service.picture_url(made)

    return _milliseconds(ask), statistics.median(_milliseconds(ask) for _ in range(5))


def _look_up(
    cached: CachedStudio, canonicals: list[str], of_peer: Callable[[str], object]
) -> dict[str, float]:
    def find(canonical: str) -> object:
        return cached.results.find(canonical, user_id=1)

    def find_nothing(canonical: str) -> object:
        return cached.results.find(canonical, user_id=2)

    def find_on_disk(canonical: str) -> object:
        with cached.studio.database.reading() as session:
            return cached.results.owned_among(
                session, [canonical], user_id=1, now=cached.clock.now()
            )

    for canonical in canonicals:
        assert find(canonical)
        assert find_on_disk(canonical)
        assert of_peer(canonical)
    asked = {"diskcache": of_peer, "memory": find, "disk": find_on_disk, "missing": find_nothing}
    times: dict[str, list[float]] = {name: [] for name in asked}
    # in turns of some look-ups each, as one alone would find its code thrown out of the processor
    for start in range(0, len(canonicals), TURN):
        some = canonicals[start : start + TURN]
        for canonical in some:
            find(canonical)  # memory keeps a minute, which a slow run outlasts
        for name, ask in asked.items():
            times[name].append(_cpu_microseconds(ask, some))
    return {name: statistics.median(taken) for name, taken in times.items()}


def _own(cached: CachedStudio, canonicals: list[str]) -> None:
    picture = cached.ask("the picture that answers all of them")
    size = cached.service.picture_file(picture).path.stat().st_size
    now = cached.clock.now()
    rows = [
        {
            "user_id": 1,
            "cache_key": cache_key(canonical),
            "canonical": canonical,
            "generation_id": picture.id,
            "created_at": now,
            "expires_at": now + timedelta(hours=1),
            "used_at": now,
            "hits": 0,
            "picture_bytes": size,
            "generation_seconds": 15.0,
            "price_microusd": 40_000,
        }
        for canonical in canonicals
    ]
    with cached.studio.database.writing() as session:
        for start in range(0, len(rows), KEYS_AT_ONCE):
            session.execute(insert(CacheEntryRow), rows[start : start + KEYS_AT_ONCE])


def _canonical(prompt: str) -> str:
    return canonical_form(parse_request({"prompt": prompt}))


def _milliseconds(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


def _cpu_microseconds(ask: Callable[[str], object], canonicals: list[str]) -> float:
    started = time.thread_time()
    for canonical in canonicals:
        ask(canonical)
    return (time.thread_time() - started) * 1e6 / len(canonicals)


def main(entries: int) -> int:
    """Measure with so many entries, print the table and return the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        studio = open_folder(folder)
        figures = measure(
            studio, folder, entries=entries, look_ups=LOOK_UPS, made=MADE, seconds=PROVIDER_SECONDS
        )
        studio.close()
    print("\n".join(figures.lines()))
    return 0 if all(kept for *_, kept in figures.bars()) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else ENTRIES))
