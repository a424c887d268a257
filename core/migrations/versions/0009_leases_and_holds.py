"""Leases of workers, what each worker is set up with, and paid work that waits for a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.tables.columns import UtcMoment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ENGINES = {
    "sqlite": 'UPDATE batch_row SET engine = substr(request, instr(request, \'"engine":"\') + 10, '
    "instr(substr(request, instr(request, '\"engine\":\"') + 10), '\"') - 1) "
    'WHERE instr(request, \'"engine":"\') > 0',
    "postgresql": 'UPDATE batch_row SET engine = substring(request from \'"engine":"([a-z-]+)"\')',
}
"""Stored requests are compact JSON, and no text in them holds a quote that is not escaped."""


def upgrade() -> None:
    """Add the columns; what is there already is not held and has no lease."""
    op.add_column("generation", sa.Column("hold", sa.String(), nullable=True))
    is_held = sa.text("hold IS NOT NULL")
    op.create_index(
        "ix_generation_hold",
        "generation",
        ["hold"],
        sqlite_where=is_held,
        postgresql_where=is_held,
    )
    op.add_column("worker", sa.Column("fence", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("worker", sa.Column("role", sa.String(), nullable=False, server_default="worker"))
    op.add_column(
        "worker",
        sa.Column("clock_ahead_seconds", sa.Float(), nullable=False, server_default="0"),
    )
    op.add_column("generation", sa.Column("waits_for", sa.String(), nullable=True))
    op.add_column("endpoint", sa.Column("paused_at", UtcMoment(), nullable=True))
    op.add_column("attempt", sa.Column("spend_day", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE attempt SET spend_day = (SELECT spend_day FROM generation "
        "WHERE generation.id = attempt.generation_id) "
        "WHERE EXISTS (SELECT 1 FROM generation WHERE generation.id = attempt.generation_id)"
    )
    op.create_index("ix_attempt_request", "attempt", ["request_id"])
    for name in ("engines", "settings", "folder", "host", "trouble"):
        op.add_column("worker", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("batch_row", sa.Column("engine", sa.String(), nullable=True))
    op.execute(ENGINES[op.get_bind().dialect.name])
    op.create_index("ix_batch_row_engine", "batch_row", ["batch_id", "state", "engine", "position"])
