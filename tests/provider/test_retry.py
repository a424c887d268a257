"""Whether and when to try again, as a table and as properties."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from core.domain.failure import Charge, Failure, Phase, ProviderError
from core.errors import EngineError
from core.provider.retry import (
    LONGEST_RETRY_AFTER_SECONDS,
    Decision,
    StillWaitingError,
    asks_allowed,
    backoff_seconds,
    decide,
    keep_asking,
    parse_retry_after,
    poll_pause_seconds,
    wait_seconds,
)

KINDS = [
    *("dns", "refused", "certificate", "tls_failed", "connect_timeout", "pool_timeout"),
    *("write_failed", "read_timeout", "wall_clock", "reset", "cut_answer", "not_json"),
    *("no_request_id", "wrong_types", "foreign_page", "redirect", "moderation", "status_error"),
    *("status_unknown", "no_image_url", "expired_url", "truncated_image", "not_an_image"),
    *("too_large", "too_many_pixels", "forbidden_host", "broken"),
    *(f"http_{status}" for status in (400, 401, 402, 404, 409, 422, 429, 500, 502, 503)),
]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOON_IN_HTTP = "Sun, 22 Nov 2026 12:00:00 GMT"


def failed(kind: str = "reset", phase: Phase = Phase.POLL, **fields: Any) -> Failure:
    fields = {"charge": Charge.YES, **fields}
    return Failure(phase=phase, kind=kind, message="It broke.", advice="Wait.", **fields)


FAILURES = st.builds(
    failed,
    kind=st.sampled_from(KINDS) | st.text(),
    phase=st.sampled_from(Phase),
    charge=st.sampled_from(Charge),
    http_status=st.none() | st.integers(100, 599),
    retry_after_seconds=st.none() | st.floats(0, LONGEST_RETRY_AFTER_SECONDS),
    request_id=st.none() | st.just("0123456789abcdef"),
)


@given(failure=FAILURES, left=st.integers(-1, 10))
def test_what_may_have_been_charged_is_never_sent_again(failure: Failure, left: int) -> None:
    decision = decide(failure, repeats_left=left)

    if decision in {Decision.REPEAT, Decision.PAUSE}:
        assert failure.phase is Phase.SUBMIT
        assert failure.charge is Charge.NO
    if decision is Decision.REPEAT:
        assert left > 0
    if decision is Decision.ADOPT:
        assert failure.request_id
    if failure.phase is Phase.SUBMIT and failure.charge is not Charge.NO:
        assert decision in {Decision.HOLD, Decision.ADOPT}


@given(failure=FAILURES)
def test_a_poll_or_download_that_may_always_be_repeated_never_runs_out(failure: Failure) -> None:
    if failure.phase is not Phase.SUBMIT and asks_allowed(failure) is None:
        assert decide(failure, repeats_left=0) is decide(failure, repeats_left=99)


def test_a_wait_of_more_than_two_minutes_parks_the_queue_and_fails_nobody() -> None:
    free: dict[str, Any] = {"phase": Phase.SUBMIT, "charge": Charge.NO}

    assert [
        decide(failed("http_429", retry_after_seconds=wait, **free), repeats_left=left)
        for wait, left in ((120.0, 1), (120.0, 0), (121.0, 1), (121.0, 0))
    ] == [Decision.REPEAT, Decision.FAIL, Decision.PAUSE, Decision.PAUSE]


@pytest.mark.parametrize("repeat", [1, 2, 3, 7, 50, 5000])
def test_backoff_is_that_of_tenacity(repeat: int) -> None:
    state = RetryCallState(AsyncRetrying(), None, (), {})
    state.attempt_number = repeat
    random.seed(repeat)
    expected = wait_random_exponential(multiplier=1.5, max=60)(state)
    random.seed(repeat)
    chance = random.random()  # noqa: S311 - the same draw as tenacity's

    assert backoff_seconds(repeat, base_seconds=1.5, cap_seconds=60, chance=chance) == expected


@given(repeat=st.integers(), chance=st.floats(0, 1, exclude_max=True))
def test_backoff_stays_between_nothing_and_its_cap(repeat: int, chance: float) -> None:
    assert 0 <= backoff_seconds(repeat, chance=chance) < 60


def test_polls_slow_down_from_three_to_ten_seconds() -> None:
    pauses = [poll_pause_seconds(poll) for poll in (1, 2, 6, 100_000)]

    assert pauses == [3.0, pytest.approx(3.9), 10.0, 10.0]


RETRY_AFTER: list[tuple[str | None, str | None, float | None]] = [
    ("7", None, 7.0),
    (" 7 ", None, 7.0),
    ("0", None, 0.0),
    ("2.5", None, 2.5),
    ("1e9", None, 1e9),
    ("9" * 400, None, LONGEST_RETRY_AFTER_SECONDS),
    ("Sun, 22 Nov 2026 12:01:30 GMT", None, 90.0),
    ("Sunday, 22-Nov-26 12:01:30 GMT", None, 90.0),
    ("Sun Nov 22 12:01:30 2026", None, 90.0),
    ("Mon, 31 Dec 9999 23:59:59 GMT", None, LONGEST_RETRY_AFTER_SECONDS),
    # A server whose clock is an hour ahead of ours asks for 90 seconds all the same.
    ("Sun, 22 Nov 2026 13:01:30 GMT", "Sun, 22 Nov 2026 13:00:00 GMT", 90.0),
    ("Sunday, 22-Nov-26 13:01:30 GMT", "Sun Nov 22 13:00:00 2026", 90.0),
    ("Sun, 22 Nov 2026 12:01:30 GMT", "yesterday", 90.0),
    ("Sun, 22 Nov 2026 11:59:59 GMT", None, None),
    ("Sun, 22 Nov 2026 12:00:00 GMT", None, 0.0),
    (None, None, None),
    ("", None, None),
    ("-5", None, None),
    ("soon", None, None),
    ("7 seconds", None, None),
    ("NaN", None, None),
    ("inf", None, None),
    ("\u0667", None, None),
    ("Sun, 99 Nov 2026 12:00:00 GMT", None, None),
]


@pytest.mark.parametrize(("header", "answered_at", "seconds"), RETRY_AFTER)
def test_retry_after_is_read_in_all_its_forms(
    header: str | None, answered_at: str | None, seconds: float | None
) -> None:
    assert parse_retry_after(header, answered_at=answered_at, now=NOON) == seconds


@given(header=st.text(), answered_at=st.none() | st.text() | st.just(NOON_IN_HTTP))
def test_no_retry_after_breaks_anything(header: str, answered_at: str | None) -> None:
    seconds = parse_retry_after(header, answered_at=answered_at, now=NOON)

    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER_SECONDS


class Patience:
    """A stopwatch that only sleeping moves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds


def ask(*answers: str | Exception | None, deadline_seconds: float = 60) -> tuple[str, list[float]]:
    """Keep asking somebody who gives these answers, the last one for ever."""
    clock, left = Patience(), list(answers)

    async def answer() -> str | None:
        told = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(told, Exception):
            raise told
        return told

    asking: Callable[..., Any] = keep_asking
    found = asyncio.run(
        asking(
            answer,
            deadline_seconds=deadline_seconds,
            stopwatch=lambda: clock.seconds,
            sleep=clock.sleep,
            chance=lambda: 0.5,
        )
    )
    return found, clock.waits


def failing(kind: str = "reset", phase: Phase = Phase.POLL, **fields: Any) -> ProviderError:
    return ProviderError(failed(kind, phase, **fields))


def test_asking_ends_with_the_first_answer() -> None:
    assert ask("a picture") == ("a picture", [])
    assert ask(None, None, "a picture") == ("a picture", [3.0, pytest.approx(3.9)])


def test_a_failed_poll_is_only_the_reason_for_the_next_one() -> None:
    found, waits = ask(*[failing()] * 5, None, "a picture")

    assert found == "a picture"
    assert waits == pytest.approx([3.0, 3.9, 5.07, 6.591, 8.5683, 10.0])


def test_failures_in_a_row_back_off_beyond_the_usual_pause() -> None:
    waits = ask(*[failing()] * 8, None, failing(), "a picture", deadline_seconds=600)[1]

    assert waits[4:] == pytest.approx([8.5683, 16.0, 30.0, 30.0, 10.0, 10.0])


def test_the_failure_that_stood_last_is_told_at_the_deadline() -> None:
    with pytest.raises(StillWaitingError) as given_up:
        ask(None, failing("http_500"))

    last = given_up.value.last
    assert last is not None
    assert last.kind == "http_500"


def test_retry_after_of_a_poll_is_honoured() -> None:
    assert ask(failing("http_429", retry_after_seconds=17.0), "a picture")[1] == [17.0]


def test_a_job_that_is_not_known_yet_is_given_a_minute() -> None:
    waits = ask(*[failing("http_404")] * 3, "a picture")[1]

    assert waits == [20.0, 20.0, 20.0]


def test_the_wait_before_a_repeat_is_the_longer_of_backoff_and_retry_after() -> None:
    def wait(repeat: int, asked: float | None) -> float:
        return wait_seconds(failed(retry_after_seconds=asked), repeat, chance=0.5)

    assert [wait(4, None), wait(4, 3.0), wait(4, 5.0)] == [4.0, 4.0, 5.0]


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    with pytest.raises(StillWaitingError) as given_up:
        ask(None)

    assert given_up.value.last is None
    with pytest.raises(StillWaitingError):
        ask(failing("http_429", retry_after_seconds=61.0), "a picture")


@pytest.mark.parametrize(
    ("kind", "phase", "asks"),
    [
        ("http_404", Phase.POLL, 4),
        ("status_unknown", Phase.POLL, 6),
        ("no_image_url", Phase.POLL, 4),
        ("truncated_image", Phase.ASSET, 6),
        ("not_an_image", Phase.ASSET, 4),
        ("too_many_pixels", Phase.ASSET, 1),
        ("status_error", Phase.POLL, 1),
    ],
)
def test_a_failure_that_stays_is_final_after_its_own_number_of_tries(
    kind: str, phase: Phase, asks: int
) -> None:
    problem = failing(kind, phase)

    with pytest.raises(ProviderError) as final:
        ask(*[problem] * asks, "too late")

    assert final.value is problem
    if asks > 1:
        assert ask(*[problem] * (asks - 1), "in time")[0] == "in time"


def test_other_errors_come_out_as_they_are() -> None:
    with pytest.raises(EngineError, match=r"^broken$"):
        ask(EngineError("broken"), "never asked")
