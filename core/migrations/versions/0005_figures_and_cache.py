"""Figures a day, the result cache, and what a reused picture has saved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.tables.columns import UtcMoment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_AMOUNTS = (
    *("asked", "queued", "processing", "completed", "failed", "blocked", "cancelled", "unknown"),
    *("ai", "manual", "tried", "repeated", "repeats", "eligible", "hits"),
    *("run_count", "run_microseconds", "wait_count", "wait_microseconds"),
    *("quality_count", "quality_millionths"),
    *("rated_1", "rated_2", "rated_3", "rated_4", "rated_5"),
    *("certain_microusd", "possible_microusd", "estimated_microusd"),
    *("saved_microusd", "saved_microseconds"),
)


def upgrade() -> None:
    """Make the tables; the figures of earlier pictures are counted at the next start."""
    op.add_column(
        "generation", sa.Column("saved_microusd", sa.BigInteger, nullable=False, server_default="0")
    )
    op.add_column("generation", sa.Column("saved_seconds", sa.Float))
    op.create_index(
        "ix_generation_project_rated",
        "generation",
        ["project_id", "created_at"],
        sqlite_where=sa.text("rating IS NOT NULL"),
        postgresql_where=sa.text("rating IS NOT NULL"),
    )
    _create_figures()
    _create_cache()
    _note_what_was_saved()
    op.execute("ANALYZE")


def _create_figures() -> None:
    op.create_table(
        "figure",
        sa.Column("dimension", sa.String, primary_key=True),
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("engine", sa.String, primary_key=True),
        *(_amount(name) for name in _AMOUNTS),
    )
    op.create_table(
        "figure_tally",
        sa.Column("dimension", sa.String, primary_key=True),
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("engine", sa.String, primary_key=True),
        sa.Column("value", sa.String, primary_key=True),
        _amount("amount"),
    )
    op.create_table("counter", sa.Column("name", sa.String, primary_key=True), _amount("amount"))


def _create_cache() -> None:
    op.create_table(
        "cache_entry",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("cache_key", sa.String, primary_key=True),
        sa.Column("canonical", sa.Text, nullable=False),
        sa.Column("generation_id", sa.BigInteger, nullable=False),
        sa.Column("created_at", UtcMoment, nullable=False),
        sa.Column("expires_at", UtcMoment, nullable=False),
        sa.Column("used_at", UtcMoment, nullable=False),
        sa.Column("hits", sa.Integer, nullable=False),
        sa.Column("picture_bytes", sa.BigInteger, nullable=False),
        sa.Column("generation_seconds", sa.Float, nullable=False),
        sa.Column("price_microusd", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_cache_entry_used", "cache_entry", ["used_at"])
    op.create_index("ix_cache_entry_expires", "cache_entry", ["expires_at"])
    op.create_index("ix_cache_entry_generation", "cache_entry", ["generation_id"])


def _note_what_was_saved() -> None:
    for column, source in (
        ("saved_microusd", "price_microusd"),
        ("saved_seconds", "generation_seconds"),
    ):
        op.execute(
            f"UPDATE generation SET {column} = coalesce((SELECT s.{source} FROM generation s "  # noqa: S608 - names from this file
            "WHERE s.id = generation.source_id), 0) WHERE cached AND source_id IS NOT NULL"
        )


def _amount(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
