"""A small history to look for things in, written as rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import func, select

from core.clock import first_id_at
from core.tables.generation import GenerationRow, PayloadRow
from core.wiring import Studio

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


def add_pictures(studio: Studio, *pictures: dict[str, Any], scene: str | None = None) -> list[int]:
    """Add a finished picture for each set of columns, a minute apart, and return their ids."""
    ids = []
    with studio.database.writing() as session:
        before = session.exec(select(func.count()).select_from(GenerationRow)).one()
        for number, columns in enumerate(pictures, start=before):
            created_at = columns.pop("created_at", START + timedelta(minutes=number))
            row = GenerationRow(
                **{
                    **_plain(first_id_at(created_at) + number, created_at),
                    **columns,
                }
            )
            session.add(row)
            session.add(
                PayloadRow(generation_id=row.id, canonical=f"v1:{row.id}", structured_prompt=scene)
            )
            ids.append(row.id)
    return ids


def _plain(number: int, created_at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "created_at": created_at,
        "user_id": 1,
        "project_id": 1,
        "status": "completed",
        "engine": "preview",
        "mode": "ai",
        "prompt": "a boat",
        "aspect_ratio": "1:1",
        "seed": number % 1000,
        "use_cache": True,
        "max_retries": 3,
        "cache_key": str(number),
        "spend_day": created_at.date().isoformat(),
        "completed_at": created_at,
    }
