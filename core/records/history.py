"""Pages of finished and unfinished pictures for programs: newest first, by offset or position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.database import in_chunks
from core.domain.states import State
from core.records.generations import Generation, older_than, to_generation, with_asked
from core.tables.generation import GenerationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose generations, of which project and in which states; None means any."""

    user_id: int
    project_id: int | None = None
    states: frozenset[State] | None = None


def page_of(
    session: Session,
    wanted: Wanted,
    *,
    limit: int,
    offset: int = 0,
    before: tuple[datetime, int] | None = None,
) -> Sequence[Generation]:
    """Return a page, newest first; `before` is the position of the last page's end.

    A page found by position stays the same while new pictures arrive above it, and costs the same
    however far back it is; neither holds for a page found by `offset`.
    """
    query = with_asked().where(*_conditions(wanted))
    if before is not None:
        query = query.where(older_than(*before))
    query = query.order_by(col(GenerationRow.created_at).desc(), col(GenerationRow.id).desc())
    return [to_generation(*one) for one in session.exec(query.limit(limit).offset(offset))]


def named(session: Session, ids: Sequence[int], *, user_id: int) -> list[Generation]:
    """Return those of a user's pictures that have these ids, in the order of the ids."""
    found: dict[int, Generation] = {}
    for some in in_chunks(ids):
        query = with_asked().where(
            col(GenerationRow.id).in_(some), col(GenerationRow.user_id) == user_id
        )
        found |= {one[0].id: to_generation(*one) for one in session.exec(query)}
    return [found[number] for number in dict.fromkeys(ids) if number in found]


def made_since(session: Session, wanted: Sequence[Generation]) -> frozenset[int]:
    """Return those pictures whose very request brought a picture after they were requested."""
    begun = {one.id: one.created_at for one in wanted if one.use_cache}
    made: set[int] = set()
    later = aliased(GenerationRow)
    for some in in_chunks(list(begun)):
        query = (
            select(col(GenerationRow.id))
            .join(later, col(later.cache_key) == col(GenerationRow.cache_key))
            .where(
                col(GenerationRow.id).in_(some),
                col(later.user_id) == col(GenerationRow.user_id),
                col(later.completed_at) > col(GenerationRow.created_at),
                col(later.image_sha256).is_not(None),
            )
        )
        made.update(session.exec(query))
    return frozenset(made)


def count_of(session: Session, wanted: Wanted) -> int:
    """Return how many there are in all."""
    return session.exec(
        select(func.count()).select_from(GenerationRow).where(*_conditions(wanted))
    ).one()


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [
        col(GenerationRow.user_id) == wanted.user_id,
        col(GenerationRow.trashed_at).is_(None),
    ]
    if wanted.project_id is not None:
        conditions.append(col(GenerationRow.project_id) == wanted.project_id)
    if wanted.states is not None:
        conditions.append(col(GenerationRow.status).in_(wanted.states))
    return conditions
