"""The rows of tags and saved views."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from core.tables.columns import big, long_text, moment


class TagRow(SQLModel, table=True):
    """One word on one picture."""

    __tablename__ = "generation_tag"
    __table_args__ = (Index("ix_generation_tag_generation", "generation_id", "tag"),)

    tag: str = Field(primary_key=True)
    generation_id: int = Field(
        sa_column=Column(BigInteger, primary_key=True, nullable=False, autoincrement=False)
    )


class SavedViewRow(SQLModel, table=True):
    """A query line with its name."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("ix_saved_view_name", "user_id", "name", unique=True),)

    id: int = big(primary_key=True)
    user_id: int = big()
    name: str
    line: str = long_text(nullable=False)
    created_at: datetime = moment()
