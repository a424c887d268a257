"""The states of a generation and the moves between them, as one table."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """The state of a generation; `unknown` may have been charged and needs a decision."""

    QUEUED = "queued"
    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    DOWNLOADING = "downloading"
    COMPLETED = "completed"
    FAILED = "failed"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SUBMITTING, State.ACCEPTED, State.FAILED, State.CANCELLED}),
    State.SUBMITTING: frozenset(
        {
            State.QUEUED,
            State.ACCEPTED,
            State.FAILED,
            State.BLOCKED,
            State.CANCELLED,
            State.UNKNOWN,
        }
    ),
    State.ACCEPTED: frozenset({State.DOWNLOADING, State.FAILED, State.BLOCKED, State.UNKNOWN}),
    State.DOWNLOADING: frozenset({State.COMPLETED, State.FAILED, State.BLOCKED, State.UNKNOWN}),
    State.UNKNOWN: frozenset({State.QUEUED, State.ACCEPTED, State.FAILED, State.CANCELLED}),
    State.COMPLETED: frozenset(),
    # an earlier order's picture may be paid for, and the provider may still have it
    State.FAILED: frozenset({State.ACCEPTED}),
    State.BLOCKED: frozenset({State.ACCEPTED}),
    State.CANCELLED: frozenset({State.ACCEPTED}),
}

FINAL = frozenset({State.COMPLETED, State.FAILED, State.BLOCKED, State.CANCELLED})
"""Final states; they are only left if a paid picture turns out to be still available."""

ENDED_WITHOUT_PICTURE = FINAL - {State.COMPLETED}

WAITING = frozenset({State.QUEUED, State.SUBMITTING, State.ACCEPTED, State.DOWNLOADING})
"""States in which the studio still works on the picture by itself."""

PROCESSING = frozenset({State.SUBMITTING, State.ACCEPTED, State.DOWNLOADING})
"""States that REST and the search call `processing`."""


def may_move(old: State, new: State) -> bool:
    """Return whether the table allows the move."""
    return new in MOVES[old]


def rest_states(status: str) -> frozenset[State]:
    """Return the states that REST calls `status`; ValueError for an unknown word."""
    if status == "pending":  # the word of the first version's API
        return frozenset({State.QUEUED})
    if status == "processing":
        return PROCESSING
    return frozenset({State(status)})


def rest_status(state: State) -> str:
    """Return the word that REST clients see: three states in the middle are `processing`."""
    return "processing" if state in PROCESSING else state.value
