"""The bars of a long or short period."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.insights.period import FigureScope, Period
from core.insights.report import Durations, StatisticsReport, Totals, add_up
from pages.parts.statistics.over_time import split


def report_of(period: Period, days: dict[date, Totals]) -> StatisticsReport:
    return StatisticsReport(
        scope=FigureScope(family="provider"),
        period=period,
        totals=add_up(list(days.values())),
        totals_before=None,
        durations_before=Durations(),
        days=days,
        engines={},
        run={},
        wait={},
        values={},
        pairs={},  # type: ignore[arg-type]
        projects={},
        daily_budget_microusd=None,
    )


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 4000), st.integers(1, 5))
def test_every_day_is_in_exactly_one_bar_and_there_are_at_most_a_hundred_or_so(
    first: date, length: int, every: int
) -> None:
    period = Period(first, first + timedelta(days=length))
    days = {
        first + timedelta(days=number): Totals({"asked": number + 1})
        for number in range(0, length + 1, every)
    }

    bins = split(report_of(period, days)).found

    assert len(bins) <= 102, "a period may begin and end in the middle of a step"
    assert sum(one.period.days for one in bins) == period.days
    assert (bins[0].period.first, bins[-1].period.last) == (period.first, period.last)
    assert sum(one.totals.asked for one in bins) == sum(day.asked for day in days.values())
    assert all(one.starts <= one.period.first for one in bins)


@pytest.mark.parametrize(
    ("days", "step"), [(7, "day"), (90, "day"), (101, "week"), (730, "month"), (4000, "year")]
)
def test_bars_grow_with_the_period(days: int, step: str) -> None:
    last = date(2026, 11, 26)

    assert split(report_of(Period(last - timedelta(days=days - 1), last), {})).step == step
