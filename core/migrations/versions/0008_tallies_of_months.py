"""Tallies of whole months beside those of days."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add up the days there are; from now on each change counts in both."""
    op.execute(
        "INSERT INTO figure_tally (dimension, key, kind, day, engine, value, amount) "
        "SELECT dimension, key, kind, substr(day, 1, 7), engine, value, sum(amount) "
        "FROM figure_tally GROUP BY dimension, key, kind, substr(day, 1, 7), engine, value"
    )
    op.execute("ANALYZE")
