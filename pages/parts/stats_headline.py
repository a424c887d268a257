"""The row of headline numbers, each with its change and the number of cases behind it."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.domain.money import dollars
from core.insights.report import Report
from core.insights.totals import Totals

Good = Literal["up", "down", "none"]
"""In which direction a figure should go; a change of a neutral one has no colour."""

_COLOURS: dict[Good, Literal["normal", "inverse", "off"]] = {
    "up": "normal",
    "down": "inverse",
    "none": "off",
}


def draw_headline(report: Report) -> None:
    """Draw how many, how good, how fast and how much, against the period before."""
    now, before = report.totals, report.totals_before or Totals({})
    durations = report.durations
    with st.container(horizontal=True, key="headline"):
        change = _percent_change(now.asked, before.asked)
        _draw("Pictures", f"{now.asked:,}", f"{now.of('completed'):,} completed", change, "none")
        change = _change(now.success_percent, before.success_percent, 1, "points")
        _draw("Success", _percent(now.success_percent), f"n = {now.ended:,}", change, "up")
        change = _change(durations.p50, report.durations_before.p50, 1, "s")
        facts = f"95 % within {_seconds(durations.p95)} · n = {durations.n:,}"
        _draw("Median time", _seconds(durations.p50), facts, change, "down")
        change = _change(now.average_rating, before.average_rating, 2, "stars")
        _draw("Rating", _stars(now.average_rating), f"n = {now.rated:,}", change, "up")
        _draw("Spent", dollars(now.of("certain_microusd")), _open_money(now),
              _money(report), "down")  # fmt: skip
        facts = f"{_percent(now.hit_percent)} hits · n = {now.of('eligible'):,}"
        _draw("Saved by cache", dollars(now.of("saved_microusd")), facts, None, "up")


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


def _percent_change(now: int, before: int) -> str | None:
    return _signed(100 * (now - before) / before, 0, "%") if before else None


def _change(now: float | None, before: float | None, digits: int, unit: str) -> str | None:
    if now is None or before is None:
        return None
    change = round(now - before, digits)
    return _signed(change, digits, unit) if change else None


def _stars(stars: float | None) -> str:
    return "–" if stars is None else f"{stars:.2f} of 5"


def _open_money(now: Totals) -> str:
    perhaps, reserved = now.of("possible_microusd"), now.of("estimated_microusd")
    return f"perhaps {dollars(perhaps)} more · {dollars(reserved)} reserved"


def _money(report: Report) -> str | None:
    if report.totals_before is None:
        return None
    change = report.totals.of("certain_microusd") - report.totals_before.of("certain_microusd")
    if not change:
        return None
    return f"{'-' if change < 0 else '+'}{dollars(abs(change))}"
