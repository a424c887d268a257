"""What one generation adds to the figures: whole numbers that can be added and subtracted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.domain.states import State
from core.domain.vocabulary import PARAMETER_NAMES

GAMMA = 1.04
"""Width of a histogram bucket: a percentile read from it is off by at most 2 %, half the width."""

SHORTEST_SECONDS = 1e-3

PAIR = "lighting×color_palette"
"""The kind of tally that counts lighting and palette together, as `studio|warm`."""

TALLY_KINDS = ("run", "wait", *PARAMETER_NAMES, PAIR)

UNSET = ""
"""The value of a parameter that was left open."""

MILLION = 1_000_000
"""Seconds and shares are summed up as whole millionths, so that sums are exact."""

_STATUS_MEASURES = {
    State.QUEUED: "queued",
    State.SUBMITTING: "processing",
    State.ACCEPTED: "processing",
    State.DOWNLOADING: "processing",
    State.COMPLETED: "completed",
    State.FAILED: "failed",
    State.BLOCKED: "blocked",
    State.CANCELLED: "cancelled",
    State.UNKNOWN: "unknown",
}
STATUS_MEASURES = tuple(dict.fromkeys(_STATUS_MEASURES.values()))

MEASURES = (
    "asked",
    *STATUS_MEASURES,
    *("ai", "manual", "tried", "repeated", "repeats", "eligible", "hits"),
    *("run_count", "run_microseconds", "wait_count", "wait_microseconds"),
    *("quality_count", "quality_millionths"),
    *("rated_1", "rated_2", "rated_3", "rated_4", "rated_5"),
    *("certain_microusd", "possible_microusd", "estimated_microusd"),
    *("saved_microusd", "saved_microseconds"),
)
"""The columns of a row of figures, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """The columns of a generation that the figures count; `day` is the UTC day of its request."""

    day: str
    user_id: int
    project_id: int
    engine: str
    mode: str
    status: State
    parameters: dict[str, str]
    retry_count: int
    use_cache: bool
    cached: bool
    wait_seconds: float | None
    run_seconds: float | None
    quality_score: float | None
    rating: int | None
    estimated_microusd: int
    certain_microusd: int
    possible_microusd: int
    saved_microusd: int
    saved_seconds: float


def measures_of(one: Contribution) -> dict[str, int]:
    """Return what a generation adds to a row of figures, without zeros.

    A reused picture counts as requested and completed but not as tried, since it says nothing about
    an engine's speed or reliability.
    """
    found = {
        "asked": 1,
        _STATUS_MEASURES[one.status]: 1,
        one.mode: 1,
        "tried": int(one.wait_seconds is not None),
        "repeated": int(one.retry_count > 0),
        "repeats": one.retry_count,
        "eligible": int(one.use_cache),
        "hits": int(one.cached),
        **_sum_and_count("run", one.run_seconds),
        **_sum_and_count("wait", one.wait_seconds),
        "estimated_microusd": one.estimated_microusd,
        "certain_microusd": one.certain_microusd,
        "possible_microusd": one.possible_microusd,
        "saved_microusd": one.saved_microusd,
        "saved_microseconds": round(one.saved_seconds * MILLION),
    }
    if one.quality_score is not None:
        found |= {"quality_count": 1, "quality_millionths": round(one.quality_score * MILLION)}
    if one.rating is not None:
        found[f"rated_{one.rating}"] = 1
    return {name: amount for name, amount in found.items() if amount}


def tallies_of(one: Contribution) -> Iterator[tuple[str, str]]:
    """Return the kind and value of every tally that a generation adds one to.

    Kinds: `run` and `wait` with a histogram bucket, each parameter with its value or UNSET, and
    PAIR with lighting and palette.
    """
    if one.run_seconds is not None:
        yield "run", str(bucket_of(one.run_seconds))
    if one.wait_seconds is not None:
        yield "wait", str(bucket_of(one.wait_seconds))
    for name in PARAMETER_NAMES:
        yield name, one.parameters.get(name, UNSET)
    lighting, palette = (one.parameters.get(name) for name in ("lighting", "color_palette"))
    if lighting and palette:
        yield PAIR, f"{lighting}|{palette}"


def bucket_of(seconds: float) -> int:
    """Return the number of the histogram bucket for a duration in seconds."""
    return math.ceil(math.log(max(seconds, SHORTEST_SECONDS)) / math.log(GAMMA))


def seconds_of(bucket: int) -> float:
    """Return the seconds that represent a bucket, at most 2 % from any duration in it."""
    return 2 * GAMMA**bucket / (1 + GAMMA)


def percentile(buckets: Mapping[int, int], share: float) -> float | None:
    """Return the seconds below which a share of the durations lies, or None without any.

    Nearest rank: the smallest duration that at least `share` of all do not exceed.
    """
    total = sum(buckets.values())
    rank = max(math.ceil(share * total), 1)
    seen = 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= rank:
            return seconds_of(bucket)
    return None


def _sum_and_count(name: str, seconds: float | None) -> dict[str, int]:
    if seconds is None:
        return {}
    return {f"{name}_count": 1, f"{name}_microseconds": round(seconds * MILLION)}
