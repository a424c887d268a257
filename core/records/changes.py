"""A number that is another one after every change that lists of pictures can show."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from core.records import figures
from core.tables.figures import CounterRow

JUDGED = "judged"
"""Counts changes of tags, verdicts, the trash and batches, which no figure counts."""


def note_change(session: Session) -> None:
    """Count one change; called last in its transaction, since others wait for this row."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    adding = insert(CounterRow).values(name=JUDGED, amount=1)
    grown = {"amount": col(CounterRow.amount) + 1}
    session.execute(adding.on_conflict_do_update(index_elements=["name"], set_=grown))


def version(reader: Connection | Session) -> int:
    """Return a number that is another one after every change that lists can show."""
    counted: Any = func.coalesce(func.sum(col(CounterRow.amount)), 0)
    query = select(counted).where(col(CounterRow.name).in_((JUDGED, figures.VERSION)))
    return int(reader.execute(query).scalar_one())
