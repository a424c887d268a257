"""The progress of batches: counts, costs, time left and latest pictures, all read from rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.domain.batching import PROBLEMS, SETTLED, BatchState, LineState
from core.domain.money import Cost, dollars
from core.domain.wording import DOT
from core.records import attempts, batch_rows, batches, generations
from core.records.batches import Batch

_STATE_WORDS = tuple(
    (state, "unclear" if state is LineState.UNKNOWN else state.value)
    for state in (*PROBLEMS, LineState.CANCELLED, LineState.HELD)
)

FEWEST_SAMPLES, SAMPLES = 3, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress of a batch; `seconds_left` is None while it cannot be estimated."""

    batch: Batch
    counts: dict[LineState, int]
    cost: Cost
    seconds_left: float | None

    def count(self, *states: LineState) -> int:
        """Return how many lines are in any of the states."""
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        """How many lines the batch has."""
        return self.batch.line_count

    @property
    def settled(self) -> int:
        """How many lines the studio no longer works on."""
        return self.count(*SETTLED)

    @property
    def problems(self) -> int:
        """How many lines brought no picture for a reason that somebody should see."""
        return self.count(*PROBLEMS)

    @property
    def sentence(self) -> str:
        """Return it all in one line: `37/120 · 2 failed · 1 unclear · about 4 min · $1.11`."""
        parts = [f"{self.count(LineState.DONE):,}/{self.total:,}"]
        parts += [
            f"{self.count(state):,} {words}" for state, words in _STATE_WORDS if self.count(state)
        ]
        if self.seconds_left is not None and self.batch.state is BatchState.RUNNING:
            parts.append(time_words(self.seconds_left))
        cost = self.cost
        amounts = [dollars(cost.certain_microusd)]
        if cost.possible_microusd:
            amounts.append(f"perhaps {dollars(cost.possible_microusd)} more")
        parts.append(", ".join(amounts))
        return DOT.join(parts)


def look(session: Session, batch_id: int) -> Progress:
    """Return the progress of one batch."""
    batch = batches.load(session, batch_id)
    counts = batch_rows.count(session, [batch_id])[batch_id]
    return Progress(
        batch=batch,
        counts=counts,
        cost=attempts.cost_of_batch(session, batch_id),
        seconds_left=_seconds_left(session, batch, counts),
    )


def summaries(session: Session, found: Sequence[Batch]) -> list[Progress]:
    """Return the progress of several batches, without the time left."""
    counts = batch_rows.count(session, [batch.id for batch in found])
    return [
        Progress(
            batch=batch,
            counts=counts[batch.id],
            cost=attempts.cost_of_batch(session, batch.id),
            seconds_left=None,
        )
        for batch in found
    ]


def time_words(seconds: float) -> str:
    """Return a duration in everyday words."""
    if seconds < 90:
        return f"about {max(round(seconds / 5) * 5, 5):.0f} s"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"


def _seconds_left(session: Session, batch: Batch, counts: dict[LineState, int]) -> float | None:
    """Return the time left at the rate of the latest pictures; None if there are too few."""
    left = counts.get(LineState.WAITING, 0) + counts.get(LineState.RUNNING, 0)
    ends = sorted(
        one.completed_at
        for one in generations.latest_of_batch(session, batch.id, limit=SAMPLES)
        if one.completed_at is not None and not one.cached
    )
    if not left or len(ends) < FEWEST_SAMPLES:
        return None
    return left * (ends[-1] - ends[0]).total_seconds() / (len(ends) - 1)
