"""The rows on disk, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Index, Text, text
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcMoment(TypeDecorator[datetime]):
    """An aware UTC moment: whole microseconds on SQLite, `timestamptz` on Postgres.

    SQLAlchemy's own type drops the time zone on SQLite (reference data.md 1).
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the database at hand."""
        return dialect.type_descriptor(
            DateTime(timezone=True) if dialect.name == "postgresql" else BigInteger()
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - as the base class
        """Return what is stored for an aware moment; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("moments must carry a time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else (moment - _UNIX) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - as the base class
        """Return the stored moment, aware and in UTC."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return _UNIX + int(value) * _MICROSECOND


def _big(*, primary_key: bool = False, nullable: bool = False) -> Any:  # noqa: ANN401 - SQLModel's Field is Any
    return Field(
        default=None if nullable else ...,
        sa_column=Column(
            BigInteger, primary_key=primary_key, nullable=nullable, autoincrement=False
        ),
    )


def _moment(*, nullable: bool = False) -> Any:  # noqa: ANN401 - SQLModel's Field is Any
    return Field(default=None if nullable else ..., sa_column=Column(UtcMoment, nullable=nullable))


class GenerationRow(SQLModel, table=True):
    """One picture asked for; narrow, so that lists and counts read little."""

    __tablename__ = "generation"
    __table_args__ = (
        Index("ix_generation_created", "created_at", "id"),
        Index("ix_generation_user", "user_id", "created_at", "id"),
        Index("ix_generation_project", "project_id", "created_at", "id"),
        Index("ix_generation_status", "status", "created_at", "id"),
        Index("ix_generation_cache", "cache_key", "completed_at"),
        Index("ix_generation_flight", "flight_key", unique=True),
        Index(
            "ix_generation_backlog",
            "id",
            sqlite_where=text("job_id IS NULL AND completed_at IS NULL"),
            postgresql_where=text("job_id IS NULL AND completed_at IS NULL"),
        ),
    )

    id: int = _big(primary_key=True)
    created_at: datetime = _moment()
    user_id: int = _big()
    project_id: int = _big()
    status: str
    engine: str
    mode: str
    prompt: str = Field(sa_column=Column(Text, nullable=False))
    camera_angle: str | None = None
    fov: str | None = None
    lighting: str | None = None
    color_palette: str | None = None
    composition: str | None = None
    style: str | None = None
    aspect_ratio: str
    asked_seed: int | None = _big(nullable=True)
    seed: int = _big()
    use_cache: bool
    max_retries: int
    retry_count: int = 0
    cached: bool = False
    source_id: int | None = _big(nullable=True)
    cache_key: str
    flight_key: str | None = None
    job_id: str | None = None
    started_at: datetime | None = _moment(nullable=True)
    completed_at: datetime | None = _moment(nullable=True)
    generation_seconds: float | None = None
    quality_score: float | None = None
    image_sha256: str | None = None
    image_type: str | None = None
    image_width: int | None = None
    image_height: int | None = None
    error_code: str | None = None
    error_message: str | None = Field(default=None, sa_column=Column(Text))
    error_advice: str | None = Field(default=None, sa_column=Column(Text))
    price_microusd: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    reserved_microusd: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    spend_day: str
    repeats_used: int = 0
    not_before: datetime | None = _moment(nullable=True)
    accepted_at: datetime | None = _moment(nullable=True)
    request_id: str | None = None


class PayloadRow(SQLModel, table=True):
    """The wide parts of a generation, read for one picture at a time."""

    __tablename__ = "generation_payload"

    generation_id: int = _big(primary_key=True)
    canonical: str = Field(sa_column=Column(Text, nullable=False))
    sent_body: str | None = Field(default=None, sa_column=Column(Text))
    structured_prompt: str | None = Field(default=None, sa_column=Column(Text))
    readings: str | None = Field(default=None, sa_column=Column(Text))


class AttemptRow(SQLModel, table=True):
    """One try to have a picture made: when, how it ended, and whether it was charged."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_generation", "generation_id", "number", unique=True),)

    id: int = _big(primary_key=True)
    generation_id: int = _big()
    number: int
    started_at: datetime = _moment()
    ended_at: datetime | None = _moment(nullable=True)
    request_id: str | None = None
    http_status: int | None = None
    error_class: str | None = None
    error_detail: str | None = Field(default=None, sa_column=Column(Text))
    charge: str
    price_microusd: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


class SpendRow(SQLModel, table=True):
    """What is reserved, possibly charged or charged within a scope: a day or a project."""

    __tablename__ = "spend"

    scope: str = Field(primary_key=True)
    committed_microusd: int = Field(sa_column=Column(BigInteger, nullable=False))


class EndpointRow(SQLModel, table=True):
    """The pace of one of the provider's endpoints, shared by all workers."""

    __tablename__ = "endpoint"

    name: str = Field(primary_key=True)
    next_turn_at: datetime = _moment()
    paused_until: datetime | None = _moment(nullable=True)
    reason: str | None = Field(default=None, sa_column=Column(Text))
    needs_person: bool = False
    failures: int = 0
    openings: int = 0
    key_mark: str


class WorkerRow(SQLModel, table=True):
    """The last sign of life of a worker."""

    __tablename__ = "worker"

    executor_id: str = Field(primary_key=True)
    started_at: datetime = _moment()
    seen_at: datetime = _moment()


class SecretRow(SQLModel, table=True):
    """A key that the installation made for itself, shared by all its processes."""

    __tablename__ = "installation_key"

    name: str = Field(primary_key=True)
    key: str
