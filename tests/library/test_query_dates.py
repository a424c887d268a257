"""Periods in words: where they begin and end for the viewer."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.library.query.ast import DateRange
from core.library.query.dates import PERIODS, resolve_dates
from core.library.query.parser import parse_query

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday

days = st.sampled_from(["2025-02-03", "2025-04", "2026", "last-3-days", *PERIODS])


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("today", "2026-11-25", "2026-11-26"),
        ("last-7-days", "2026-11-19", "2026-11-26"),
        ("last-week", "2026-11-16", "2026-11-23"),
        ("last-month", "2026-10-01", "2026-11-01"),
        ("this-year", "2026-01-01", "2027-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-01-01..2026-02-01", "2026-01-01", "2026-02-02"),
        (">=yesterday", "2026-11-24", None),
        (">yesterday", "2026-11-25", None),
        ("<2026-11", None, "2026-11-01"),
        ("<=2026-11", None, "2026-12-01"),
    ],
)
def test_periods_begin_and_end_at_the_viewers_midnight(
    value: str, start: str | None, end: str | None
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    (term,) = parse_query(f"date:{value}").terms
    (days_asked,) = term.alternatives
    assert isinstance(days_asked, DateRange)

    moments = resolve_dates(days_asked, now=NOON, zone=zone)

    local = [None if moment is None else moment.astimezone(zone) for moment in moments]
    expected = [None if day is None else f"{day}T00:00:00" for day in (start, end)]
    assert [None if m is None else m.isoformat()[:19] for m in local] == expected
    assert all(moment.tzinfo is UTC for moment in moments if moment)


@given(days, days, st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1)))  # noqa: DTZ001
def test_every_period_can_be_resolved_at_any_time(low: str, high: str, now: datetime) -> None:
    start, end = resolve_dates(
        DateRange(low, high), now=now.replace(tzinfo=UTC), zone=ZoneInfo("America/Los_Angeles")
    )

    assert start is not None
    assert end is not None
    assert low != high or start < end
