"""The rows behind REST: its keys, and stored responses to requests with an Idempotency-Key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from core.tables.columns import big, moment


class ApiKeyRow(SQLModel, table=True):
    """A key for REST; only its SHA-256 is kept."""

    __tablename__ = "api_key"

    id: int = big(primary_key=True)
    name: str = Field(unique=True)
    scope: str
    sha256: str = Field(unique=True)
    start: str
    per_minute: int
    busy_until_us: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    from_settings: bool = False
    created_at: datetime = moment()
    last_used_at: datetime | None = moment(nullable=True)
    revoked_at: datetime | None = moment(nullable=True)


class IdempotencyRow(SQLModel, table=True):
    """The stored response to a request with an Idempotency-Key."""

    __tablename__ = "receipt"

    caller_id: int = big(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    answer_id: int = big()
    created_at: datetime = moment()
