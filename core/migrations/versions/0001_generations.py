"""Generations, their payloads and attempts, money, pace, workers and keys."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from core.tables.columns import UtcMoment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BACKLOG = "job_id IS NULL AND completed_at IS NULL"


def upgrade() -> None:
    """Create the first tables and their indexes."""
    _create_generation()
    _create_payload_and_attempt()
    op.create_table(
        "worker",
        sa.Column("executor_id", sa.String, primary_key=True),
        sa.Column("started_at", UtcMoment, nullable=False),
        sa.Column("seen_at", UtcMoment, nullable=False),
    )
    op.create_table(
        "installation_key",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("key", sa.String, nullable=False),
    )
    _create_spend_and_endpoint()
    # without statistics Postgres may walk the time index for rare rows
    op.execute("ANALYZE")


def _create_generation() -> None:
    op.create_table("generation", *_asked_columns(), *_made_columns())
    newest = ["created_at", "id"]
    op.create_index("ix_generation_created", "generation", newest)
    for name, column in (("user", "user_id"), ("project", "project_id"), ("status", "status")):
        op.create_index(f"ix_generation_{name}", "generation", [column, *newest])
    op.create_index("ix_generation_cache", "generation", ["cache_key", "completed_at"])
    op.create_index("ix_generation_flight", "generation", ["flight_key"], unique=True)
    where = sa.text(_BACKLOG)
    op.create_index(
        "ix_generation_backlog", "generation", ["id"], sqlite_where=where, postgresql_where=where
    )


def _create_payload_and_attempt() -> None:
    op.create_table(
        "generation_payload",
        sa.Column("generation_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("canonical", sa.Text, nullable=False),
        sa.Column("sent_body", sa.Text),
        sa.Column("structured_prompt", sa.Text),
        sa.Column("readings", sa.Text),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("generation_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("started_at", UtcMoment, nullable=False),
        sa.Column("ended_at", UtcMoment),
        sa.Column("request_id", sa.String),
        sa.Column("http_status", sa.Integer),
        sa.Column("error_class", sa.String),
        sa.Column("error_detail", sa.Text),
        sa.Column("charge", sa.String, nullable=False),
        sa.Column("price_microusd", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_attempt_generation", "attempt", ["generation_id", "number"], unique=True)


def _asked_columns() -> list[sa.Column[Any]]:
    words = ("camera_angle", "fov", "lighting", "color_palette", "composition", "style")
    return [
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("created_at", UtcMoment, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("project_id", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("engine", sa.String, nullable=False),
        sa.Column("mode", sa.String, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        *(sa.Column(word, sa.String) for word in words),
        sa.Column("aspect_ratio", sa.String, nullable=False),
        sa.Column("asked_seed", sa.BigInteger),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("use_cache", sa.Boolean, nullable=False),
        sa.Column("max_retries", sa.Integer, nullable=False),
    ]


def _made_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("retry_count", sa.Integer, nullable=False),
        sa.Column("cached", sa.Boolean, nullable=False),
        sa.Column("source_id", sa.BigInteger),
        sa.Column("cache_key", sa.String, nullable=False),
        sa.Column("flight_key", sa.String),
        sa.Column("job_id", sa.String),
        sa.Column("started_at", UtcMoment),
        sa.Column("completed_at", UtcMoment),
        sa.Column("generation_seconds", sa.Float),
        sa.Column("quality_score", sa.Float),
        sa.Column("image_sha256", sa.String),
        sa.Column("image_type", sa.String),
        sa.Column("image_width", sa.Integer),
        sa.Column("image_height", sa.Integer),
        sa.Column("error_code", sa.String),
        sa.Column("error_message", sa.Text),
        sa.Column("error_advice", sa.Text),
        sa.Column("price_microusd", sa.BigInteger, nullable=False),
        sa.Column("reserved_microusd", sa.BigInteger, nullable=False),
        sa.Column("spend_day", sa.String, nullable=False),
        sa.Column("repeats_used", sa.Integer, nullable=False),
        sa.Column("not_before", UtcMoment),
        sa.Column("accepted_at", UtcMoment),
        sa.Column("request_id", sa.String),
    ]


def _create_spend_and_endpoint() -> None:
    op.create_table(
        "spend",
        sa.Column("scope", sa.String, primary_key=True),
        sa.Column("committed_microusd", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "endpoint",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("next_turn_at", UtcMoment, nullable=False),
        sa.Column("paused_until", UtcMoment),
        sa.Column("reason", sa.Text),
        sa.Column("needs_person", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("openings", sa.Integer, nullable=False),
        sa.Column("key_mark", sa.String, nullable=False),
    )
