"""Saved views: query lines with names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.errors import InvalidRequestError
from core.tables.library import SavedViewRow

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class SavedView:
    """A query line with its name."""

    id: int
    name: str
    line: str


def list_views(session: Session, *, user_id: int) -> list[SavedView]:
    """Return a user's saved views in order of their names."""
    query = (
        select(SavedViewRow)
        .where(col(SavedViewRow.user_id) == user_id)
        .order_by(col(SavedViewRow.name))
    )
    return [SavedView(row.id, row.name, row.line) for row in session.exec(query)]


def save_view(
    session: Session, *, view_id: int, user_id: int, name: str, line: str, now: datetime
) -> None:
    """Store a line under a name, replacing an earlier one; InvalidRequestError."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidRequestError.of("name", f"A view's name has 1 to {LONGEST_NAME} letters.")
    remove_view(session, user_id=user_id, name=name)
    session.add(SavedViewRow(id=view_id, user_id=user_id, name=name, line=line, created_at=now))
    session.flush()


def remove_view(session: Session, *, user_id: int, name: str) -> None:
    """Delete a saved view, if there is one with that name."""
    session.execute(
        delete(SavedViewRow).where(
            col(SavedViewRow.user_id) == user_id, col(SavedViewRow.name) == name
        )
    )
