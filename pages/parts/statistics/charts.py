"""The charts of the page in their rows: how many, how good, how fast, how much, what works."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.insights.report import StatisticsReport
from core.wiring import studio
from pages.parts.statistics import over_time, shares, speed
from pages.parts.statistics.chart import Chart, draw_chart
from pages.parts.statistics.effects import what_works
from pages.parts.statistics.filters import FigureFilter
from pages.parts.statistics.over_time import split


def draw_charts(report: StatisticsReport, choice: FigureFilter) -> None:
    """Draw all charts of a report in rows, or one below the other on a phone."""
    for widths, charts in rows(report, choice):
        for column, chart in zip(st.columns(widths, gap="medium"), charts, strict=True):
            with column:
                draw_chart(chart)


def rows(
    report: StatisticsReport, choice: FigureFilter
) -> list[tuple[Sequence[float], list[Chart]]]:
    """Return the charts of each row of the page, with the shares of its width."""
    bins = split(report)
    return [
        (
            (3, 2),
            [
                over_time.activity(report, bins, choice),
                over_time.outcomes(report, bins, choice),
            ],
        ),
        (
            (1, 1, 1),
            [
                speed.durations(report, choice),
                over_time.cost(report, bins, choice),
                shares.projects(report, choice, studio().library.projects(with_archived=True)),
            ],
        ),
        (
            (1, 1),
            [what_works(choice.effects(), choice), shares.pairs(report, choice)],
        ),
        (
            (1, 1, 1),
            [
                shares.ratings(report, choice),
                speed.engines(report, choice),
                shares.asked(report, choice),
            ],
        ),
    ]
