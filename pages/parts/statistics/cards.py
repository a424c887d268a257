"""Headline numbers as cards with their changes and cases, and targets with their statuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import streamlit as st

from core.domain.money import about_dollars
from core.domain.wording import DOT, count_of
from core.insights.report import StatisticsReport, Totals
from core.insights.targets import TargetStatus
from pages.parts.statistics.chart import NOT_KNOWN, colour, percent, seconds

Good = Literal["up", "down", "none"]
"""The direction in which a figure should go; changes of neutral ones are not judged."""

_ARROWS = {True: "↑", False: "↓", None: "="}
_SIGNS: dict[TargetStatus, str] = {
    "met": "✓",
    "missed": "!",
    "no_case": "?",
    "too_few": "?",
    "below": "–",
}
_WORDS: dict[TargetStatus, str] = {
    "met": "met",
    "missed": "missed",
    "no_case": "no case yet",
    "too_few": "too few to judge",
    "below": "below, and nothing is wrong",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """By how much a figure changed since the period before, and whether that is good."""

    words: str
    rose: bool | None
    good: Good

    @property
    def judgement(self) -> Literal["better", "worse", ""]:
        """The word for it; a neutral change has none."""
        if self.good == "none" or self.rose is None:
            return ""
        return "better" if self.rose == (self.good == "up") else "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One headline number: its change, the facts behind it, and the number of cases."""

    label: str
    value: str
    change: Change | None = None
    fact: str
    n: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One monitoring target in words."""

    sentence: str
    facts: str
    status: TargetStatus


def draw_headline(report: StatisticsReport) -> None:
    """Draw how many, how good, how fast and how much, compared with the period before."""
    show_cards([*_work_cards(report), *_money_cards(report.totals, report.totals_before)])


def show_cards(cards: Sequence[Card]) -> None:
    """Show headline numbers in a row of equal cards, or two by two on a phone."""
    colours = f"--better:{colour('main')};--worse:{colour('alarm')}"
    st.html(f'<dl class="stat-cards" style="{colours}">{"".join(map(_card, cards))}</dl>')


def show_statuses(statuses: Sequence[Status]) -> None:
    """Show the targets; a word and a sign repeat what each colour says."""
    st.html(f'<ul class="stat-targets">{"".join(map(_status, statuses))}</ul>')


def change(
    now: float | None, before: float | None, *, unit: str, digits: int, good: Good
) -> Change | None:
    """Return the change of a figure, or None without a figure to compare with."""
    if now is None or before is None:
        return None
    moved = round(now - before, digits)
    if not moved:
        return Change(words="as before", rose=None, good=good)
    return Change(words=f"{abs(moved):,.{digits}f} {unit}", rose=moved > 0, good=good)


def _work_cards(report: StatisticsReport) -> list[Card]:
    """Return the cards that say how many pictures there are, how fast they came and how good."""
    now, before = report.totals, report.totals_before
    parts = [f"{now.of('completed'):,} completed"]
    parts += [f"{n:,} under way" for n in [now.of("queued") + now.of("processing")] if n]
    pictures = Card(
        label="Pictures",
        value=f"{now.asked:,}",
        change=_relative(now.asked, before.asked if before else None, "none"),
        fact=DOT.join(parts),
        n=f"{now.of('cancelled'):,} cancelled",
    )
    success = Card(
        label="Success",
        value=percent(now.success_percent),
        change=change(
            now.success_percent,
            before.success_percent if before else None,
            unit="points",
            digits=1,
            good="up",
        ),
        fact=f"{now.of('failed'):,} failed · {now.of('blocked'):,} blocked",
        n=f"{now.of('unknown'):,} unclear · n = {now.ended:,}",
    )
    runs, waits = report.durations, report.waits
    facts = [f"95 % within {seconds(runs.p95)}"] if runs.n else []
    facts += [f"half wait up to {seconds(waits.p50)}"] if waits.n else []
    time = Card(
        label="Half are done within",
        value=seconds(runs.p50),
        change=change(runs.p50, report.durations_before.p50, unit="s", digits=1, good="down"),
        fact=DOT.join(facts) or "nothing was made anew",
        n=f"n = {runs.n:,} made",
    )
    stars = now.average_rating
    top = sum(now.ratings[stars] for stars in (4, 5))
    rating = Card(
        label="Rating",
        value=NOT_KNOWN if stars is None else f"{stars:.2f} of 5",
        change=change(
            stars, before.average_rating if before else None, unit="stars", digits=2, good="up"
        ),
        fact=f"{100 * top / now.rated:.0f} % have 4 or 5 ★" if now.rated else "rate in History",
        n=f"n = {now.rated:,} rated",
    )
    return [pictures, success, time, rating]


def _money_cards(now: Totals, before: Totals | None) -> list[Card]:
    """Return the cards that say what was spent and what the cache has saved."""
    certain, perhaps = now.of("certain_microusd"), now.of("possible_microusd")
    facts = [f"perhaps {about_dollars(perhaps)} more"] if perhaps else []
    reserved = now.of("estimated_microusd")
    facts += [f"{about_dollars(reserved)} reserved"] if reserved else []
    paid = now.of("completed") - now.of("hits")
    per_picture = f"{about_dollars(round(certain / paid))} a picture · " if certain and paid else ""
    spent = Card(
        label="Spent",
        value=about_dollars(certain),
        change=_relative(certain, before.of("certain_microusd") if before else None, "down"),
        fact=DOT.join(facts) or "no unclear charges",
        n=f"{per_picture}n = {paid:,}",
    )
    saved = Card(
        label="Saved by cache",
        value=about_dollars(now.of("saved_microusd")),
        change=_relative(
            now.of("saved_microusd"), before.of("saved_microusd") if before else None, "up"
        ),
        fact=f"{percent(now.hit_percent)} hits · {seconds(now.saved_seconds)}",
        n=f"n = {count_of(now.of('eligible'), 'request')}",
    )
    return [spent, saved]


def _relative(now: int, before: int | None, good: Good) -> Change | None:
    if not before:
        return None
    return change(100 * now / before, 100.0, unit="%", digits=0, good=good)


def _card(card: Card) -> str:
    moved = ""
    if card.change:
        judgement = card.change.judgement
        words = ", ".join(filter(None, (card.change.words, judgement)))
        arrow = _ARROWS[card.change.rose]
        moved = f'<span class="stat-{judgement or "moved"}">{arrow} {escape(words)}</span>'
    fact, n = (
        DOT.join(_unbroken(part) for part in line.split(DOT)) for line in (card.fact, card.n)
    )
    return (
        f'<div class="stat-card"><dt>{escape(card.label)}</dt><dd><b>{escape(card.value)}</b>'
        f"{moved}<small>{escape(fact)}</small><small>{escape(n)}</small></dd></div>"
    )


def _unbroken(text: str) -> str:
    """Return text that no line ends in, so that a number stays with its unit."""
    return text.replace(" ", "\u00a0")


def _status(status: Status) -> str:
    words, sign = _WORDS[status.status], _SIGNS[status.status]
    mark = f'<i class="stat-{status.status}" title="{words}">{sign}</i>'
    return (
        f"<li>{mark}<span>{escape(status.sentence)}"
        f"<small>{escape(status.facts)}</small></span></li>"
    )
