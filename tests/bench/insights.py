"""What figures over a long history cost: `python -m tests.bench.insights [N] [folder]`.

Every ratio is of medians taken turn by turn in one run, in CPU time, so that neither noise nor a
busy machine speaks. The raw side is what a page without rows of figures would have to ask SQLite.
Exit code 1 if a bar is missed:

* the page's figures of all time, read afresh, to GROUP BY over the generations: at least 200 x
  faster; the sums of its days alone, mostly the fetching of 730 x 31 numbers, are told beside it
* p50 and p95 within 2 % of exact, and at least 10 x faster than fetching the durations
* a rerun of the Statistics page that has been read before: at most 100 ms of CPU
"""

from __future__ import annotations

import dataclasses
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from core.domain.vocabulary import PARAMETER_NAMES
from core.insights.period import FigureScope, Period
from core.insights.report import (
    Durations,
    StatisticsReport,
    read_days,
    read_report,
    read_tallies,
)
from core.wiring import Studio
from tests.bench.rerun import TUNED, milliseconds_a_rerun, start_app
from tests.bench.seed_history import NEWEST, SPAN, open_folder, seed_history
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.person import open_page, settle

ALL_TIME = Period((NEWEST - SPAN).date(), date(2026, 12, 31))
SCOPE = FigureScope(family="provider")
ROUNDS = 7

LEAST_TIMES, LEAST_TIMES_OVER_FETCHING, MOST_ERROR, MOST_RERUN_MS = 200.0, 10.0, 0.02, 100.0

_DAY = "date(created_at / 1000000, 'unixepoch')"
_RAW_DAYS = (
    f"SELECT {_DAY}, engine, count(*), "  # noqa: S608 - our own names
    "sum(status = 'completed'), sum(status = 'failed'), sum(status = 'blocked'), "
    "sum(status = 'cancelled'), sum(status = 'unknown'), sum(status = 'queued'), "
    "sum(mode = 'ai'), sum(started_at IS NOT NULL), sum(retry_count > 0), sum(use_cache), "
    "sum(cached), sum(CASE WHEN NOT cached THEN generation_seconds END), "
    "sum(retry_count), count(generation_seconds), sum(started_at - created_at), "
    "count(quality_score), sum(quality_score), sum(rating = 1), sum(rating = 2), sum(rating = 3), "
    "sum(rating = 4), sum(rating = 5), sum(reserved_microusd), sum(saved_microusd), "
    "sum(saved_seconds) "
    f"FROM generation WHERE engine <> 'preview' GROUP BY {_DAY}, engine"
)
_RAW_DURATIONS = (
    "SELECT generation_seconds FROM generation "
    "WHERE engine <> 'preview' AND NOT cached AND generation_seconds IS NOT NULL"
)
_RAW_PROJECTS = (
    "SELECT project_id, count(*), sum(reserved_microusd) FROM generation "
    "WHERE engine <> 'preview' GROUP BY project_id"
)
_RAW_PAIRS = (
    "SELECT lighting, color_palette, count(*) FROM generation "
    "WHERE engine <> 'preview' GROUP BY lighting, color_palette"
)
_RAW_OF_THE_PAGE = (
    _RAW_DAYS,
    _RAW_PROJECTS,
    *(
        f"SELECT {name}, count(*) FROM generation WHERE engine <> 'preview' GROUP BY {name}"  # noqa: S608 - our own names
        for name in PARAMETER_NAMES
    ),
    _RAW_PAIRS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Medians in milliseconds of CPU; errors as shares."""

    rows: int
    raw_days_ms: float
    days_ms: float
    raw_page_ms: float
    page_ms: float
    fetched_ms: float
    percentiles_ms: float
    p50_error: float
    p95_error: float
    rerun_ms: float | None = None

    def bars(self) -> list[tuple[str, float, str, bool]]:
        """Return what is measured, the figure, its bar, and whether it is kept."""
        page = self.raw_page_ms / self.page_ms
        over = self.fetched_ms / self.percentiles_ms
        error = max(self.p50_error, self.p95_error)
        found = [
            ("whole page of all time, times faster", page, "200 or more", page >= LEAST_TIMES),
            ("p50/p95, times faster than fetching", over, "10 or more",
             over >= LEAST_TIMES_OVER_FETCHING),
            ("p50/p95, percent off", 100 * error, "2 or less", error <= MOST_ERROR),
        ]  # fmt: skip
        if self.rerun_ms is not None:
            kept = self.rerun_ms <= MOST_RERUN_MS
            found.append(("rerun of the page, ms of CPU", self.rerun_ms, "100 or less", kept))
        return found

    def lines(self) -> list[str]:
        """Return the table for people."""
        pairs = (
            ("GROUP BY of all days", self.raw_days_ms, self.days_ms),
            ("all GROUP BYs of the page", self.raw_page_ms, self.page_ms),
            ("durations fetched", self.fetched_ms, self.percentiles_ms),
        )
        return [
            f"{self.rows:,} rows, all time, medians in ms of CPU",
            *(
                f"{name:28}{raw:10.1f}   ours {ours:8.2f}   {raw / ours:5.0f} x"
                for name, raw, ours in pairs
            ),
            *(
                f"{name:40}{figure:9.1f}   {bar:12} {'kept' if kept else 'MISSED'}"
                for name, figure, bar, kept in self.bars()
            ),
        ]


def measure(studio: Studio, *, rounds: int = ROUNDS) -> Figures:
    """Return what the figures of a seeded studio on SQLite cost, read afresh each time."""
    raw = sqlite3.connect(studio.database.url.removeprefix("sqlite:///"))
    raw.execute("PRAGMA cache_size = -64000")
    asked: dict[str, Callable[[], object]] = {
        "raw days": lambda: raw.execute(_RAW_DAYS).fetchall(),
        "days": lambda: _days(studio),
        "raw page": lambda: [raw.execute(one).fetchall() for one in _RAW_OF_THE_PAGE],
        "page": lambda: _report(studio),
        "fetched": lambda: _exact(raw),
        "percentiles": lambda: _estimated(studio),
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, ask in asked.items():
            times[name].append(_cpu_milliseconds(ask))
    exact, found = _exact(raw), _estimated(studio)
    (count,) = raw.execute("SELECT count(*) FROM generation").fetchone()
    raw.close()
    median = {name: statistics.median(taken) for name, taken in times.items()}
    return Figures(
        rows=count,
        raw_days_ms=median["raw days"],
        days_ms=median["days"],
        raw_page_ms=median["raw page"],
        page_ms=median["page"],
        fetched_ms=median["fetched"],
        percentiles_ms=median["percentiles"],
        p50_error=abs(found[0] / exact[0] - 1),
        p95_error=abs(found[1] / exact[1] - 1),
    )


def measure_rerun(folder: Path) -> float:
    """Return the CPU milliseconds of a rerun of the Statistics page between two periods.

    Both have been read before and no figure changes, as when a lead clicks back and forth.
    """
    process, url = start_app(TUNED, folder)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page()
            open_page(page, f"{url}/statistics")
            periods = page.locator(".st-key-stats_period").get_by_role("radio")
            two = periods.filter(has_text=re.compile("^(90 d|All)$"))
            for number in (1, 0):
                two.nth(number).click()
                settle(page)
            figure = milliseconds_a_rerun(process, page, two)
            browser.close()
    finally:
        process.kill()
        process.wait()
    return figure


def _days(studio: Studio) -> object:
    with studio.database.reading() as session:
        return read_days(session, SCOPE, ALL_TIME)


def _report(studio: Studio) -> StatisticsReport:
    with studio.database.reading() as session:
        return read_report(session, SCOPE, ALL_TIME, compares=False, daily_budget_microusd=None)


def _exact(raw: sqlite3.Connection) -> tuple[float, float]:
    """Return p50 and p95 by nearest rank from every duration."""
    seconds = np.array(raw.execute(_RAW_DURATIONS).fetchall(), float)[:, 0]
    p50, p95 = np.percentile(seconds, (50, 95), method="inverted_cdf")
    return float(p50), float(p95)


def _estimated(studio: Studio) -> tuple[float, float]:
    with studio.database.reading() as session:
        tallies = read_tallies(session, SCOPE, ALL_TIME, kinds=("run",))
    buckets: dict[int, int] = {}
    for counts in tallies.values():
        for bucket, count in counts.items():
            buckets[int(bucket)] = buckets.get(int(bucket), 0) + count
    found = Durations(buckets)
    return found.p50 or 0.0, found.p95 or 0.0


def _cpu_milliseconds(ask: Callable[[], object]) -> float:
    started = time.thread_time()
    ask()
    return (time.thread_time() - started) * 1000


def _run(count: int, folder: Path) -> int:
    if not (folder / "seeded").exists():
        studio = open_folder(folder)
        seed_history(studio, count)
        studio.close()
        (folder / "seeded").touch()
    studio = open_folder(folder)  # counts what was seeded
    figures = measure(studio)
    studio.close()
    if CHROMIUM.exists():
        figures = dataclasses.replace(figures, rerun_ms=measure_rerun(folder))
    print("\n".join(figures.lines()))
    return 0 if all(kept for *_, kept in figures.bars()) else 1


def main(arguments: list[str]) -> int:
    """Measure so many rows in a folder that is kept, or in one that is thrown away."""
    count = int(arguments[0].replace("_", "")) if arguments else 1_000_000
    if len(arguments) > 1:
        return _run(count, Path(arguments[1]))
    with tempfile.TemporaryDirectory() as temporary:
        return _run(count, Path(temporary))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
