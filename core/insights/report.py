"""Everything the Statistics page shows of one scope and period, gathered in one moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from core.domain.vocabulary import PARAMETER_NAMES
from core.figures.measures import PAIR, UNSET, percentile
from core.insights import rows
from core.insights.period import FigureScope, Period
from core.insights.totals import Totals, add_up


@dataclass(frozen=True, slots=True)
class Durations:
    """How long something took, as counts by histogram bucket; percentiles are 2 % exact."""

    buckets: dict[int, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many durations there are."""
        return sum(self.buckets.values())

    @property
    def p50(self) -> float | None:
        """The seconds that half of them do not exceed."""
        return percentile(self.buckets, 0.50)

    @property
    def p95(self) -> float | None:
        """The seconds that 95 of 100 do not exceed."""
        return percentile(self.buckets, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsReport:
    """Figures of a scope and a period, and of the period before where there is one."""

    scope: FigureScope
    period: Period
    totals: Totals
    totals_before: Totals | None
    durations_before: Durations
    days: dict[date, Totals]
    engines: dict[str, Totals]
    run: dict[str, Durations]
    wait: dict[str, Durations]
    values: dict[str, Counter[str]]
    pairs: Counter[tuple[str, str]]
    projects: dict[int, Totals]
    daily_budget_microusd: int | None

    @property
    def durations(self) -> Durations:
        """Run times of all engines of the scope together."""
        return _merge(self.run)

    @property
    def waits(self) -> Durations:
        """Waiting times of all engines of the scope together."""
        return _merge(self.wait)


def read_report(
    session: Session,
    scope: FigureScope,
    period: Period,
    *,
    compares: bool,
    daily_budget_microusd: int | None,
) -> StatisticsReport:
    """Return the figures; without `compares` nothing is said of the period before."""
    days = rows.read_days(session, scope, period)
    tallies = rows.read_tallies(session, scope, period)
    before, slower = None, Durations()
    if compares:
        before = rows.read_sums(session, *scope.place, scope.family, period.before)
        earlier = rows.read_tallies(session, scope, period.before, kinds=("run",))
        slower = _merge(_durations(earlier, "run"))
    by_engine: dict[str, list[Totals]] = {}
    by_day: dict[date, list[Totals]] = {}
    for day, engine, totals in days:
        by_engine.setdefault(engine, []).append(totals)
        by_day.setdefault(day, []).append(totals)
    engines = {engine: add_up(parts) for engine, parts in by_engine.items()}
    return StatisticsReport(
        scope=scope,
        period=period,
        totals=add_up(list(engines.values())),
        totals_before=before,
        durations_before=slower,
        days={day: parts[0] if len(parts) == 1 else add_up(parts) for day, parts in by_day.items()},
        engines=engines,
        run=_durations(tallies, "run"),
        wait=_durations(tallies, "wait"),
        values={name: _values(tallies, name) for name in PARAMETER_NAMES},
        pairs=_pairs(tallies),
        projects=rows.read_projects(session, scope.family, period),
        daily_budget_microusd=daily_budget_microusd,
    )


Tallies = dict[tuple[str, str], Counter[str]]


def _durations(tallies: Tallies, kind: str) -> dict[str, Durations]:
    return {
        engine: Durations({int(bucket): count for bucket, count in values.items()})
        for (found, engine), values in tallies.items()
        if found == kind
    }


def _values(tallies: Tallies, name: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for (kind, _), values in tallies.items():
        if kind == name:
            total.update(values)
    total.pop(UNSET, None)
    return total


def _pairs(tallies: Tallies) -> Counter[tuple[str, str]]:
    total: Counter[tuple[str, str]] = Counter()
    for (kind, _), values in tallies.items():
        if kind == PAIR:
            for value, count in values.items():
                lighting, _, palette = value.partition("|")
                total[lighting, palette] += count
    return total


def _merge(parts: dict[str, Durations]) -> Durations:
    total: Counter[int] = Counter()
    for part in parts.values():
        total.update(part.buckets)
    return Durations(dict(total))
