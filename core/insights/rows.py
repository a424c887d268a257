"""Rows of figures, read for a scope and a period."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, case, func
from sqlmodel import Session, col, select

from core.domain.engines import PREVIEWS, Family
from core.domain.states import State, rest_status
from core.figures.measures import MEASURES, STATUS_MEASURES, TALLY_KINDS
from core.insights.period import FigureScope, Period
from core.insights.totals import Totals
from core.tables.figures import FigureRow, TallyRow
from core.tables.generation import GenerationRow

Day = tuple[date, str, Totals]
"""A UTC day, an engine, and what was made."""


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
    # without the ORM, which takes as long for so many columns as the database does
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
) -> dict[tuple[str, str], Counter[str]]:
    """Return how often each value occurs, by kind and engine.

    Whole months are read from their own rows, so a long period costs about as much as a short one.
    """
    day = col(TallyRow.day)
    found: dict[tuple[str, str], Counter[str]] = {}
    parts = [day.between(a.isoformat(), b.isoformat()) for a, b in period.loose_days]
    parts += [day.in_(period.months)] if period.months else []
    for part in parts:
        for kind, engine, value, amount in session.execute(_tallies(scope, kinds, part)):
            if amount:
                found.setdefault((kind, engine), Counter())[value] += int(amount)
    return found


def _tallies(scope: FigureScope, kinds: tuple[str, ...], part: ColumnElement[bool]) -> Executable:
    dimension, key = scope.place
    return (
        select(TallyRow.kind, TallyRow.engine, TallyRow.value, func.sum(TallyRow.amount))
        .where(
            col(TallyRow.dimension) == dimension,
            col(TallyRow.key) == key,
            col(TallyRow.kind).in_(kinds),
            part,
            _of_family(TallyRow, scope.family),
        )
        .group_by(col(TallyRow.kind), col(TallyRow.engine), col(TallyRow.value))
    )


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
    """Return the first and the last day that have figures, for each family that has any."""
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


def read_combination(
    session: Session, *, user_id: int, project_id: int, family: Family, period: Period
) -> Totals:
    """Return the first version's figures of one person in one project, counted from generations.

    There are no rows of figures for two filters together; the index on project and time finds
    the generations.
    """
    status = col(GenerationRow.status)
    made = col(GenerationRow.cached).is_(False)
    seconds, quality = col(GenerationRow.generation_seconds), col(GenerationRow.quality_score)
    sums: dict[str, Any] = {
        "asked": func.count(),
        **{name: _count_if(status.in_(_states(name))) for name in STATUS_MEASURES},
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


def _states(measure: str) -> list[str]:
    return [state.value for state in State if rest_status(state) == measure]


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _within(table: type[FigureRow], period: Period) -> ColumnElement[bool]:
    return col(table.day).between(period.first.isoformat(), period.last.isoformat())


def _of_family(
    table: type[FigureRow | TallyRow | GenerationRow], family: Family
) -> ColumnElement[bool]:
    engine = col(table.engine)
    return engine.in_(PREVIEWS) if family == "preview" else engine.not_in(PREVIEWS)
