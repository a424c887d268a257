"""Periods of whole UTC days, and which pictures in them are counted.

A day of the figures is a UTC day, whoever looks at it. Budgets, the ledger and the provider's bill
count in UTC days, so the same picture of the same cost stands on the same day in all of them, and
two people in two zones read the same number. Days of the viewer's zone would need rows by the
quarter hour (Kathmandu is at +5:45), some 96 times as many, which the bar of a page of figures
does not allow. Pages say "UTC days", and `history_term` finds the very
pictures of a period, in whatever zone History is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from core.domain.engines import Family

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole UTC days from `first` to `last`, both counted."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @property
    def months(self) -> tuple[str, ...]:
        """The months that lie in it as a whole, as `2026-03`."""
        return tuple(f"{first:%Y-%m}" for first, _, is_whole in self._by_month if is_whole)

    @property
    def loose_days(self) -> tuple[tuple[date, date], ...]:
        """The stretches of days that lie in no whole month: first and last, within one month."""
        return tuple((first, last) for first, last, is_whole in self._by_month if not is_whole)

    @property
    def _by_month(self) -> Iterator[tuple[date, date, bool]]:
        """First and last day of it in each month, and whether they are all that the month has."""
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
        """The term of a History query that finds just these days, whatever the viewer's zone."""
        return f"utc-date:{self.first}..{self.last}"

    @property
    def starts_at(self) -> datetime:
        """The first moment that belongs to it."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends_before(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureScope:
    """Which pictures are meant: of a provider or previews, of one project or of all."""

    family: Family
    project_id: int | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Dimension and key of its rows of figures."""
        return ("all", 0) if self.project_id is None else ("project", self.project_id)


def last_days(days: int, today: date) -> Period:
    """Return the period of so many days that ends with `today`."""
    return Period(today - timedelta(days=days - 1), today)
