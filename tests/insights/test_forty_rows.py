"""The figures of forty rows, compared with answers that were worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.cache.counts import CacheBook
from core.clock import Clock
from core.domain.money import Budgets
from core.figures import recount
from core.insights.answers import Insights
from core.insights.period import FigureScope, Period
from core.insights.report import StatisticsReport
from core.wiring import Studio
from tests.insights.forty_rows import FIRST_DAY, SECOND_DAY, add_forty_rows, add_picture

BOTH_DAYS = Period(FIRST_DAY.date(), SECOND_DAY.date())
PROVIDER, PREVIEW = FigureScope(family="provider"), FigureScope(family="preview")
HISTOGRAM_ERROR = 0.02


class NoonOfTheSecondDay(Clock):
    def now(self) -> datetime:
        return SECOND_DAY.replace(hour=12)


def insights_of(studio: Studio, clock: Clock | None = None) -> Insights:
    clock = clock or NoonOfTheSecondDay()
    return Insights(studio.database, clock, CacheBook(studio.database, clock), Budgets())


@pytest.fixture
def insights(studio: Studio) -> Insights:
    add_forty_rows(studio)
    with studio.database.reading() as session:
        assert recount.differences(session) == []
    return insights_of(studio)


@pytest.fixture
def provider(insights: Insights) -> StatisticsReport:
    return insights.report(PROVIDER, BOTH_DAYS)


def close_to(seconds: float) -> object:
    return pytest.approx(seconds, rel=HISTOGRAM_ERROR)


def test_how_many(provider: StatisticsReport) -> None:
    totals = provider.totals

    assert totals.asked == 31
    assert totals.by_status == {
        "queued": 1,
        "processing": 1,
        "completed": 22,
        "failed": 3,
        "blocked": 2,
        "cancelled": 1,
        "unknown": 1,
    }
    assert totals.by_mode == {"ai": 21, "manual": 10}
    assert {day: one.asked for day, one in provider.days.items()} == {
        date(2026, 3, 1): 10,
        date(2026, 3, 2): 21,
    }
    assert {name: one.asked for name, one in provider.engines.items()} == {
        "bria": 24,
        "bria-lite": 7,
    }


def test_how_good(provider: StatisticsReport) -> None:
    totals = provider.totals

    assert totals.success_percent == pytest.approx(100 * 22 / 28)
    assert totals.average_quality == pytest.approx(18.0 / 22)
    assert totals.ratings == {1: 1, 2: 0, 3: 2, 4: 1, 5: 2}
    assert totals.average_rating == pytest.approx(21 / 6)
    assert provider.values["lighting"] == {"studio": 10}
    assert provider.pairs == {("studio", "warm"): 10}


def test_how_fast(provider: StatisticsReport) -> None:
    run, wait = provider.durations, provider.waits

    # 5 s six times, 10 to 19 s, 30 s four times; what was reused took no time
    assert run.n == 20
    assert provider.totals.average_run_seconds == pytest.approx(295 / 20)
    assert (run.p50, run.p95) == (close_to(13), close_to(30))
    assert (provider.run["bria"].p50, provider.run["bria"].p95) == (close_to(16), close_to(30))
    assert provider.run["bria-lite"].p95 == close_to(5)
    # 1 s nineteen times, 2 s four times, 3 s three times, 4 s once
    assert (wait.n, wait.p50, wait.p95) == (27, close_to(1), close_to(3))
    assert provider.totals.of("wait_microseconds") == 40_000_000
    # seven of the 27 that were begun needed another try: 2 each of four, 3 each of three
    assert provider.totals.retry_percent == pytest.approx(100 * 7 / 27)
    assert provider.totals.of("repeats") == 17


def test_how_much(provider: StatisticsReport) -> None:
    totals = provider.totals

    assert totals.of("certain_microusd") == 720_000
    assert totals.of("possible_microusd") == 80_000
    assert totals.of("estimated_microusd") == 60_000
    assert totals.spent_microusd == 800_000
    assert {number: one.spent_microusd for number, one in provider.projects.items()} == {
        1: 680_000,
        2: 120_000,
    }
    assert totals.of("saved_microusd") == 80_000
    assert totals.saved_seconds == 30.0
    # the seven of project 2 did not look into the cache
    assert (totals.of("eligible"), totals.of("hits")) == (24, 2)
    assert totals.hit_percent == pytest.approx(100 * 2 / 24)


def test_previews_are_counted_apart(insights: Insights) -> None:
    previews = insights.report(PREVIEW, BOTH_DAYS)

    assert previews.totals.asked == 9
    assert previews.totals.by_status["completed"] == 8
    assert previews.totals.success_percent == pytest.approx(100 * 8 / 9)
    assert previews.totals.hit_percent == pytest.approx(100 / 9)
    assert previews.totals.average_run_seconds == 0.5
    assert previews.durations.p95 == close_to(0.5)
    assert previews.totals.spent_microusd == 0
    assert set(previews.engines) == {"preview"}


def test_a_project_is_counted_alone(insights: Insights) -> None:
    second = insights.report(replace(PROVIDER, project_id=2), BOTH_DAYS)

    assert second.totals.asked == 7
    assert second.totals.success_percent == 100.0
    assert second.totals.average_run_seconds == 5.0
    assert second.totals.hit_percent is None
    assert second.totals.spent_microusd == 120_000
    assert second.durations.n == 6


def test_a_period_is_compared_with_the_one_before(insights: Insights) -> None:
    second_day = Period(SECOND_DAY.date(), SECOND_DAY.date())

    report = insights.report(PROVIDER, second_day)

    assert report.totals.asked == 21
    assert report.totals_before is not None
    assert report.totals_before.asked == 10
    assert report.durations_before.p50 == close_to(14)


def test_the_seeds_figures_of_a_person(insights: Insights) -> None:
    alone = insights.statistics(user_id=1, days=2)
    in_project = insights.statistics(user_id=1, project_id=1, days=2)

    assert alone == in_project
    assert (alone.family, alone.total_generations, alone.other_family_generations) == (
        "provider",
        24,
        9,
    )
    assert alone.status_breakdown["completed"] == 16
    assert alone.mode_breakdown == {"ai": 20, "manual": 4}
    assert alone.average_generation_time == pytest.approx(265 / 14)
    assert alone.average_quality_score == pytest.approx(0.75)
    assert alone.success_rate == pytest.approx(100 * 16 / 22)
    assert alone.cache_hit_rate == pytest.approx(100 * 2 / 24)
    assert alone.retry_rate == pytest.approx(100 * 7 / 20)


def test_the_seeds_figures_of_another_person_in_each_project(insights: Insights) -> None:
    in_second = insights.statistics(user_id=2, project_id=2, days=2)

    assert (in_second.total_generations, in_second.status_breakdown["processing"]) == (7, 1)
    assert (in_second.success_rate, in_second.cache_hit_rate) == (100.0, None)
    assert insights.statistics(user_id=2, project_id=1, days=2).total_generations == 0


def test_one_day_is_the_present_day_alone(insights: Insights) -> None:
    assert insights.statistics(user_id=1, days=1).total_generations == 14


def test_a_period_without_pictures_has_no_averages_rather_than_0(insights: Insights) -> None:
    empty = insights.report(PROVIDER, Period(date(2025, 1, 1), date(2025, 1, 31)))

    totals, run = empty.totals, empty.durations
    assert (totals.asked, totals.rated, totals.spent_microusd, run.n) == (0, 0, 0, 0)
    shares = (totals.success_percent, totals.retry_percent, totals.hit_percent)
    means = (totals.average_run_seconds, totals.average_quality, totals.average_rating)
    assert {*shares, *means, run.p50, run.p95} == {None}
    assert (empty.days, empty.engines, empty.projects) == ({}, {}, {})


def test_a_studio_without_pictures_has_empty_figures(studio: Studio) -> None:
    nothing = insights_of(studio)

    assert nothing.extent() == {}
    assert nothing.statistics(user_id=1).success_rate is None
    assert nothing.report(PROVIDER, BOTH_DAYS).totals.asked == 0


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        # the last tenth of a second of a UTC day, and the first moment of the next
        ("2026-03-01T23:59:59.900000+00:00", "2026-03-01"),
        ("2026-03-02T00:00:00+00:00", "2026-03-02"),
        # midnight in Auckland is 11:00 of the UTC day before
        ("2026-03-02T00:00:00+13:00", "2026-03-01"),
        # the hour that Berlin skips, and both hours that it has twice
        ("2026-03-29T01:00:00+00:00", "2026-03-29"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25"),
        ("2026-10-25T00:30:00+02:00", "2026-10-24"),
    ],
)
def test_a_picture_belongs_to_the_utc_day_of_its_moment(
    studio: Studio, moment: str, day: str
) -> None:
    add_picture(studio, datetime.fromisoformat(moment).astimezone(UTC))

    year = Period(date(2026, 1, 1), date(2026, 12, 31))
    assert [str(one) for one in insights_of(studio).report(PROVIDER, year).days] == [day]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_history_finds_the_very_pictures_of_a_day_in_every_zone(studio: Studio, zone: str) -> None:
    for moment in ("03-01T23:59:59.9", "03-02T00:00:00", "03-02T23:59:59.9", "03-03T00:00:00"):
        add_picture(studio, datetime.fromisoformat(f"2026-{moment}+00:00"))
    one_day = Period(date(2026, 3, 2), date(2026, 3, 2))

    found = studio.library.find(one_day.history_term, limit=9, zone=ZoneInfo(zone)).tiles

    assert insights_of(studio).report(PROVIDER, one_day).totals.asked == 2
    assert {tile.created_at.date() for tile in found} == {date(2026, 3, 2)}
    assert len(found) == 2


def test_a_rating_is_in_the_figures_that_were_read_before(
    insights: Insights, studio: Studio
) -> None:
    assert insights.report(PROVIDER, BOTH_DAYS).totals.rated == 6
    (unrated,) = studio.library.find("rating:none engine:bria", limit=1).tiles

    studio.library.judge([unrated.id], rating=2)

    assert insights.report(PROVIDER, BOTH_DAYS).totals.ratings[2] == 1
