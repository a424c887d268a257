"""The rows of those who come by REST: their keys, and what each request was answered with."""

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
    """What a request with an Idempotency-Key was answered with."""

    __tablename__ = "receipt"

    caller_id: int = big(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    answer_id: int = big()
    created_at: datetime = moment()
