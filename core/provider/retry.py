"""Decides whether and when to try again; row numbers are those of docs/provider.md.

A submit costs money, so it is repeated only if the provider has provably not accepted it. A poll or
a download is free, so it is repeated until a deadline that the caller sets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import NoReturn, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, retry_if_result

from core.domain.failure import (
    LONGEST_FREE_WAIT_SECONDS,
    Charge,
    Failure,
    Phase,
    ProviderError,
)
from core.errors import EngineError

Answer = TypeVar("Answer")

FIRST_POLL_PAUSE_SECONDS, LONGEST_POLL_PAUSE_SECONDS, POLL_PAUSE_GROWTH = 3.0, 10.0, 1.3
"""Pauses between polls that fit a plan of 60 calls a minute."""

BACKOFF_BASE_SECONDS, BACKOFF_CAP_SECONDS = 1.0, 60.0
"""Full jitter for failed calls, so that callers that failed together do not return together."""

PARKING_SECONDS = 120.0
"""A provider that asks for a longer wait pauses the whole queue instead of one job."""

LONGEST_RETRY_AFTER_SECONDS = 100 * 365 * 86_400.0
"""Longer waits are shortened to a century, so that moments stay within what `datetime` can hold."""

_SECONDS = re.compile(r"\d+(\.\d*)?(e\+?\d+)?", re.ASCII | re.IGNORECASE)


class Decision(StrEnum):
    """What to do about a failure."""

    REPEAT = "repeat"
    """Submit again: the provider has provably not accepted the job."""

    ASK_AGAIN = "ask_again"
    """Poll or download again, which is free. Always begin with a poll: it renews the address."""

    ADOPT = "adopt"
    """Poll the request_id that was read from the broken answer: it is our job."""

    FAIL = "fail"
    """The job is over."""

    BLOCK = "block"
    """The job is over: content moderation refused it."""

    HOLD = "hold"
    """The job may have been charged and its picture is not here; a person decides."""

    PAUSE = "pause"
    """The job returns to the queue and the whole queue waits: for a person, or for
    `retry_after_seconds` if the failure has it."""


_SUBMIT: dict[str, Decision] = {
    "dns": Decision.REPEAT,  # row 1
    "refused": Decision.REPEAT,  # row 2
    "certificate": Decision.FAIL,  # row 2
    "tls_failed": Decision.REPEAT,  # row 2: no handshake, so no request
    "connect_failed": Decision.REPEAT,  # rows 1 to 3
    "connect_timeout": Decision.REPEAT,  # row 3
    "pool_timeout": Decision.REPEAT,  # row 3
    "broken": Decision.REPEAT,  # row 3: nothing had left, or the charge would say so
    "wall_clock": Decision.REPEAT,  # row 3 if nothing had left; else rows 6 and 8 by the charge
    "http_401": Decision.PAUSE,  # row 11
    "http_402": Decision.PAUSE,  # row 12
    "moderation": Decision.BLOCK,  # row 18
    "http_429": Decision.REPEAT,  # row 19
    "http_503": Decision.REPEAT,  # row 22 with Retry-After; without one the charge says hold
}
"""Submits by kind. Any other kind fails if nothing was charged (rows 10, 13 to 15) and is held if
something may have been (rows 4 to 9, 16, 17, 20 to 24)."""

_ACCEPTANCE_WAS_BROKEN = frozenset(
    {"cut_answer", "reset", "read_timeout", "wall_clock", "not_json", "too_large", "no_answer"}
    | {"no_request_id", "wrong_types", "broken"}
)
"""Rows 8 and 9: a request_id that could be read from such an answer is our job's."""

_FINAL: dict[tuple[Phase, str], Decision] = {
    (Phase.POLL, "status_error"): Decision.FAIL,  # row 29
    (Phase.POLL, "moderation"): Decision.BLOCK,  # rows 18 and 29
    (Phase.ASSET, "too_large"): Decision.HOLD,  # row 34
    (Phase.ASSET, "too_many_pixels"): Decision.HOLD,  # row 34
    (Phase.ASSET, "forbidden_host"): Decision.HOLD,  # row 35
}
"""Polls and downloads that no repeat can help; a paid picture that may still be there is held.

Any other kind is tried again (row 26).
"""

_ASKS: dict[tuple[Phase, str], int] = {
    (Phase.POLL, "http_404"): 3,  # row 14
    (Phase.POLL, "status_unknown"): 5,  # row 28
    (Phase.POLL, "no_image_url"): 3,  # row 30
    (Phase.ASSET, "truncated_image"): 5,  # row 32
    (Phase.ASSET, "not_an_image"): 3,  # row 33
    (Phase.ASSET, "redirect"): 3,  # row 23
}
"""How often a failure of one kind may be tried again."""

_LEAST_PAUSE_SECONDS: dict[tuple[Phase, str], float] = {(Phase.POLL, "http_404"): 20.0}
"""Row 14: three polls within a minute, as a new job may not be known everywhere at once."""


def decide(failure: Failure, *, repeats_left: int) -> Decision:
    """Return what to do about a failure; equal arguments always give the same decision.

    `repeats_left` counts the submits still allowed or, for a poll or a download, what is left of
    `asks_allowed`.
    """
    if failure.phase is Phase.SUBMIT:
        return _decide_submit(failure, repeats_left)
    final = _FINAL.get((failure.phase, failure.kind))
    if final is not None:
        return final
    if asks_allowed(failure) is not None and repeats_left <= 0:
        return Decision.HOLD
    return Decision.ASK_AGAIN


def asks_allowed(failure: Failure) -> int | None:
    """Return how often such a poll or download may be repeated; None means until the deadline."""
    return _ASKS.get((failure.phase, failure.kind))


def _decide_submit(failure: Failure, repeats_left: int) -> Decision:
    if failure.kind in _ACCEPTANCE_WAS_BROKEN and failure.request_id:
        return Decision.ADOPT
    if failure.charge is not Charge.NO:
        return Decision.HOLD
    decision = _SUBMIT.get(failure.kind, Decision.FAIL)
    if decision is not Decision.REPEAT:
        return decision
    if (failure.retry_after_seconds or 0.0) > PARKING_SECONDS:
        return Decision.PAUSE
    return decision if repeats_left > 0 else Decision.FAIL


def backoff_seconds(
    repeat: int,
    *,
    base_seconds: float = BACKOFF_BASE_SECONDS,
    cap_seconds: float = BACKOFF_CAP_SECONDS,
    chance: float,
) -> float:
    """Return the wait before repeat `repeat` (from 1): full jitter up to a doubling cap.

    The formula of tenacity's `wait_random_exponential`, with `chance` in [0, 1) as an argument.
    """
    doublings = min(max(repeat, 1) - 1, 1000)
    return chance * min(cap_seconds, base_seconds * 2.0**doublings)


def wait_seconds(failure: Failure, repeat: int, *, chance: float) -> float:
    """Return the wait before repeat `repeat` (from 1) of a call that failed like this.

    A Retry-After of a submit is never shortened; one of a poll or a download is limited to a
    quarter of an hour, because those are free and Bria keeps a picture for only three days. Without
    one the usual backoff applies.
    """
    least = _LEAST_PAUSE_SECONDS.get((failure.phase, failure.kind), 0.0)
    asked = failure.retry_after_seconds or 0.0
    if failure.phase is not Phase.SUBMIT:
        asked = min(asked, LONGEST_FREE_WAIT_SECONDS)
    return max(backoff_seconds(repeat, chance=chance), asked, least)


def poll_pause_seconds(poll: int) -> float:
    """Return the pause after poll `poll` (from 1) of a job that is still running."""
    grown = FIRST_POLL_PAUSE_SECONDS * POLL_PAUSE_GROWTH ** min(max(poll, 1) - 1, 100)
    return min(LONGEST_POLL_PAUSE_SECONDS, grown)


class StillWaitingError(EngineError):
    """The deadline came first (row 27); the job continues at the provider.

    `last` is the failure of the last call, or None if the provider was still at work.
    """

    code = "still_waiting"

    def __init__(self, last: Failure | None) -> None:
        super().__init__(
            "The picture has not arrived within the time that was set for it.",
            advice="Nothing to do: it is asked for again from time to time.",
        )
        self.last = last

    def __reduce__(self) -> tuple[type[StillWaitingError], tuple[Failure | None]]:
        """Make the error picklable with its failure."""
        return type(self), (self.last,)


async def keep_asking(
    ask: Callable[[], Awaitable[Answer | None]],
    *,
    deadline_seconds: float,
    stopwatch: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    chance: Callable[[], float],
    pause_seconds: Callable[[int], float] = poll_pause_seconds,
) -> Answer:
    """Return the result of `ask`, calling it again after None or a failure that may pass.

    A wait that would end after the deadline on the stopwatch is not begun: StillWaitingError. Any
    other failure is raised as it is.
    """
    patience = _Patience(deadline_seconds, stopwatch, chance, pause_seconds)
    asking = AsyncRetrying(
        sleep=sleep,
        wait=patience.wait,
        stop=patience.is_over,
        retry=retry_if_result(lambda found: found is None) | retry_if_exception(patience.forgives),
        retry_error_callback=patience.give_up,
    )
    found: Answer = await asking(ask)
    return found


class _Patience:
    """What `keep_asking` remembers between two calls."""

    def __init__(
        self,
        deadline_seconds: float,
        stopwatch: Callable[[], float],
        chance: Callable[[], float],
        pause_seconds: Callable[[int], float],
    ) -> None:
        self._deadline_seconds = deadline_seconds
        self._stopwatch = stopwatch
        self._chance = chance
        self._pause_seconds = pause_seconds
        self._met: Counter[str] = Counter()
        self._failures_in_a_row = 0

    def forgives(self, problem: BaseException) -> bool:
        """Return whether a failure leads to another call; called once per failed call."""
        if not isinstance(problem, ProviderError):
            return False
        failure = problem.failure
        left = (asks_allowed(failure) or 0) - self._met[failure.kind]
        self._met[failure.kind] += 1
        return decide(failure, repeats_left=left) is Decision.ASK_AGAIN

    def wait(self, state: RetryCallState) -> float:
        """Return the seconds until the next call."""
        pause = self._pause_seconds(state.attempt_number)
        failure = _last_failure(state)
        if failure is None:
            self._failures_in_a_row = 0
            return pause
        self._failures_in_a_row += 1
        return max(pause, wait_seconds(failure, self._failures_in_a_row, chance=self._chance()))

    def is_over(self, state: RetryCallState) -> bool:
        """Return whether the next wait would end after the deadline."""
        return self._stopwatch() + state.upcoming_sleep > self._deadline_seconds

    @staticmethod
    def give_up(state: RetryCallState) -> NoReturn:
        """Raise StillWaitingError."""
        raise StillWaitingError(_last_failure(state))


def _last_failure(state: RetryCallState) -> Failure | None:
    problem = state.outcome.exception() if state.outcome else None
    return problem.failure if isinstance(problem, ProviderError) else None


def parse_retry_after(
    header: str | None, *, answered_at: str | None, now: datetime
) -> float | None:
    """Return the seconds that a Retry-After header asks for, or None if it is missing or invalid.

    Seconds may have decimals. A date in any of HTTP's three forms counts from the response's own
    Date header, so that our clock may be wrong; without one it counts from `now`.
    """
    text = (header or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST_RETRY_AFTER_SECONDS)
    moment = _http_moment(text)
    if moment is None:
        return None
    seconds = (moment - (_http_moment(answered_at or "") or now)).total_seconds()
    return min(seconds, LONGEST_RETRY_AFTER_SECONDS) if seconds >= 0 else None


def _http_moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
