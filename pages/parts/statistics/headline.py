"""The headline numbers and the targets, kept up to date while pictures are being made."""

from __future__ import annotations

import streamlit as st

from core.insights.report import StatisticsReport
from core.wiring import studio
from pages.parts.shared.watching import SELDOM_SECONDS, rerun_when_changed
from pages.parts.statistics.cache import draw_targets
from pages.parts.statistics.cards import draw_headline
from pages.parts.statistics.filters import FigureFilter


def draw_figures(choice: FigureFilter) -> None:
    """Draw the figures; they follow what is under way, and the charts once it has ended."""
    follows = _under_way(choice.read())
    st.fragment(_draw, run_every=SELDOM_SECONDS if follows else None)(choice, follows)
    if not follows:
        rerun_when_changed(lambda: _under_way(choice.read()), every_seconds=SELDOM_SECONDS)


def _draw(choice: FigureFilter, followed: bool) -> None:  # noqa: FBT001 - a fragment's argument
    report = choice.read()
    draw_headline(report)
    draw_targets(report, studio().insights.cache_counts())
    if followed and not _under_way(report):
        st.rerun()


def _under_way(report: StatisticsReport) -> bool:
    return report.totals.of("queued") + report.totals.of("processing") > 0
