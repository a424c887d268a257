"""The rows of batches: what was ordered together, and each of its lines."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from core.tables.columns import big, long_text, moment

_OPEN = text("generation_id IS NOT NULL AND settled_at IS NULL")


class BatchRow(SQLModel, table=True):
    """Lines that were started together, and how they are run."""

    __tablename__ = "batch"
    __table_args__ = (
        Index("ix_batch_user", "user_id", "id"),
        Index("ix_batch_state", "state", "id"),
    )

    id: int = big(primary_key=True)
    user_id: int = big()
    project_id: int = big()
    name: str
    source: str | None = None
    state: str
    reason: str | None = long_text()
    line_count: int
    pilot_count: int = 0
    parallel: int
    continue_on_error: bool
    stop_failed_share: float | None = None
    stop_blocked_share: float | None = None
    overlooked_settled: int = 0
    overlooked_failed: int = 0
    overlooked_blocked: int = 0
    budget_microusd: int | None = big(nullable=True)
    created_at: datetime = moment()
    started_at: datetime | None = moment(nullable=True)
    ended_at: datetime | None = moment(nullable=True)


class LineRow(SQLModel, table=True):
    """One line of a batch: its request, and the generation that answers it."""

    __tablename__ = "batch_row"
    __table_args__ = (
        Index("ix_batch_row_state", "batch_id", "state", "position"),
        Index("ix_batch_row_engine", "batch_id", "state", "engine", "position"),
        Index(
            "ix_batch_row_open", "batch_id", "position", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )

    batch_id: int = big(primary_key=True)
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    row_id: str = Field(sa_column=Column(Text, nullable=False))
    state: str
    request: str = long_text(nullable=False)
    engine: str | None = None
    tags: str | None = long_text()
    extra: str | None = long_text()
    parent_id: int | None = big(nullable=True)
    generation_id: int | None = big(nullable=True)
    settled_at: datetime | None = moment(nullable=True)
    reason: str | None = long_text()


class HeaderRow(SQLModel, table=True):
    """The mapping of a file's columns to fields, as it was when such a header was last used."""

    __tablename__ = "known_header"

    user_id: int = big(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    columns: str = long_text(nullable=False)
    used_at: datetime = moment()


class DraftRow(SQLModel, table=True):
    """A batch before its start: its file, how it is read, and what was mended in it."""

    __tablename__ = "batch_draft"
    __table_args__ = (Index("ix_batch_draft_changed", "changed_at"),)

    id: int = big(primary_key=True)
    user_id: int = big()
    name: str | None = None
    file_sha256: str
    answers: str = long_text(nullable=False)
    mapping: str = long_text(nullable=False)
    fixes: str = long_text(nullable=False)
    version: int
    changed_at: datetime = moment()
