"""The targets of the seed's monitoring list, each with its figure and whether it is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.cache.counts import CacheCounts
from core.insights.totals import Totals

HIT_PERCENT, RETRY_PERCENT, SUCCESS_PERCENT = 60.0, 5.0, 95.0
"""Section "After deployment" of the document the product grew from."""

AVERAGE_SECONDS = 25.0
"""The slowest of 30 real calls (reference bria.md 4); the seed names no number."""

Light = Literal["met", "missed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One light: what is watched, its figure, what it should be, and from how many cases."""

    name: str
    figure: float | None
    unit: str
    goal: str
    n: int
    light: Light


def judge_targets(totals: Totals, counts: CacheCounts, max_entries: int) -> list[Target]:
    """Return the five lights for a period; without a case a light is `unknown`, never green."""
    seconds = totals.average_run_seconds
    hits, retries, success = totals.hit_percent, totals.retry_percent, totals.success_percent
    return [
        Target(
            name="Cache hits",
            figure=hits,
            unit="%",
            goal=f"over {HIT_PERCENT:.0f} %",
            n=totals.of("eligible"),
            light=_light(hits, met=(hits or 0) > HIT_PERCENT),
        ),
        Target(
            name="Retries",
            figure=retries,
            unit="%",
            goal=f"under {RETRY_PERCENT:.0f} %",
            n=totals.of("tried"),
            light=_light(retries, met=(retries or 0) < RETRY_PERCENT),
        ),
        Target(
            name="Success",
            figure=success,
            unit="%",
            goal=f"over {SUCCESS_PERCENT:.0f} %",
            n=totals.ended,
            light=_light(success, met=(success or 0) > SUCCESS_PERCENT),
        ),
        Target(
            name="Average time",
            figure=seconds,
            unit="s",
            goal=f"under {AVERAGE_SECONDS:.0f} s",
            n=totals.of("run_count"),
            light=_light(seconds, met=(seconds or 0) < AVERAGE_SECONDS),
        ),
        Target(
            name="Cache memory",
            figure=100 * counts.entries / max_entries,
            unit="%",
            goal=f"{max_entries:,} entries",
            n=counts.entries,
            light=_light(0.0, met=counts.entries < max_entries),
        ),
    ]


def _light(figure: float | None, *, met: bool) -> Light:
    if figure is None:
        return "unknown"
    return "met" if met else "missed"
