"""The figures counted again from the generations, to fill them and to check them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, text
from sqlmodel import Session, SQLModel, select

from core.figures.contributions import read_all_contributions
from core.figures.measures import MEASURES
from core.figures.rollups import Sums, add_sums
from core.tables.figures import FigureRow, TallyRow
from core.tables.generation import GenerationRow


def recount(session: Session) -> Sums:
    """Return the figures as counted from generations and attempts."""
    sums = Sums()
    for one in read_all_contributions(session):
        sums.add(one)
    return sums


def differences(session: Session) -> list[str]:
    """Return one line for each row of figures that differs from a recount."""
    expected = recount(session)
    differences_found: list[str] = []
    for table, rows in (
        (FigureRow, expected.figure_rows()),
        (TallyRow, expected.tally_rows()),
    ):
        amounts = MEASURES if table is FigureRow else ("amount",)
        columns = table.__table__.columns  # type: ignore[union-attr]
        stored = [dict(row._mapping) for row in session.execute(select(*columns))]  # noqa: SLF001 - documented name
        differences_found += _compare(stored, rows, amounts)
    return differences_found


def rebuild(session: Session) -> list[str]:
    """Replace the figures by a recount and return what was wrong before.

    Other writers wait for the end of this transaction.
    """
    _lock(session)
    found = differences(session)
    if found:
        session.execute(delete(FigureRow))
        session.execute(delete(TallyRow))
        add_sums(session, recount(session))
    return found


def fill_if_empty(session: Session) -> None:
    """Count what was made before there were figures; otherwise costs two short queries."""
    if not _has_rows(session, FigureRow) and _has_rows(session, GenerationRow):
        _lock(session)
        # another process may have filled them while this one waited
        if not _has_rows(session, FigureRow):
            add_sums(session, recount(session))


def _has_rows(session: Session, table: type[SQLModel]) -> bool:
    return session.exec(select(1).select_from(table).limit(1)).first() is not None


def _lock(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        names = "generation, attempt, figure_tally, figure"
        session.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def _compare(
    stored: list[dict[str, Any]], expected: list[dict[str, Any]], amounts: tuple[str, ...]
) -> list[str]:
    """Return the differences; a row of zeros counts as no row."""

    def by_key(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, int]]:
        split = (
            (
                tuple(value for name, value in row.items() if name not in amounts),
                {name: row[name] for name in amounts if row[name]},
            )
            for row in rows
        )
        return {key: values for key, values in split if values}

    left, right = by_key(stored), by_key(expected)
    return [
        f"{' '.join(map(str, key))}: {name} is {left.get(key, {}).get(name, 0)}, "
        f"and a recount says {right.get(key, {}).get(name, 0)}"
        for key in sorted(left.keys() | right.keys())
        for name in amounts
        if left.get(key, {}).get(name, 0) != right.get(key, {}).get(name, 0)
    ]
