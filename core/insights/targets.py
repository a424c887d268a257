"""The monitoring targets of the first version, each with its figure and whether it is met."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from core.cache.counts import CacheCounts
from core.insights.report import Totals

HIT_PERCENT, RETRY_PERCENT, SUCCESS_PERCENT = 60.0, 5.0, 95.0
"""The targets that the first version's documents promise."""

AVERAGE_SECONDS = 25.0
"""The slowest of 30 real calls; the first version names no number."""

FEWEST_CASES = 20
"""With fewer cases, a single failure would miss the 95 %."""

TargetStatus = Literal["met", "missed", "no_case", "too_few", "below"]
"""`below` is no failure: how often the cache answers depends on what people ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One target: its figure, its goal, and from how many cases it comes."""

    name: str
    figure: float | None
    unit: str
    goal: str
    n: int
    status: TargetStatus


def check_targets(totals: Totals, counts: CacheCounts, max_entries: int) -> list[Target]:
    """Return the five targets for a period.

    A target needs FEWEST_CASES cases; how full the cache is, is known from the first. A low share
    of cache hits is not missed: no fault can cause it.
    """
    seconds = totals.average_run_seconds
    hits, retries, success = totals.hit_percent, totals.retry_percent, totals.success_percent
    eligible, tried, run = (totals.of(name) for name in ("eligible", "tried", "run_count"))
    filled = 100 * counts.entries / max_entries
    cache_hits = _target("Cache hits", hits, "%", over=HIT_PERCENT, n=eligible)
    return [
        replace(cache_hits, status="below") if cache_hits.status == "missed" else cache_hits,
        _target("Retries", retries, "%", under=RETRY_PERCENT, n=tried),
        _target("Success", success, "%", over=SUCCESS_PERCENT, n=totals.ended),
        _target("Average time", seconds, "s", under=AVERAGE_SECONDS, n=run),
        _target("Cache memory", filled, "%", under=100.0, n=counts.entries, fewest=0),
    ]


def _target(
    name: str,
    figure: float | None,
    unit: str,
    *,
    over: float = float("-inf"),
    under: float = float("inf"),
    n: int,
    fewest: int = FEWEST_CASES,
) -> Target:
    goal = f"over {over:.0f} {unit}" if under == float("inf") else f"under {under:.0f} {unit}"
    status: TargetStatus = "no_case"
    if figure is not None and n < fewest:
        status = "too_few"
    elif figure is not None:
        status = "met" if over < figure < under else "missed"
    return Target(name=name, figure=figure, unit=unit, goal=goal, n=n, status=status)
