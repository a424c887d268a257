"""The states of a batch and of its lines, and when a batch stops by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.states import WAITING, State


class BatchState(StrEnum):
    """The state of a batch; only a running one requests pictures."""

    STORING = "storing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    PILOTED = "piloted"
    DONE = "done"
    CANCELLED = "cancelled"


class LineState(StrEnum):
    """The state of one line of a batch; `held` waits for the decision after a test run."""

    WAITING = "waiting"
    HELD = "held"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


OPEN_BATCH = frozenset(
    {BatchState.RUNNING, BatchState.PAUSED, BatchState.STOPPED, BatchState.PILOTED}
)
"""States from which a batch can be cancelled."""

RESUMABLE = frozenset({BatchState.PAUSED, BatchState.STOPPED})
"""States from which a person may let a batch continue."""

PROBLEMS = (LineState.FAILED, LineState.BLOCKED, LineState.UNKNOWN)
"""Lines that brought no picture, for a reason that somebody should see."""

SETTLED = frozenset({LineState.DONE, *PROBLEMS, LineState.CANCELLED})
"""Lines that the studio no longer works on by itself."""

LINES_WITHOUT_PICTURE = (LineState.FAILED, LineState.BLOCKED, LineState.CANCELLED)
"""Lines that have ended without a picture; the picture may be paid for and can then be fetched."""

FEWEST_SETTLED = 10
"""With fewer settled lines than this, a share of failures means nothing."""

_LINE_OF = {
    State.COMPLETED: LineState.DONE,
    State.FAILED: LineState.FAILED,
    State.BLOCKED: LineState.BLOCKED,
    State.UNKNOWN: LineState.UNKNOWN,
    State.CANCELLED: LineState.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRules:
    """When a batch stops by itself; shares are of the lines settled since it was last resumed."""

    continue_on_error: bool = True
    failed_share: float | None = None
    blocked_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What a person had seen when they let the batch continue; it does not count against it again.

    `failed` counts every line without a picture that may have cost money: failed, unclear, late.
    """

    settled: int = 0
    failed: int = 0
    blocked: int = 0


Counts = Mapping[LineState, int]
"""How many lines are in each state; states without lines may be missing."""


def line_state_of(state: State) -> LineState:
    """Return the state of a line whose generation is in this state."""
    return LineState.RUNNING if state in WAITING else _LINE_OF[state]


def acknowledged_of(counts: Counts, *, late: int = 0) -> Acknowledged:
    """Return everything that has gone wrong so far, as seen by a person.

    `late` counts running lines whose picture is paid for and could not be fetched yet.
    """
    unclear = counts.get(LineState.UNKNOWN, 0)
    return Acknowledged(
        settled=sum(counts.get(state, 0) for state in SETTLED) + late,
        failed=counts.get(LineState.FAILED, 0) + unclear + late,
        blocked=counts.get(LineState.BLOCKED, 0),
    )


def still_acknowledged(acknowledged: Acknowledged, now: Acknowledged) -> Acknowledged:
    """Return what was seen, less what was mended since and must not hide new problems."""
    return Acknowledged(
        settled=min(acknowledged.settled, now.settled),
        failed=min(acknowledged.failed, now.failed),
        blocked=min(acknowledged.blocked, now.blocked),
    )


def reason_to_stop(
    counts: Counts, rules: StopRules, acknowledged: Acknowledged, *, late: int = 0, money: str = ""
) -> str | None:
    """Return the sentence that says why a batch must stop now, or None to continue.

    Unclear and late rows count as failed, since they may be paid for; `money` says what all such
    rows may have cost.
    """
    now = acknowledged_of(counts, late=late)
    seen = still_acknowledged(acknowledged, now)
    settled = now.settled - seen.settled
    if settled < FEWEST_SETTLED:
        return None
    has_unclear = late or counts.get(LineState.UNKNOWN, 0)
    for word, count, limit in (
        (
            "failed or are unclear" if has_unclear else "failed",
            now.failed - seen.failed,
            rules.failed_share,
        ),
        ("were blocked", now.blocked - seen.blocked, rules.blocked_share),
    ):
        if limit is not None and count / settled > limit:
            words = f", {money}" if money and word != "were blocked" else ""
            return (
                f"{count} of the last {settled} rows {word}{words}, more than the {limit:.0%} you "
                "allow. The rest waits; look at the problems, then resume or cancel."
            )
    return None
