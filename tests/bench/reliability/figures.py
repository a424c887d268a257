"""What a run comes to, and how sure one can be of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.bench.reliability.provider import VirtualBria

End = Literal["delivered", "held", "failed"]
Z95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnd:
    """How one job ended for its caller; `recorded` counts the charges that its caller knows of."""

    job: int
    end: End
    seconds: float
    recorded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one policy on one schedule, of one seed or of several."""

    jobs: int
    delivered: int
    held: int
    failed: int
    charges: int
    duplicates: int
    unrecorded: int
    calls: int
    repeats: int
    seconds: tuple[float, ...]

    def percentile(self, percent: float) -> float:
        """Return the seconds within which so many of the delivered pictures came."""
        place = math.ceil(percent / 100 * len(self.seconds)) - 1
        return sorted(self.seconds)[max(place, 0)] if self.seconds else math.nan


def count(ends: Sequence[JobEnd], provider: VirtualBria) -> Figures:
    """Hold what the callers know against the provider's ledger.

    A second charge of one job is a duplicate. A charge is unrecorded if its caller does not know of
    it once the job has ended.
    """
    words = Counter(one.end for one in ends)
    charges_of = Counter(charge.job for charge in provider.ledger)
    return Figures(
        jobs=len(ends),
        delivered=words["delivered"],
        held=words["held"],
        failed=words["failed"],
        charges=len(provider.ledger),
        duplicates=len(provider.ledger) - len(charges_of),
        unrecorded=sum(max(charges_of[one.job] - one.recorded, 0) for one in ends),
        calls=provider.calls.total(),
        repeats=provider.repeats,
        seconds=tuple(one.seconds for one in ends if one.end == "delivered"),
    )


def pooled(parts: Iterable[Figures]) -> Figures:
    """Return the figures of several seeds together."""
    parts = list(parts)
    names = [name for name in Figures.__dataclass_fields__ if name != "seconds"]
    sums = {name: sum(getattr(part, name) for part in parts) for name in names}
    return Figures(**sums, seconds=tuple(second for part in parts for second in part.seconds))


def wilson(hits: int, cases: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927), which is honest at 0 and at 1 too."""
    share = hits / cases
    middle = share + Z95**2 / (2 * cases)
    reach = Z95 * math.sqrt(share * (1 - share) / cases + Z95**2 / (4 * cases**2))
    scale = 1 + Z95**2 / cases
    low = 0.0 if hits == 0 else (middle - reach) / scale
    high = 1.0 if hits == cases else (middle + reach) / scale
    return low, high
