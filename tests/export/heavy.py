"""Pictures of 8 MB each, without drawing any."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col

from core.tables.generation import GenerationRow
from core.wiring import Studio

ADDED_BYTES = 8_000_000


def make_heavy(studio: Studio, generation_id: int) -> None:
    """Give a picture a larger file, which shows the same and is stored as any other."""
    shown = studio.service.see(generation_id)
    assert shown.image_type is not None
    content = studio.service.picture_file(shown).path.read_bytes() + bytes(ADDED_BYTES)
    # each file has its own content, or they would be one
    content += str(generation_id).encode()
    digest = studio.media.keep(content, shown.image_type)
    with studio.database.writing() as session:
        row = update(GenerationRow).where(col(GenerationRow.id) == generation_id)
        session.execute(row.values(image_sha256=digest))
