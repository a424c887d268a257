"""The charts of the page in their rows: how many, how good, how fast, how much, what works."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.insights.report import Report
from core.wiring import studio
from pages.parts import stats_over_time, stats_projects, stats_shares, stats_speed
from pages.parts.stats_bins import split
from pages.parts.stats_choice import Choice
from pages.parts.stats_tables import Chart, draw_chart
from pages.parts.stats_works import what_works


def draw_charts(report: Report, choice: Choice) -> None:
    """Draw all charts of a report in rows; on a phone one below the other."""
    for widths, charts in rows(report, choice):
        for column, chart in zip(st.columns(widths, gap="medium"), charts, strict=True):
            with column:
                draw_chart(chart)


def rows(report: Report, choice: Choice) -> list[tuple[Sequence[float], list[Chart]]]:
    """Return the charts of each row of the page, with the shares of its width."""
    bins = split(report)
    return [
        (
            (3, 2),
            [
                stats_over_time.activity(report, bins, choice),
                stats_over_time.outcomes(report, bins, choice),
            ],
        ),
        (
            (1, 1, 1),
            [
                stats_speed.durations(report, choice),
                stats_over_time.cost(report, bins, choice),
                stats_projects.projects(
                    report, choice, studio().library.projects(with_archived=True)
                ),
            ],
        ),
        (
            (1, 1),
            [what_works(choice.effects(), choice), stats_shares.pairs(report, choice)],
        ),
        (
            (1, 1, 1),
            [
                stats_shares.ratings(report, choice),
                stats_speed.engines(report, choice),
                stats_shares.asked(report, choice),
            ],
        ),
    ]
