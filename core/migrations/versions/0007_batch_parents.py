"""Rows of batches know the picture that they are made from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the rows so far have no parent."""
    op.add_column("batch_row", sa.Column("parent_id", sa.BigInteger))
