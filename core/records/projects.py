"""Projects: their names, colours and budgets, and moving pictures between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlmodel import Session, col

from core.database import in_chunks
from core.errors import InvalidRequestError, NotFoundError
from core.figures import rollups
from core.tables.generation import GenerationRow
from core.tables.studio import ProjectRow, SpendRow

FIRST_PROJECT = 1
LONGEST_NAME = 60
COLOURS = ("#c2410c", "#0f766e", "#7c3aed", "#b45309", "#1d4ed8", "#be123c", "#4d7c0f", "#57534e")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project and its money in millionths of a dollar; a budget of None is no limit."""

    id: int
    name: str
    colour: str
    budget_microusd: int | None
    committed_microusd: int
    created_at: datetime
    archived_at: datetime | None


def list_projects(session: Session, *, with_archived: bool = False) -> list[Project]:
    """Return the projects in order of their names."""
    scope = "project:" + col(ProjectRow.id).cast(ProjectRow.__table__.c.name.type)  # type: ignore[attr-defined]
    query = (
        select(ProjectRow, col(SpendRow.committed_microusd))
        .outerjoin(SpendRow, col(SpendRow.scope) == scope)
        .order_by(col(ProjectRow.name))
    )
    if not with_archived:
        query = query.where(col(ProjectRow.archived_at).is_(None))
    return [
        Project(**row.model_dump(), committed_microusd=committed or 0)
        for row, committed in session.execute(query)
    ]


def names(reader: Connection | Session, *, with_archived: bool = True) -> dict[int, str]:
    """Return the name of every project by id, in the order in which they were made."""
    query = select(col(ProjectRow.id), col(ProjectRow.name)).order_by(col(ProjectRow.id))
    if not with_archived:
        query = query.where(col(ProjectRow.archived_at).is_(None))
    return dict(reader.execute(query).all())


def add_project(
    session: Session,
    *,
    project_id: int,
    name: str,
    colour: str,
    budget_microusd: int | None,
    now: datetime,
) -> None:
    """Add a project; InvalidRequestError if its name is taken or a field is illegal."""
    values = _checked({"name": name, "colour": colour, "budget_microusd": budget_microusd})
    _refuse_taken_name(session, values["name"], of_project=project_id)
    session.add(ProjectRow(id=project_id, created_at=now, **values))
    session.flush()
    rollups.note_change(session)


def change_project(session: Session, project_id: int, **fields: Any) -> None:  # noqa: ANN401 - columns
    """Change name, colour, budget_microusd or archived_at of a project.

    Raises InvalidRequestError or NotFoundError.
    """
    values = _checked(fields)
    if "name" in values:
        _refuse_taken_name(session, values["name"], of_project=project_id)
    if project_id == FIRST_PROJECT and values.get("archived_at"):
        raise InvalidRequestError.of(
            "archived_at", "The first project stays: it takes pictures that name no project."
        )
    changing = (
        update(ProjectRow)
        .where(col(ProjectRow.id) == project_id)
        .values(values)
        .returning(col(ProjectRow.id))
    )
    if session.scalars(changing).first() is None:
        raise NotFoundError(f"There is no project {project_id}.")
    rollups.note_change(session)


def movable(session: Session, ids: Sequence[int]) -> list[int]:
    """Return the pictures that have ended; the others may still cost something."""
    return [
        number
        for some in in_chunks(ids)
        for number in session.scalars(
            select(col(GenerationRow.id)).where(
                col(GenerationRow.id).in_(some), col(GenerationRow.completed_at).is_not(None)
            )
        )
    ]


def move_to_project(session: Session, ids: Sequence[int], project_id: int) -> dict[int, int]:
    """Move pictures to a project; return where they were, by id.

    Only this changes the project of a picture. Its cost moves in the same transaction
    (`ledger.transfer`). Raises NotFoundError.
    """
    if session.get(ProjectRow, project_id) is None:
        raise NotFoundError(f"There is no project {project_id}.")
    before: dict[int, int] = {}
    for some in in_chunks(ids):
        rollups.track(session, *some)
        chosen = col(GenerationRow.id).in_(some)
        query = select(col(GenerationRow.id), col(GenerationRow.project_id)).where(chosen)
        before |= dict(session.execute(query).all())
        session.execute(update(GenerationRow).where(chosen).values(project_id=project_id))
    return before


def _checked(changes: dict[str, Any]) -> dict[str, Any]:
    values = dict(changes)
    if "name" in values:
        values["name"] = " ".join(values["name"].split())
        if not 1 <= len(values["name"]) <= LONGEST_NAME:
            raise InvalidRequestError.of(
                "name", f"A project's name has 1 to {LONGEST_NAME} letters."
            )
    if "colour" in values and not _COLOUR.fullmatch(values["colour"]):
        raise InvalidRequestError.of("colour", "A colour is written like #c2410c.")
    if (values.get("budget_microusd") or 0) < 0:
        raise InvalidRequestError.of("budget", "A budget cannot be negative.")
    return values


def _refuse_taken_name(session: Session, name: str, *, of_project: int) -> None:
    taken = select(col(ProjectRow.id)).where(
        col(ProjectRow.name) == name, col(ProjectRow.id) != of_project
    )
    if session.scalars(taken).first() is not None:
        raise InvalidRequestError.of(
            "name", f"There is a project {name} already; choose another name."
        )
