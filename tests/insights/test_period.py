"""A period is read from its whole months and the days beside them, each day once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.insights.period import FigureScope, Period
from core.wiring import Studio
from tests.insights.forty_rows import add_picture

days = st.dates(date(2023, 12, 1), date(2026, 3, 31))


@given(days, st.integers(0, 900))
def test_months_and_loose_days_are_the_period(first: date, length: int) -> None:
    period = Period(first, first + timedelta(days=length))

    told = [
        str(a + timedelta(days=n)) for a, b in period.loose_days for n in range((b - a).days + 1)
    ]
    whole = [str(first + timedelta(days=n)) for n in range(period.days)]
    in_months = [day for day in whole if day[:7] in period.months]

    assert sorted(told + in_months) == whole
    assert all(str(a)[:7] == str(b)[:7] for a, b in period.loose_days)


@pytest.mark.parametrize(
    ("first", "last", "n"),
    [
        ("2026-01-31", "2026-03-01", 4),
        ("2026-02-01", "2026-02-28", 2),
        ("2026-02-02", "2026-02-27", 1),
        ("2026-01-01", "2026-03-31", 5),
        ("2026-03-02", "2026-03-02", 1),
    ],
)
def test_durations_of_a_period_are_those_of_its_days(
    studio: Studio, first: str, last: str, n: int
) -> None:
    for day in ("2026-01-31", "2026-02-10", "2026-02-28", "2026-03-01", "2026-03-02"):
        add_picture(studio, datetime.fromisoformat(day).replace(tzinfo=UTC))
    period = Period(date.fromisoformat(first), date.fromisoformat(last))

    report = studio.insights.report(FigureScope(family="provider"), period)

    assert (report.durations.n, report.totals.asked) == (n, n)
