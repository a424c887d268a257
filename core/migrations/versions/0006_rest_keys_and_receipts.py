"""Keys for REST, and what each request with an Idempotency-Key was answered with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.tables.columns import UtcMoment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String, nullable=False, unique=True),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False, unique=True),
        sa.Column("start", sa.String, nullable=False),
        sa.Column("per_minute", sa.Integer, nullable=False),
        sa.Column("busy_until_us", sa.BigInteger, nullable=False),
        sa.Column("from_settings", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcMoment, nullable=False),
        sa.Column("last_used_at", UtcMoment),
        sa.Column("revoked_at", UtcMoment),
    )
    op.create_table(
        "receipt",
        sa.Column("caller_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("answer_id", sa.BigInteger, nullable=False),
        sa.Column("created_at", UtcMoment, nullable=False),
    )
