"""The faults a provider can have, and the seeded schedules that say when it has which.

Every fault is described as it looks on the wire; what it means is left to each policy. The mixes
are ours, as nobody publishes Bria's: see `MODEL`, which is printed above the table.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.engines.bria.wire import Channel

MODEL = (
    "Fault model: a job is one POST, polls until it is ready (12–20 s) and one download. "
    "*Independent p*: every call fails with chance p on its own. Of failed POSTs 25 % never left "
    "(refused, DNS, connect timeout), 20 % are refused in words (429, or 503 with Retry-After), "
    "35 % are 500, 502, 504 or a reset, of which 502 was accepted and charged all the same, and "
    "20 % are accepted with the answer lost (15 %) or cut after the number of the job (5 %). "
    "*Outage*: every call in the window fails; of POSTs 50 % never leave, 40 % are 503 without "
    "Retry-After, 502 or a reset, and 10 % are accepted with the answer lost. *429 storm*: every "
    "POST and poll in the window gets 429 with a Retry-After, in seconds or as a date, that names "
    "its end. All draws are seeded and the same for every policy."
)

RetryAfter = Literal["seconds", "date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One failed call: how long it takes, what comes back, and whether the order was taken.

    `word` is the wire's word for a broken call (`core.engines.bria.call_failures`). `retry_after`
    names the form of the header; it asks for `asked_seconds`, or for the rest of the outage.
    """

    seconds: float = 0.3
    status: int | None = None
    word: str | None = None
    unsent: bool = False
    accepted: bool = False
    retry_after: RetryAfter | None = None
    asked_seconds: float = 5.0


Mix = tuple[tuple[int, Fault], ...]

_REFUSED = Fault(word="refused", unsent=True, seconds=0.1)
_DNS = Fault(word="dns", unsent=True, seconds=0.1)
_NO_CONNECTION = Fault(word="connect_timeout", unsent=True, seconds=5.0)
_RESET = Fault(word="reset")
_SILENCE = Fault(word="read_timeout", seconds=30.0)
_LOST = Fault(word="read_timeout", seconds=30.0, accepted=True)
_CUT_ACCEPTANCE = Fault(status=202, word="cut_answer", accepted=True)
_BUSY_FOR = Fault(status=503, retry_after="seconds")
_LIMIT_SECONDS = Fault(status=429, retry_after="seconds")
_LIMIT_DATE = Fault(status=429, retry_after="date")
_CUT_IMAGE = Fault(status=200, word="cut_answer")


def _http(status: int, *, accepted: bool = False) -> Fault:
    return Fault(status=status, accepted=accepted)


_FAILED_POSTS: Mix = (
    (10, _REFUSED),
    (5, _DNS),
    (10, _NO_CONNECTION),
    (5, _LIMIT_SECONDS),
    (5, _LIMIT_DATE),
    (10, _BUSY_FOR),
    (10, _http(500)),
    (5, _http(502, accepted=True)),
    (10, _http(504)),
    (10, _RESET),
    (15, _LOST),
    (5, _CUT_ACCEPTANCE),
)
_FAILED_POLLS: Mix = (
    (15, _REFUSED),
    (10, _NO_CONNECTION),
    (10, _LIMIT_SECONDS),
    (15, _http(500)),
    (15, _http(502)),
    (10, _http(503)),
    (10, _http(504)),
    (10, _RESET),
    (5, _SILENCE),
)
_FAILED_DOWNLOADS: Mix = (
    (20, _REFUSED),
    (10, _NO_CONNECTION),
    (20, _CUT_IMAGE),
    (15, _http(403)),
    (15, _http(500)),
    (10, _http(503)),
    (10, _RESET),
)
_OUTAGE_POSTS: Mix = (
    (30, _REFUSED),
    (20, _NO_CONNECTION),
    (20, _http(503)),
    (10, _http(502)),
    (10, _RESET),
    (10, _LOST),
)
_OUTAGE_READS: Mix = (
    (30, _REFUSED),
    (20, _NO_CONNECTION),
    (20, _http(503)),
    (20, _http(502)),
    (10, _RESET),
)
_STORM: Mix = ((50, _LIMIT_SECONDS), (50, _LIMIT_DATE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span of virtual seconds, once or again and again."""

    first: float
    seconds: float
    every: float | None = None

    def seconds_left(self, moment: float) -> float | None:
        """Return how much of the span is left, or None outside of it."""
        since = moment - self.first
        if since < 0:
            return None
        if self.every is not None:
            since %= self.every
        return self.seconds - since if since < self.seconds else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When which call fails how."""

    title: str
    mixes: Mapping[Channel, Mix]
    chance: Mapping[Channel, float] = field(default_factory=dict)
    window: Window | None = None

    def strike(self, channel: Channel, moment: float, draw: random.Random) -> Fault | None:
        """Return the fault of a call, or None if it goes well."""
        if channel not in self.mixes:
            return None
        if self.window is not None:
            hit = self.window.seconds_left(moment) is not None
        else:
            hit = draw.random() < self.chance.get(channel, 0.0)
        if not hit:
            return None
        weights, faults = zip(*self.mixes[channel], strict=True)
        chosen: Fault = draw.choices(faults, weights)[0]
        return chosen

    def asked_seconds(self, fault: Fault, moment: float) -> float:
        """Return what a Retry-After of this fault asks for."""
        left = self.window.seconds_left(moment) if self.window else None
        return fault.asked_seconds if left is None else left


def _independent(percent: int) -> Schedule:
    return Schedule(
        title=f"independent {percent} %",
        mixes={"submit": _FAILED_POSTS, "poll": _FAILED_POLLS, "asset": _FAILED_DOWNLOADS},
        chance=dict.fromkeys(("submit", "poll", "asset"), percent / 100),
    )


def _outage(title: str, window: Window) -> Schedule:
    mixes: dict[Channel, Mix] = {
        "submit": _OUTAGE_POSTS,
        "poll": _OUTAGE_READS,
        "asset": _OUTAGE_READS,
    }
    return Schedule(title=title, mixes=mixes, window=window)


SCHEDULES: dict[str, Schedule] = {
    **{f"independent-{percent}": _independent(percent) for percent in (0, 1, 5, 10, 20)},
    "bursts": _outage("60 s outage every 10 min", Window(first=300, seconds=60, every=600)),
    "outage": _outage("one outage of 15 min", Window(first=300, seconds=900)),
    "storm": Schedule(
        title="429 storm, 2 of every 10 min",
        mixes={"submit": _STORM, "poll": _STORM},
        window=Window(first=300, seconds=120, every=600),
    ),
    "lost": Schedule(
        title="1 % lost answers", mixes={"submit": ((1, _LOST),)}, chance={"submit": 0.01}
    ),
    "cut": Schedule(
        title="1 % cut downloads", mixes={"asset": ((1, _CUT_IMAGE),)}, chance={"asset": 0.01}
    ),
}
