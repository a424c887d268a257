"""Batches and their lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.tables.columns import UtcMoment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of batches, of their lines, and of headers seen before."""
    _create_batch()
    _create_lines()
    op.create_table(
        "known_header",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("fingerprint", sa.String, primary_key=True),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("used_at", UtcMoment, nullable=False),
    )
    op.execute("ANALYZE")


def _create_batch() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("project_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("source", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("line_count", sa.Integer, nullable=False),
        sa.Column("pilot_count", sa.Integer, nullable=False),
        sa.Column("parallel", sa.Integer, nullable=False),
        sa.Column("continue_on_error", sa.Boolean, nullable=False),
        sa.Column("stop_failed_share", sa.Float),
        sa.Column("stop_blocked_share", sa.Float),
        sa.Column("overlooked_settled", sa.Integer, nullable=False),
        sa.Column("overlooked_failed", sa.Integer, nullable=False),
        sa.Column("overlooked_blocked", sa.Integer, nullable=False),
        sa.Column("budget_microusd", sa.BigInteger),
        sa.Column("created_at", UtcMoment, nullable=False),
        sa.Column("started_at", UtcMoment),
        sa.Column("ended_at", UtcMoment),
    )
    op.create_index("ix_batch_user", "batch", ["user_id", "id"])
    op.create_index("ix_batch_state", "batch", ["state", "id"])


def _create_lines() -> None:
    op.create_table(
        "batch_row",
        sa.Column("batch_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("row_id", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("tags", sa.Text),
        sa.Column("extra", sa.Text),
        sa.Column("generation_id", sa.BigInteger),
        sa.Column("settled_at", UtcMoment),
        sa.Column("reason", sa.Text),
    )
    op.create_index("ix_batch_row_state", "batch_row", ["batch_id", "state", "position"])
    is_open = sa.text("generation_id IS NOT NULL AND settled_at IS NULL")
    op.create_index(
        "ix_batch_row_open",
        "batch_row",
        ["batch_id", "position"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
