"""The figures of a scope and period, read from their rows, with what follows from them.

What is undefined, such as a mean of nothing, is None and never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func
from sqlmodel import Session, col, select

from core.domain.engines import PREVIEWS, Family
from core.domain.states import State, rest_status
from core.domain.vocabulary import PARAMETER_NAMES
from core.figures.measures import (
    MEASURES,
    MILLION,
    PAIR,
    STATUS_MEASURES,
    TALLY_KINDS,
    UNSET,
    percentile,
)
from core.insights.period import FigureScope, Period
from core.tables.figures import FigureRow, TallyRow
from core.tables.generation import GenerationRow

Tallies = dict[tuple[str, str], Counter[str]]
"""How often each value occurs, by kind and engine."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of some rows of figures, by measure."""

    amounts: Mapping[str, int]

    def of(self, measure: str) -> int:
        """Return the sum of one measure."""
        return self.amounts.get(measure, 0)

    @property
    def asked(self) -> int:
        """Pictures requested, whatever their outcome."""
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
        """Pictures that ended without anybody's choice: completed, failed, blocked or unknown."""
        return sum(self.of(name) for name in ("completed", "failed", "blocked", "unknown"))

    @property
    def success_percent(self) -> float | None:
        """Completed among `ended`; cancelled and waiting ones are neither success nor failure."""
        return _share(self.of("completed"), self.ended)

    @property
    def retry_percent(self) -> float | None:
        """Pictures that needed a second try, among those that were tried."""
        return _share(self.of("repeated"), self.of("tried"))

    @property
    def hit_percent(self) -> float | None:
        """Requests answered by the cache, among those that used it."""
        return _share(self.of("hits"), self.of("eligible"))

    @property
    def average_run_seconds(self) -> float | None:
        """Mean time of making a picture, without reused ones."""
        return _mean(self.of("run_microseconds"), self.of("run_count"), MILLION)

    @property
    def average_quality(self) -> float | None:
        """Mean of the first version's quality score, which is completeness of the parameters."""
        return _mean(self.of("quality_millionths"), self.of("quality_count"), MILLION)

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
        """The time that making the reused pictures again would have taken."""
        return self.of("saved_microseconds") / MILLION

    @property
    def spent_microusd(self) -> int:
        """Certainly or possibly charged; an unknown charge does not count as 0."""
        return self.of("certain_microusd") + self.of("possible_microusd")


def add_up(parts: list[Totals]) -> Totals:
    """Return the sums of several totals."""
    sums: dict[str, int] = {}
    for part in parts:
        for name, amount in part.amounts.items():
            if amount:
                sums[name] = sums.get(name, 0) + amount
    return Totals(sums)


Day = tuple[date, str, Totals]
"""A UTC day, an engine, and what was made."""


@dataclass(frozen=True, slots=True)
class Durations:
    """Durations as counts by histogram bucket; percentiles are exact to 2 %."""

    buckets: dict[int, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many durations there are."""
        return sum(self.buckets.values())

    @property
    def p50(self) -> float | None:
        """The median in seconds."""
        return percentile(self.buckets, 0.50)

    @property
    def p95(self) -> float | None:
        """The 95th percentile in seconds."""
        return percentile(self.buckets, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsReport:
    """The figures of a scope and period, and of the period before if it is compared."""

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
    """Return the figures; without `compares` the period before is not read."""
    days = read_days(session, scope, period)
    tallies = read_tallies(session, scope, period)
    before, slower = None, Durations()
    if compares:
        before = read_sums(session, *scope.place, scope.family, period.before)
        earlier = read_tallies(session, scope, period.before, kinds=("run",))
        slower = _merge(_durations(earlier, "run"))
    by_engine: dict[str, list[Totals]] = {}
    by_day: dict[date, list[Totals]] = {}
    for day, engine, totals in days:
        by_engine.setdefault(engine, []).append(totals)
        by_day.setdefault(day, []).append(totals)
    engines = {engine: add_up(parts) for engine, parts in by_engine.items()}
    values: dict[str, Counter[str]] = {name: Counter() for name in PARAMETER_NAMES}
    pairs: Counter[tuple[str, str]] = Counter()
    for (kind, _), counts in tallies.items():
        if kind in values:
            values[kind].update({value: n for value, n in counts.items() if value != UNSET})
        elif kind == PAIR:
            for value, n in counts.items():
                lighting, _, palette = value.partition("|")
                pairs[lighting, palette] += n
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
        values=values,
        pairs=pairs,
        projects=read_projects(session, scope.family, period),
        daily_budget_microusd=daily_budget_microusd,
    )


def read_days(session: Session, scope: FigureScope, period: Period) -> list[Day]:
    """Return the figures of each day and engine that has any, oldest first."""
    columns = FigureRow.__table__.columns  # type: ignore[attr-defined]
    dimension, key = scope.place
    query = (
        select(*(columns[name] for name in ("day", "engine", *MEASURES)))
        .where(
            col(FigureRow.dimension) == dimension,
            col(FigureRow.key) == key,
            _within(FigureRow, period),
            _of_family(FigureRow, scope.family),
        )
        .order_by(col(FigureRow.day), col(FigureRow.engine))
    )
    # without the ORM, which takes as long as the database for so many columns
    found = session.connection().execute(query)
    return [
        (date.fromisoformat(day), engine, Totals(dict(zip(MEASURES, amounts, strict=True))))
        for day, engine, *amounts in found
    ]


def read_sums(session: Session, dimension: str, key: int, family: Family, period: Period) -> Totals:
    """Return the sums of a period in one row."""
    columns = FigureRow.__table__.columns  # type: ignore[attr-defined]
    query = select(*(func.coalesce(func.sum(columns[name]), 0) for name in MEASURES)).where(
        col(FigureRow.dimension) == dimension,
        col(FigureRow.key) == key,
        _within(FigureRow, period),
        _of_family(FigureRow, family),
    )
    sums = session.execute(query).one()
    return Totals({name: int(amount) for name, amount in zip(MEASURES, sums, strict=True)})


def read_tallies(
    session: Session, scope: FigureScope, period: Period, *, kinds: tuple[str, ...] = TALLY_KINDS
) -> Tallies:
    """Return how often each value occurs, by kind and engine.

    Whole months are read from rows of their own, so a long period costs about as much as a short
    one.
    """
    day = col(TallyRow.day)
    parts = [day.between(a.isoformat(), b.isoformat()) for a, b in period.loose_days]
    parts += [day.in_(period.months)] if period.months else []
    dimension, key = scope.place
    summed = (
        select(TallyRow.kind, TallyRow.engine, TallyRow.value, func.sum(TallyRow.amount))
        .where(
            col(TallyRow.dimension) == dimension,
            col(TallyRow.key) == key,
            col(TallyRow.kind).in_(kinds),
            _of_family(TallyRow, scope.family),
        )
        .group_by(col(TallyRow.kind), col(TallyRow.engine), col(TallyRow.value))
    )
    found: Tallies = {}
    for part in parts:
        for kind, engine, value, amount in session.execute(summed.where(part)):
            if amount:
                found.setdefault((kind, engine), Counter())[value] += int(amount)
    return found


def read_projects(session: Session, family: Family, period: Period) -> dict[int, Totals]:
    """Return pictures and money of each project that has any."""
    names = ("asked", "certain_microusd", "possible_microusd", "estimated_microusd")
    columns = FigureRow.__table__.columns  # type: ignore[attr-defined]
    query = (
        select(FigureRow.key, *(func.sum(columns[name]) for name in names))
        .where(
            col(FigureRow.dimension) == "project",
            _within(FigureRow, period),
            _of_family(FigureRow, family),
        )
        .group_by(col(FigureRow.key))
    )
    return {
        row[0]: Totals({name: int(amount) for name, amount in zip(names, row[1:], strict=True)})
        for row in session.execute(query)
        if row[1]
    }


def read_extent(session: Session) -> dict[Family, tuple[date, date]]:
    """Return the first and the last day with figures, for each family that has any."""
    preview = col(FigureRow.engine).in_(PREVIEWS)
    query = (
        select(preview, func.min(FigureRow.day), func.max(FigureRow.day))
        .where(col(FigureRow.dimension) == "all", col(FigureRow.asked) > 0)
        .group_by(preview)
    )
    return {
        "preview" if is_preview else "provider": (date.fromisoformat(a), date.fromisoformat(b))
        for is_preview, a, b in session.execute(query)
    }


def read_engine_sums(session: Session) -> Mapping[str, Mapping[str, int]]:
    """Return every measure of each engine that was ever used, summed over all days."""
    sums = (func.sum(getattr(FigureRow, measure)) for measure in MEASURES)
    query = (
        select(FigureRow.engine, *sums)
        .where(col(FigureRow.dimension) == "all")
        .group_by(FigureRow.engine)
        .order_by(FigureRow.engine)
    )
    return {
        engine: dict(zip(MEASURES, map(int, amounts), strict=True))
        for engine, *amounts in session.execute(query)
    }


def read_combination(
    session: Session, *, user_id: int, project_id: int, family: Family, period: Period
) -> Totals:
    """Return the first version's figures of one person in one project, counted from generations.

    There are no rows of figures for two filters together; the index on project and time finds the
    generations.
    """
    status = col(GenerationRow.status)
    made = col(GenerationRow.cached).is_(False)
    seconds, quality = col(GenerationRow.generation_seconds), col(GenerationRow.quality_score)
    sums: dict[str, Any] = {
        "asked": func.count(),
        **{
            name: _count_if(status.in_([one.value for one in State if rest_status(one) == name]))
            for name in STATUS_MEASURES
        },
        **{name: _count_if(col(GenerationRow.mode) == name) for name in ("ai", "manual")},
        "run_count": _count_if(and_(made, seconds.is_not(None))),
        "run_microseconds": func.sum(
            case((made, func.coalesce(seconds, 0.0) * 1_000_000), else_=0)
        ),
        "quality_count": _count_if(quality.is_not(None)),
        "quality_millionths": func.sum(func.coalesce(quality, 0.0) * 1_000_000),
        "eligible": _count_if(col(GenerationRow.use_cache).is_(True)),
        "hits": _count_if(col(GenerationRow.cached).is_(True)),
        "tried": _count_if(and_(made, col(GenerationRow.started_at).is_not(None))),
        "repeated": _count_if(col(GenerationRow.retry_count) > 0),
    }
    query = select(*sums.values()).where(
        col(GenerationRow.project_id) == project_id,
        col(GenerationRow.user_id) == user_id,
        col(GenerationRow.created_at) >= period.starts_at,
        col(GenerationRow.created_at) < period.ends_before,
        _of_family(GenerationRow, family),
    )
    found = session.execute(query).one()
    return Totals({name: round(amount or 0) for name, amount in zip(sums, found, strict=True)})


def _durations(tallies: Tallies, kind: str) -> dict[str, Durations]:
    return {
        engine: Durations({int(bucket): count for bucket, count in values.items()})
        for (found, engine), values in tallies.items()
        if found == kind
    }


def _merge(parts: dict[str, Durations]) -> Durations:
    total: Counter[int] = Counter()
    for part in parts.values():
        total.update(part.buckets)
    return Durations(dict(total))


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _within(table: type[FigureRow], period: Period) -> ColumnElement[bool]:
    return col(table.day).between(period.first.isoformat(), period.last.isoformat())


def _of_family(
    table: type[FigureRow | TallyRow | GenerationRow], family: Family
) -> ColumnElement[bool]:
    engine = col(table.engine)
    return engine.in_(PREVIEWS) if family == "preview" else engine.not_in(PREVIEWS)


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _mean(total: int, count: int, unit: int = 1) -> float | None:
    return total / count / unit if count else None
