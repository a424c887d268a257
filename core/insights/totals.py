"""Sums over a period and what follows from them; what cannot be said is None and never 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.figures.measures import STATUS_MEASURES

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of some rows of figures, by measure."""

    amounts: Mapping[str, int]

    def of(self, measure: str) -> int:
        """Return the sum of one measure."""
        return self.amounts.get(measure, 0)

    @property
    def asked(self) -> int:
        """Pictures asked for, whatever came of them."""
        return self.of("asked")

    @property
    def by_status(self) -> dict[str, int]:
        """Pictures by state; the three states in the middle are `processing`."""
        return {name: self.of(name) for name in STATUS_MEASURES}

    @property
    def by_mode(self) -> dict[str, int]:
        """Pictures by mode."""
        return {"ai": self.of("ai"), "manual": self.of("manual")}

    @property
    def ended(self) -> int:
        """Pictures that came to an end nobody chose: completed, failed, blocked or unknown."""
        return sum(self.of(name) for name in ("completed", "failed", "blocked", "unknown"))

    @property
    def success_percent(self) -> float | None:
        """Completed among `ended`; cancelled and waiting ones are neither success nor failure."""
        return _share(self.of("completed"), self.ended)

    @property
    def retry_percent(self) -> float | None:
        """Pictures that needed a second try among those that were tried."""
        return _share(self.of("repeated"), self.of("tried"))

    @property
    def hit_percent(self) -> float | None:
        """Answered by the cache among the requests that looked into it."""
        return _share(self.of("hits"), self.of("eligible"))

    @property
    def average_run_seconds(self) -> float | None:
        """Mean time of making a picture; reused ones are left out."""
        return _mean(self.of("run_microseconds"), self.of("run_count"), _MICRO)

    @property
    def average_quality(self) -> float | None:
        """Mean of the first version's quality score, which is completeness of the parameters."""
        return _mean(self.of("quality_millionths"), self.of("quality_count"), _MICRO)

    @property
    def ratings(self) -> dict[int, int]:
        """How often each number of stars was given."""
        return {stars: self.of(f"rated_{stars}") for stars in range(1, 6)}

    @property
    def rated(self) -> int:
        """Pictures with a rating."""
        return sum(self.ratings.values())

    @property
    def average_rating(self) -> float | None:
        """Mean number of stars."""
        return _mean(sum(stars * count for stars, count in self.ratings.items()), self.rated)

    @property
    def saved_seconds(self) -> float:
        """Time that making the reused pictures again would have taken."""
        return self.of("saved_microseconds") / _MICRO

    @property
    def spent_microusd(self) -> int:
        """Charged for certain or perhaps; a charge nobody knows of is not taken for 0."""
        return self.of("certain_microusd") + self.of("possible_microusd")


def add_up(parts: list[Totals]) -> Totals:
    """Return the sums of several totals."""
    sums: dict[str, int] = {}
    for part in parts:
        for name, amount in part.amounts.items():
            if amount:
                sums[name] = sums.get(name, 0) + amount
    return Totals(sums)


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _mean(total: int, count: int, unit: int = 1) -> float | None:
    return total / count / unit if count else None
