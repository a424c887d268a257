"""Which picture is owned as a request that names its seed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from core.tables.columns import UtcMoment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PICTURES_AT_ONCE = 2_000


def upgrade() -> None:
    """Add the tables, and let each picture there is answer as its manifest asks for it."""
    op.create_table(
        "owned_form",
        sa.Column("user_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("form", sa.String(), primary_key=True),
        sa.Column("generation_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("picture_bytes", sa.BigInteger(), nullable=True),
    )
    fill_owned_forms(op.get_bind())
    op.create_index("ix_owned_form_generation", "owned_form", ["generation_id"])
    op.create_table(
        "batch_draft",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("fixes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcMoment, nullable=False),
    )
    op.create_index("ix_batch_draft_changed", "batch_draft", ["changed_at"])


def fill_owned_forms(connection: sa.Connection) -> None:
    """Note for every finished picture what was asked, with the seed that came back."""
    table = sa.table(
        "owned_form", *map(sa.column, ("user_id", "form", "generation_id", "picture_bytes"))
    )
    page = sa.text(
        "SELECT g.id, g.user_id, g.seed, p.canonical, (SELECT max(e.picture_bytes) "
        "FROM cache_entry e WHERE e.generation_id IN (g.id, g.source_id)) "
        "FROM generation g JOIN generation_payload p ON p.generation_id = g.id "
        "WHERE g.id > :after AND g.status = 'completed' AND g.image_sha256 IS NOT NULL "
        "ORDER BY g.id LIMIT :most"
    )
    after = 0
    while True:
        found = connection.execute(page, {"after": after, "most": PICTURES_AT_ONCE}).all()
        rows = [
            {
                "user_id": user_id,
                "form": hashlib.sha256(form.encode()).hexdigest(),
                "generation_id": generation_id,
                "picture_bytes": picture_bytes,
            }
            for generation_id, user_id, seed, canonical, picture_bytes in found
            for form in _forms(canonical, seed)
        ]
        if rows:
            connection.execute(table.insert(), rows)
        if len(found) < PICTURES_AT_ONCE:
            return
        after = found[-1][0]


def _forms(canonical: str, seed: int) -> set[str]:
    """Return the canonical form with the seed, and the form itself if it names one."""
    version, _, asked = canonical.partition(":")
    try:
        fields: dict[str, Any] = json.loads(asked)
        seeded = json.dumps(
            {**fields, "seed": seed}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
    except (ValueError, TypeError, RecursionError):
        return set()
    return {f"{version}:{seeded}", *((canonical,) if "seed" in fields else ())}
