"""The rows of the installation: money, rate limits, processes, keys and projects."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from core.tables.columns import big, long_text, moment


class SpendRow(SQLModel, table=True):
    """What is reserved, possibly charged or charged within a scope: a day or a project."""

    __tablename__ = "spend"

    scope: str = Field(primary_key=True)
    committed_microusd: int = Field(sa_column=Column(BigInteger, nullable=False))


class EndpointRow(SQLModel, table=True):
    """The rate limit of one of a provider's endpoints, shared by all workers."""

    __tablename__ = "endpoint"

    name: str = Field(primary_key=True)
    next_turn_at: datetime = moment()
    paused_until: datetime | None = moment(nullable=True)
    paused_at: datetime | None = moment(nullable=True)
    reason: str | None = long_text()
    needs_person: bool = False
    failures: int = 0
    openings: int = 0
    key_mark: str


class WorkerRow(SQLModel, table=True):
    """The last sign of life of a process, by the database's clock, and how it is set up."""

    __tablename__ = "worker"

    executor_id: str = Field(primary_key=True)
    started_at: datetime = moment()
    seen_at: datetime = moment()
    role: str = Field(default="worker", sa_column_kwargs={"server_default": "worker"})
    clock_ahead_seconds: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    fence: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    engines: str | None = long_text()
    settings: str | None = long_text()
    folder: str | None = long_text()
    host: str | None = long_text()
    trouble: str | None = long_text()


class SecretRow(SQLModel, table=True):
    """A key that the installation created for itself, shared by all its processes."""

    __tablename__ = "installation_key"

    name: str = Field(primary_key=True)
    key: str


class ProjectRow(SQLModel, table=True):
    """A project: which pictures belong together, and how much may be spent on them."""

    __tablename__ = "project"

    id: int = big(primary_key=True)
    name: str = Field(unique=True)
    colour: str
    budget_microusd: int | None = big(nullable=True)
    created_at: datetime = moment()
    archived_at: datetime | None = moment(nullable=True)
