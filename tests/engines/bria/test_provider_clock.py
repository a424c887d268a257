"""A clock that is off from Bria's is told, by the Date of its answers, and changes nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.clock import Clock
from core.engines.bria.engine import bria_engines
from core.engines.bria.provider_clock import ProviderClock
from core.settings import Settings
from core.wiring import build_studio
from tests.engines.bria.customer import finished, order
from tests.fakes.bria import FakeBria

AT = datetime(2026, 11, 22, 12, 0, 0, 400_000, tzinfo=UTC)


def seen(date: str, *, took_seconds: float = 0.0, **more: str) -> float | None:
    times = iter([AT, *[AT + timedelta(seconds=took_seconds)] * 9])
    clock = ProviderClock(lambda: next(times))
    clock.note({"Date": date, **more}, asked_at=clock.now())
    return clock.ahead_seconds


@pytest.mark.parametrize(
    ("date", "took_seconds", "ahead"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", 0.0, None),
        ("Sun, 22 Nov 2026 11:59:54 GMT", 0.0, 5.4),
        ("Sun, 22 Nov 2026 11:59:55 GMT", 0.0, None),
        ("Sun, 22 Nov 2026 12:00:06 GMT", 0.0, -5.6),
        ("Sun, 22 Nov 2026 12:00:05 GMT", 0.0, None),
        # a slow answer is no wrong clock, whenever on its way it was dated
        ("Sun, 22 Nov 2026 12:00:00 GMT", 50.0, None),
        ("Sun, 22 Nov 2026 12:00:50 GMT", 50.0, None),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 50.0, -9.6),
        ("", 0.0, None),
        ("yesterday", 0.0, None),
        ("Sun, 99 Nov 2026 12:00:00 GMT", 0.0, None),
    ],
)
def test_only_what_no_way_and_no_rounding_explains_is_a_difference(
    date: str, took_seconds: float, ahead: float | None
) -> None:
    assert seen(date, took_seconds=took_seconds) == pytest.approx(ahead)


def test_an_answer_from_a_cache_says_nothing_of_the_time() -> None:
    assert seen("Sun, 22 Nov 2026 11:00:00 GMT", Age="3600") is None


def test_the_next_answer_and_an_hour_take_it_back(caplog: pytest.LogCaptureFixture) -> None:
    now = [AT]
    clock = ProviderClock(lambda: now[0])
    for _ in range(3):
        clock.note({"Date": "Sun, 22 Nov 2026 11:59:00 GMT"}, asked_at=AT)
    assert clock.ahead_seconds == pytest.approx(59.4)
    assert len(caplog.records) == 1
    now[0] = AT + timedelta(hours=1, seconds=1)
    assert clock.ahead_seconds is None
    now[0] = AT
    clock.note({"Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, asked_at=AT)
    assert clock.ahead_seconds is None


class Ahead(Clock):
    def now(self) -> datetime:
        return super().now() + timedelta(seconds=45)


@pytest.mark.parametrize("calls", ["submit", "poll"])
def test_a_difference_is_told_once_by_health_and_pictures_are_made_all_the_same(
    fake: FakeBria, tmp_path: Path, calls: str
) -> None:
    settings = Settings(
        FIBO_DATA_DIR=tmp_path, BRIA_API_TOKEN=SecretStr(fake.token), BRIA_BASE_URL=fake.base_url
    )
    right = bria_engines(
        SecretStr(fake.token), version="1", base_url=fake.base_url, now=Clock().now
    )
    known = asyncio.run(right[0].submit(order())).request_id
    wrong = bria_engines(
        SecretStr(fake.token), version="1", base_url=fake.base_url, now=Ahead().now
    )
    studio = build_studio(settings, engines=wrong, clock=Ahead())

    if calls == "submit":
        assert asyncio.run(wrong[0].submit(order(seed=12))).request_id != known
    else:
        assert asyncio.run(finished(wrong[0], known)).image_url

    told = [one for one in studio.health.report().notices if one.kind == "clock_provider"]
    assert right[0].clock_ahead_seconds is None
    (notice,) = told
    assert notice.message.startswith("The clock of this machine is 4")
    assert notice.message.endswith(" s ahead of Bria's.")
    assert not notice.stops
    studio.close()
