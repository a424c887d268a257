"""The trash: hidden pictures that can be restored; files stay while a row refers to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import Session, col

from core.cache import owned_forms
from core.database import in_chunks
from core.domain.states import FINAL
from core.figures import rollups
from core.tables.generation import GenerationRow, PayloadRow
from core.tables.library import TagRow

PURGED_PROMPT = "(removed)"


@dataclass(frozen=True, slots=True)
class SpareFile:
    """A file that no row refers to any more."""

    sha256: str
    media_type: str


def put_into_trash(session: Session, ids: Sequence[int], *, now: datetime) -> list[int]:
    """Move pictures to the trash and return the ids of those that moved.

    Pictures that are still being made, or wait for a decision about money, stay.
    """
    ended = col(GenerationRow.status).in_(sorted(FINAL))
    return _move(session, ids, now, ended, col(GenerationRow.trashed_at).is_(None))


def take_from_trash(session: Session, ids: Sequence[int]) -> list[int]:
    """Restore pictures and return the ids of those that came back."""
    trashed = col(GenerationRow.trashed_at).is_not(None)
    return _move(session, ids, None, trashed, col(GenerationRow.purged_at).is_(None))


def purge(session: Session, *, trashed_before: datetime, now: datetime) -> list[SpareFile]:
    """Empty what has been in the trash since before that moment; return its unused files.

    The words, the reasons and the picture are deleted. The row stays with its numbers, because the
    figures count them: what was spent, and how many stars were given; the average would otherwise
    rise as the worst pictures are deleted. The row is in no list. A file is unused if no other row
    shows it.
    """
    old = select(col(GenerationRow.id), GenerationRow.image_sha256, GenerationRow.image_type).where(  # type: ignore[call-overload]
        col(GenerationRow.trashed_at) < trashed_before,
        col(GenerationRow.purged_at).is_(None),
        col(GenerationRow.status).in_(sorted(FINAL)),
    )
    # locked, as a paid picture may be fetched again right now and then needs its words
    rows = session.execute(old.order_by(col(GenerationRow.id)).with_for_update()).all()
    for some in in_chunks([row[0] for row in rows]):
        session.execute(
            update(GenerationRow)
            .where(col(GenerationRow.id).in_(some))
            .values(
                purged_at=now,
                prompt=PURGED_PROMPT,
                instruction=None,
                image_sha256=None,
                image_type=None,
                verdict_reason=None,
                note=None,
            )
        )
        session.execute(delete(PayloadRow).where(col(PayloadRow.generation_id).in_(some)))
        session.execute(delete(TagRow).where(col(TagRow.generation_id).in_(some)))
        owned_forms.forget(session, some)
    if rows:
        rollups.note_change(session)
    spare = []
    for file in {SpareFile(sha, kind) for _, sha, kind in rows if sha and kind}:
        needing = select(col(GenerationRow.id)).where(
            col(GenerationRow.image_sha256) == file.sha256
        )
        if session.scalars(needing.limit(1)).first() is None:
            spare.append(file)
    return spare


def _move(
    session: Session,
    ids: Sequence[int],
    trashed_at: datetime | None,
    *conditions: ColumnElement[bool],
) -> list[int]:
    moved: list[int] = []
    for some in in_chunks(ids):
        moving = update(GenerationRow).where(col(GenerationRow.id).in_(some), *conditions)
        moved += session.scalars(
            moving.values(trashed_at=trashed_at).returning(col(GenerationRow.id))
        )
    rollups.note_change(session)
    return moved
