"""Figures in words, as cards and as statuses of targets; what is not known is a dash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import streamlit as st

from core.insights.targets import TargetStatus
from pages.parts.shared.safe_text import DOT
from pages.parts.statistics.plotly_dicts import colour

Good = Literal["up", "down", "none"]
"""In which direction a figure should go; a change of a neutral one is neither good nor bad."""

NOT_KNOWN = "–"
_ARROWS = {True: "↑", False: "↓", None: "="}
_SIGNS: dict[TargetStatus, str] = {"met": "✓", "missed": "!", "no_case": "?", "too_few": "?"}
_WORDS: dict[TargetStatus, str] = {
    "met": "met",
    "missed": "missed",
    "no_case": "no case yet",
    "too_few": "too few to judge",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """By how much a figure moved against the period before, and whether that is good."""

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
    """One headline number: its change, what stands behind it, and the number of cases."""

    label: str
    value: str
    change: Change | None = None
    fact: str
    n: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One monitoring target in words."""

    name: str
    figure: str
    facts: str
    status: TargetStatus


def show_cards(cards: Sequence[Card]) -> None:
    """Show headline numbers in a row of equal cards, or two by two on a phone."""
    colours = f"--better:{colour('main')};--worse:{colour('alarm')}"
    st.html(f'<dl class="stat-cards" style="{colours}">{"".join(map(_card, cards))}</dl>')


def show_statuses(statuses: Sequence[Status]) -> None:
    """Show the targets; each says in words and with a sign what its colour says."""
    st.html(f'<ul class="stat-targets">{"".join(map(_status, statuses))}</ul>')


def show_title(title: str, fact: str = "") -> None:
    """Show the title of a chart with a fainter fact."""
    behind = f" <span>{escape(fact)}</span>" if fact else ""
    st.html(f'<h3 class="stat-title">{escape(title)}{behind}</h3>', width="stretch")


def show_nothing(words: str) -> None:
    """Show, where a chart will be, what brings it about."""
    st.html(f'<p class="stat-nothing">{escape(words)}</p>')


def percent(share: float | None) -> str:
    """Return a share as `94.5 %`."""
    return NOT_KNOWN if share is None else f"{share:.1f} %"


def seconds(amount: float | None) -> str:
    """Return a duration: `14.7 s`, `0.05 s`, `12 min`, `26 h`."""
    if amount is None:
        return NOT_KNOWN
    if amount < 1:
        return f"{amount:.2f} s"
    if amount < 120:
        return f"{amount:.1f} s"
    return f"{amount / 60:,.0f} min" if amount < 7200 else f"{amount / 3600:,.0f} h"


def change(
    now: float | None, before: float | None, *, unit: str, digits: int, good: Good
) -> Change | None:
    """Return the change of a figure, or None where there is nothing to compare with."""
    if now is None or before is None:
        return None
    moved = round(now - before, digits)
    if not moved:
        return Change(words="as before", rose=None, good=good)
    return Change(words=f"{abs(moved):,.{digits}f} {unit}", rose=moved > 0, good=good)


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
        f"<li>{mark}<span>{escape(status.name)} <b>{escape(status.figure)}</b>"
        f"<small>{escape(status.facts)}</small></span></li>"
    )
