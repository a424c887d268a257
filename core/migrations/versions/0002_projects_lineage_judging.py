"""Projects; where a picture comes from; what people say of it; the trash."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from core.tables.columns import UtcMoment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table of projects with its first row."""
    for column in (
        sa.Column("resolution", sa.String, nullable=False, server_default="full"),
        sa.Column("instruction", sa.Text),
        sa.Column("parent_id", sa.BigInteger),
        sa.Column("batch_id", sa.BigInteger),
        sa.Column("rating", sa.Integer),
        sa.Column("verdict", sa.String),
        sa.Column("verdict_reason", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("trashed_at", UtcMoment),
    ):
        op.add_column("generation", column)
    op.add_column("generation_payload", sa.Column("asked_scene", sa.Text))
    op.create_index("ix_generation_batch", "generation", ["batch_id", "created_at", "id"])
    op.create_index("ix_generation_parent", "generation", ["parent_id", "id"])
    _create_project()
    op.execute("ANALYZE")


def _create_project() -> None:
    project = op.create_table(
        "project",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("colour", sa.String, nullable=False),
        sa.Column("budget_microusd", sa.BigInteger),
        sa.Column("created_at", UtcMoment, nullable=False),
        sa.Column("archived_at", UtcMoment),
    )
    # everything asked for so far belongs to project 1, the default of the first version
    first = {"id": 1, "name": "Studio", "colour": "#c2410c", "budget_microusd": None}
    op.bulk_insert(project, [{**first, "created_at": datetime.now(UTC), "archived_at": None}])
