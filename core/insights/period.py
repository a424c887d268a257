"""Periods of whole UTC days, and which pictures in them are counted.

A day of the figures is a UTC day for every viewer. Budgets, the ledger and the provider's bill
count in UTC days too, so a picture's cost is on the same day in all of them, and people in
different zones read the same number. Days of the viewer's zone would need rows per quarter hour
(Kathmandu is at +5:45), 96 times as many, and a page of figures would be too slow. Pages say "UTC
days", and `history_term` finds exactly the pictures of a period, in whatever zone History is
viewed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from core.domain.engines import Family

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole UTC days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """The number of its days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @property
    def months(self) -> tuple[str, ...]:
        """The months that lie in it completely, such as `2026-03`."""
        return tuple(f"{first:%Y-%m}" for first, _, is_whole in self._by_month if is_whole)

    @property
    def loose_days(self) -> tuple[tuple[date, date], ...]:
        """First and last day of each stretch that is not a whole month, within one month each."""
        return tuple((first, last) for first, last, is_whole in self._by_month if not is_whole)

    @property
    def _by_month(self) -> Iterator[tuple[date, date, bool]]:
        """First and last day of it in each month, and whether they are the whole month."""
        month = self.first.replace(day=1)
        while month <= self.last:
            end = (month + timedelta(days=31)).replace(day=1) - _DAY
            yield (
                max(month, self.first),
                min(end, self.last),
                self.first <= month <= end <= self.last,
            )
            month = end + _DAY

    @property
    def history_term(self) -> str:
        """The term of a History query that finds exactly these days in any viewer's zone."""
        return f"utc-date:{self.first}..{self.last}"

    @property
    def starts_at(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends_before(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureScope:
    """Which pictures are counted: of providers or previews, of one project or of all."""

    family: Family
    project_id: int | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Dimension and key of its rows of figures."""
        return ("all", 0) if self.project_id is None else ("project", self.project_id)


def last_days(days: int, today: date) -> Period:
    """Return the period of `days` days that ends with `today`."""
    return Period(today - timedelta(days=days - 1), today)
