"""What the days brought: pictures by status, success and retries, and cost with the budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from core.domain.money import MICROUSD, about_dollars, dollars
from core.insights.period import Period
from core.insights.report import StatisticsReport, Totals, add_up
from core.insights.targets import RETRY_PERCENT, SUCCESS_PERCENT
from pages.parts.statistics.chart import (
    Cell,
    Chart,
    ChartTable,
    Trace,
    axis,
    bars,
    colour,
    counting,
    level_line,
    spending,
    words_at_the_top,
)
from pages.parts.statistics.filters import FigureFilter

Step = Literal["day", "week", "month", "year"]

_MOST_BARS = 100
_DAYS: dict[Step, int] = {"day": 1, "week": 7, "month": 30, "year": 365}
_STATUSES = ("completed", "failed", "blocked", "unknown", "cancelled", "processing", "queued")
_STATUS_WORDS = tuple("unclear" if status == "unknown" else status for status in _STATUSES)
_MONEY = (("charged", "certain", "main"), ("perhaps", "possible", "warm"),
          ("reserved", "estimated", "faint"))  # fmt: skip
_FAR_ABOVE = 4
"""A budget this many times the highest bar would make the bars unreadably flat."""


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


def activity(report: StatisticsReport, bins: Bins, choice: FigureFilter) -> Chart:
    """Return how many pictures were asked for, by status."""
    traces = []
    for status, words in zip(_STATUSES, _STATUS_WORDS, strict=True):
        counts = [one.totals.of(status) for one in bins.found]
        if any(counts):
            links = [choice.link(f"status:{status}", period=one.period) for one in bins.found]
            hover = f"%{{x|%d %b %Y}}: %{{y:,}} {words}<extra></extra>"
            traces.append(
                bars(words, bins.starts, counts, links, hovertemplate=hover)
                | {"marker": {"color": colour(status)}}
            )
    highest = [one.totals.asked for one in bins.found]
    return Chart(
        key="activity",
        title=f"Pictures {bins.words}",
        fact=f"n = {report.totals.asked:,}",
        traces=traces,
        layout={
            "barmode": "stack",
            "showlegend": True,
            "xaxis": bins.axis,
            "yaxis": counting(highest),
        },
        table=_table(
            bins, choice, _STATUS_WORDS, lambda totals: [totals.of(name) for name in _STATUSES]
        ),
    )


def outcomes(report: StatisticsReport, bins: Bins, choice: FigureFilter) -> Chart:
    """Return the share that succeeded and the share that needed a second try."""
    totals = report.totals
    shown = [
        *(_share_line(bins, choice, "success") if totals.ended else ()),
        *(_share_line(bins, choice, "retries") if totals.of("tried") else ()),
    ]
    low = min((one for one in shown[:1] for one in one["y"] if one is not None), default=90)
    return Chart(
        key="outcomes",
        title="Success and retries",
        fact=f"{bins.words}, targets dotted",
        traces=shown,
        nothing="Nothing has ended yet; the first finished picture appears here.",
        layout={
            "xaxis": {**bins.axis, "anchor": "y2"},
            "yaxis": axis(
                domain=[0.5, 1], range=[min(low - 2, 88), 100.5], ticksuffix=" %", nticks=3
            ),
            "yaxis2": axis(domain=[0, 0.34], rangemode="tozero", ticksuffix=" %", nticks=3),
            "shapes": [level_line(SUCCESS_PERCENT), level_line(RETRY_PERCENT, axis_name="y2")],
            "annotations": [
                words_at_the_top("Success", x=0),
                words_at_the_top("Retried", y=0.34, x=0),
            ],
        },
        table=_table(bins, choice, ("Ended", "Success %", "Tried", "Retried %"), _shares),
    )


def cost(report: StatisticsReport, bins: Bins, choice: FigureFilter) -> Chart:
    """Return what was charged for certain, perhaps, and is reserved, against the budget."""
    traces: list[Trace] = []
    for name, measure, role in _MONEY:
        amounts = [one.totals.of(f"{measure}_microusd") / MICROUSD for one in bins.found]
        if any(amounts):
            links = [choice.link(period=one.period) for one in bins.found]
            hover = f"%{{x|%d %b %Y}}: $%{{y:,.2f}} {name}<extra></extra>"
            traces.append(
                bars(name, bins.starts, amounts, links, hovertemplate=hover)
                | {"marker": {"color": colour(role)}}
            )
    top = max((sum(_amounts(one.totals)) for one in bins.found), default=0.0)
    layout: dict[str, object] = {
        "barmode": "stack",
        "xaxis": bins.axis,
        "yaxis": spending([top]),
        "showlegend": len(traces) > 1,
    }
    if report.daily_budget_microusd is not None:
        words = f"budget {dollars(report.daily_budget_microusd)} a day"
        limit = report.daily_budget_microusd * bins.days / MICROUSD
        if limit > _FAR_ABOVE * top:
            layout["annotations"] = [words_at_the_top(f"{words}, far above")]
        else:
            layout["shapes"] = [level_line(limit)]
            layout["annotations"] = [words_at_the_top(words)]
            layout["yaxis"] = {**spending([top]), "range": [0, 1.05 * max(limit, top)]}
    return Chart(
        key="cost",
        title=f"Cost {bins.words}",
        fact=f"{about_dollars(report.totals.of('certain_microusd'))} charged",
        traces=traces,
        layout=layout,
        nothing="Previews are free."
        if report.scope.family == "preview"
        else "Nothing was spent in this period.",
        table=_table(bins, choice, [f"{name} $" for name, _, _ in _MONEY], _amounts),
    )


def _table(
    bins: Bins,
    choice: FigureFilter,
    heads: Sequence[str],
    cells: Callable[[Totals], Sequence[Cell]],
) -> ChartTable:
    """Return a row for each step of the period, with what `cells` says of its sums."""
    return ChartTable(
        heads=("From (UTC)", *heads),
        rows=[(one.period.first.isoformat(), *cells(one.totals)) for one in bins.found],
        links=[choice.link(period=one.period) for one in bins.found],
    )


def _shares(totals: Totals) -> Sequence[Cell]:
    success, retries = (
        None if share is None else round(share, 1)
        for share in (totals.success_percent, totals.retry_percent)
    )
    return totals.ended, success, totals.of("tried"), retries


def _amounts(totals: Totals) -> list[float]:
    return [totals.of(f"{measure}_microusd") / MICROUSD for _, measure, _ in _MONEY]


def _share_line(bins: Bins, choice: FigureFilter, kind: str) -> list[Trace]:
    is_success = kind == "success"
    places, cases = [], []
    for one in bins.found:
        totals = one.totals
        places.append(totals.success_percent if is_success else totals.retry_percent)
        cases.append(totals.ended if is_success else totals.of("tried"))
    links = [choice.link(period=one.period) for one in bins.found]
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": kind,
            "x": bins.starts,
            "y": places,
            "yaxis": "y" if is_success else "y2",
            "customdata": [list(pair) for pair in zip(links, cases, strict=True)],
            "marker": {"size": 5},
            "line": {"width": 2, "color": colour("main" if is_success else "alarm")},
            "hovertemplate": "%{x|%d %b %Y}: %{y:.1f} %, n = %{customdata[1]:,}<extra></extra>",
        }
    ]
