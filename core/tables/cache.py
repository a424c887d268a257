"""The rows of the result cache."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from core.tables.columns import big, long_text, moment


class CacheEntryRow(SQLModel, table=True):
    """A request that an owned picture answers, until it expires."""

    __tablename__ = "cache_entry"
    __table_args__ = (
        Index("ix_cache_entry_used", "used_at"),
        Index("ix_cache_entry_expires", "expires_at"),
        Index("ix_cache_entry_generation", "generation_id"),
    )

    user_id: int = big(primary_key=True)
    cache_key: str = Field(primary_key=True)
    canonical: str = long_text(nullable=False)
    generation_id: int = big()
    created_at: datetime = moment()
    expires_at: datetime = moment()
    used_at: datetime = moment()
    hits: int = 0
    picture_bytes: int = big()
    generation_seconds: float
    price_microusd: int = big()


class OwnedFormRow(SQLModel, table=True):
    """A request that names its seed, by the SHA-256 of its canonical form, and a picture of it."""

    __tablename__ = "owned_form"
    __table_args__ = (Index("ix_owned_form_generation", "generation_id"),)

    user_id: int = big(primary_key=True)
    form: str = Field(primary_key=True)
    generation_id: int = big(primary_key=True)
    picture_bytes: int | None = big(nullable=True)
