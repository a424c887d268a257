"""The large fields of a generation: what was requested, sent, returned and understood."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, select

from core.domain.reading import Reading
from core.errors import NotFoundError
from core.tables.generation import PayloadRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """The large fields of a generation: what was requested, sent, returned and understood."""

    canonical: str
    asked_scene: str | None
    sent_body: str | None
    structured_prompt: str | None
    readings: tuple[Reading, ...]


def load_detail(session: Session, generation_id: int) -> Detail:
    """Return the large fields of one generation, or raise NotFoundError."""
    row = session.get(PayloadRow, generation_id)
    if row is None:
        raise NotFoundError(f"There is no generation {generation_id}.")
    return _detail(row)


def _detail(row: PayloadRow) -> Detail:
    return Detail(
        canonical=row.canonical,
        asked_scene=row.asked_scene,
        sent_body=row.sent_body,
        structured_prompt=row.structured_prompt,
        readings=tuple(Reading(**entry) for entry in json.loads(row.readings or "[]")),
    )


def load_details(session: Session, generation_ids: Sequence[int]) -> dict[int, Detail]:
    """Return the wide parts of some generations by number."""
    query = select(PayloadRow).where(col(PayloadRow.generation_id).in_(generation_ids))
    return {row.generation_id: _detail(row) for row in session.exec(query)}


def keep_detail(
    session: Session,
    generation_id: int,
    *,
    structured_prompt: str | None,
    readings: tuple[Reading, ...],
) -> None:
    """Store what the engine returned and understood."""
    readings_json = json.dumps(
        [{"aspect": r.aspect, "choice": r.choice, "source": r.source} for r in readings],
        ensure_ascii=False,
    )
    session.execute(
        update(PayloadRow)
        .where(col(PayloadRow.generation_id) == generation_id)
        .values(structured_prompt=structured_prompt, readings=readings_json)
    )


def keep_sent_body(session: Session, generation_id: int, body: str) -> None:
    """Store exactly what is about to be sent."""
    session.execute(
        update(PayloadRow)
        .where(col(PayloadRow.generation_id) == generation_id)
        .values(sent_body=body)
    )
