"""Days of a period, or weeks, months or years of a long one, as the bars of a chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from core.insights.period import Period
from core.insights.report import StatisticsReport, Totals, add_up
from pages.parts.statistics.plotly_dicts import axis

Step = Literal["day", "week", "month", "year"]

_MOST_BARS = 100
_DAYS: dict[Step, int] = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """What was made in one step; `starts` is where the step begins, also outside the period."""

    starts: date
    period: Period
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """The steps of a period, oldest first, each of one `step`."""

    step: Step
    found: tuple[Bin, ...]

    @property
    def words(self) -> str:
        """How wide a bar is, such as `a day`."""
        return f"a {self.step}"

    @property
    def days(self) -> int:
        """How many days a bar has, about."""
        return _DAYS[self.step]

    @property
    def starts(self) -> list[str]:
        """Where the bars stand."""
        return [one.starts.isoformat() for one in self.found]

    @property
    def axis(self) -> dict[str, Any]:
        """The axis of dates, with half a bar of room at both ends."""
        half = timedelta(days=self.days) / 2
        ends = (self.found[0].starts, self.found[-1].starts)
        reach = [f"{ends[0] - half:%Y-%m-%d %H:%M}", f"{ends[1] + half:%Y-%m-%d %H:%M}"]
        if self.step == "day":  # dates have no hours, so half a day is cut off
            reach = [f"{ends[0] - timedelta(days=1)} 12:00", f"{ends[1]} 12:00"]
        return axis(type="date", range=reach, tickformat="", nticks=6, showgrid=False)


def split(report: StatisticsReport) -> Bins:
    """Return the bins of a report: days for a short period, at most 100 in any case."""
    days = report.period.days
    step = next(step for step, length in _DAYS.items() if days / length <= _MOST_BARS)
    found: list[Bin] = []
    day = report.period.first
    while day <= report.period.last:
        if step == "day":
            starts, ends = day, day
        elif step == "week":
            monday = day - timedelta(days=day.weekday())
            starts, ends = monday, monday + timedelta(days=6)
        elif step == "month":
            first = day.replace(day=1)
            starts, ends = first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        else:
            starts, ends = day.replace(month=1, day=1), day.replace(month=12, day=31)
        last = min(ends, report.period.last)
        period = Period(day, last)
        inside = (day + timedelta(days=number) for number in range(period.days))
        sums = [report.days[one] for one in inside if one in report.days]
        found.append(
            Bin(starts=starts, period=period, totals=sums[0] if len(sums) == 1 else add_up(sums))
        )
        day = ends + timedelta(days=1)
    return Bins(step=step, found=tuple(found))
