"""The figures per day, changed in the same transaction as a generation.

Whoever is about to change a counted column calls `track` first. Right before the commit the
difference is added once, in a fixed order with the busiest row last, so that concurrent writers on
Postgres cannot deadlock.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from core.figures.contributions import read_contribution
from core.figures.measures import MEASURES, Contribution, measures_of, tallies_of
from core.tables.figures import CounterRow, FigureRow, TallyRow

FigureKey = tuple[str, int, str, str]
"""Dimension, key, day, engine."""

TallyKey = tuple[str, int, str, str, str, str]
"""Dimension, key, kind, day or month, engine, value."""

VERSION = "figures"

_FOLLOWED, _NOTED = "followed generations", "noted change"
_ORDER = {"user": 0, "project": 1, "all": 2}
_FIGURE_KEYS = ("dimension", "key", "day", "engine")
_TALLY_KEYS = ("dimension", "key", "kind", "day", "engine", "value")


class Sums:
    """Rows of figures and tallies in memory, to which generations are added or subtracted."""

    def __init__(self) -> None:
        self.figures: dict[FigureKey, Counter[str]] = {}
        self.tallies: Counter[TallyKey] = Counter()

    def add(self, one: Contribution, *, sign: int = 1) -> None:
        """Add what a generation counts for, or subtract it with `sign=-1`."""
        measures = measures_of(one)
        dimensions = (("user", one.user_id), ("project", one.project_id), ("all", 0))
        for dimension, key in dimensions:
            sums = self.figures.setdefault((dimension, key, one.day, one.engine), Counter())
            for name, amount in measures.items():
                sums[name] += sign * amount
        month = one.day[:7]
        for kind, value in tallies_of(one):
            for dimension, key in dimensions[1:]:
                self.tallies[dimension, key, kind, one.day, one.engine, value] += sign
                self.tallies[dimension, key, kind, month, one.engine, value] += sign

    def figure_rows(self) -> list[dict[str, Any]]:
        """Return the rows of figures that are not all 0, the busiest last."""
        return [
            {**dict(zip(_FIGURE_KEYS, key, strict=True)), **{name: sums[name] for name in MEASURES}}
            for key, sums in sorted(self.figures.items(), key=lambda item: _place(item[0]))
            if any(sums.values())
        ]

    def tally_rows(self) -> list[dict[str, Any]]:
        """Return the tallies that are not 0, the busiest last."""
        return [
            {**dict(zip(_TALLY_KEYS, key, strict=True)), "amount": amount}
            for key, amount in sorted(self.tallies.items(), key=lambda item: _place(item[0]))
            if amount
        ]


def track(session: Session, *generation_ids: int) -> None:
    """Update the figures with what this transaction is about to change in these generations."""
    followed = _followed(session)
    unseen = [one for one in generation_ids if one not in followed]
    if unseen:
        found = read_contribution(session, unseen, locks=True)
        followed.update({one: found.get(one) for one in unseen})


def track_new(session: Session, *generation_ids: int) -> None:
    """Count generations that this transaction has added."""
    for one in generation_ids:
        _followed(session).setdefault(one, None)


def note_change(session: Session) -> None:
    """Raise `version` with this transaction even if no figure changes, as for a tag."""
    _followed(session)
    session.info[_NOTED] = True


def version(reader: Connection | Session) -> int:
    """Return a number that changes with every change of what pages count."""
    query = select(CounterRow.amount).where(col(CounterRow.name) == VERSION)
    return reader.execute(query).scalar() or 0


def add_sums(session: Session, sums: Sums) -> None:
    """Add sums to the rows on disk, tallies first and the version last."""
    figures, tallies = sums.figure_rows(), sums.tally_rows()
    dialect = session.get_bind().dialect.name
    if tallies:
        session.execute(_upsert(dialect, TallyRow, _TALLY_KEYS, ("amount",)), tallies)
    if figures:
        session.execute(_upsert(dialect, FigureRow, _FIGURE_KEYS, MEASURES), figures)
    is_noted = session.info.pop(_NOTED, False)
    if figures or tallies or is_noted:
        one_more = {"name": VERSION, "amount": 1}
        session.execute(_upsert(dialect, CounterRow, ("name",), ("amount",)), one_more)


def _followed(session: Session) -> dict[int, Contribution | None]:
    if _FOLLOWED not in session.info:
        session.info[_FOLLOWED] = {}
        event.listen(session, "before_commit", _count_changes, once=True)
    followed: dict[int, Contribution | None] = session.info[_FOLLOWED]
    return followed


def _count_changes(session: Session) -> None:
    followed: dict[int, Contribution | None] = session.info.pop(_FOLLOWED)
    now = read_contribution(session, followed)
    sums = Sums()
    for generation_id, before in followed.items():
        after = now.get(generation_id)
        if before == after:
            continue
        if before is not None:
            sums.add(before, sign=-1)
        if after is not None:
            sums.add(after)
    add_sums(session, sums)


def _place(key: FigureKey | TallyKey) -> tuple[object, ...]:
    return (_ORDER[key[0]], *key[1:])


@lru_cache(maxsize=6)
def _upsert(
    dialect: str, table: type[SQLModel], keys: tuple[str, ...], amounts: tuple[str, ...]
) -> Any:  # noqa: ANN401 - two dialects, two types
    """Return the statement; building it anew would be half of the time that adding takes."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    adding = insert(table)
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return adding.on_conflict_do_update(
        index_elements=list(keys),
        set_={name: columns[name] + adding.excluded[name] for name in amounts},
    )
