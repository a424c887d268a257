"""The row of headline numbers, each with its change and the number of cases behind it."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.domain.money import dollars
from core.insights.report import Report

Good = Literal["up", "down", "none"]
"""In which direction a figure should go; a change of a neutral one has no colour."""

_COLOURS: dict[Good, Literal["normal", "inverse", "off"]] = {
    "up": "normal",
    "down": "inverse",
    "none": "off",
}


def draw_headline(report: Report) -> None:
    """Draw how many, how good, how fast and how much, against the period before."""
    now, before = report.totals, report.totals_before
    with st.container(horizontal=True, key="headline"):
        _draw("Pictures", f"{now.asked:,}", f"{now.of('completed'):,} completed",
              _percent_change(now.asked, before.asked if before else None), "none")  # fmt: skip
        _draw("Success", _percent(now.success_percent), f"n = {now.ended:,}",
              _points(now.success_percent, before.success_percent if before else None), "up")  # fmt: skip
        _draw("Median time", _seconds(report.durations.p50),
              f"95 % within {_seconds(report.durations.p95)} · n = {report.durations.n:,}",
              _slower(report), "down")  # fmt: skip
        _draw("Rating", "–" if now.average_rating is None else f"{now.average_rating:.2f} of 5",
              f"n = {now.rated:,}", _stars(report), "up")  # fmt: skip
        spent = f"perhaps {dollars(now.of('possible_microusd'))} more, " if now.of(
            "possible_microusd") else ""  # fmt: skip
        _draw("Spent", dollars(now.of("certain_microusd")),
              f"{spent}{dollars(now.of('estimated_microusd'))} reserved", _money(report), "down")  # fmt: skip
        _draw("Saved by cache", dollars(now.of("saved_microusd")),
              f"{_percent(now.hit_percent)} hits · n = {now.of('eligible'):,}", None, "up")  # fmt: skip


def _draw(label: str, value: str, facts: str, delta: str | None, good: Good) -> None:
    with st.container(border=True, width="stretch", gap=None):
        st.metric(
            label,
            value,
            delta,
            delta_color=_COLOURS[good],
            help="Change: against the period of the same length before.",
        )
        st.caption(facts)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1f} %"


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.1f} s"


def _signed(amount: float, digits: int, unit: str) -> str:
    # Streamlit reads the direction from an ASCII minus
    return f"{'-' if amount < 0 else '+'}{abs(amount):,.{digits}f} {unit}"


def _percent_change(now: int, before: int | None) -> str | None:
    return _signed(100 * (now - before) / before, 0, "%") if before else None


def _points(now: float | None, before: float | None) -> str | None:
    return None if now is None or before is None else _signed(now - before, 1, "points")


def _slower(report: Report) -> str | None:
    now, before = report.durations.p50, report.durations_before.p50
    return None if now is None or before is None else _signed(now - before, 1, "s")


def _stars(report: Report) -> str | None:
    now = report.totals.average_rating
    before = report.totals_before.average_rating if report.totals_before else None
    return None if now is None or before is None else _signed(now - before, 2, "stars")


def _money(report: Report) -> str | None:
    if report.totals_before is None:
        return None
    change = report.totals.of("certain_microusd") - report.totals_before.of("certain_microusd")
    return f"{'-' if change < 0 else '+'}{dollars(abs(change))}"
