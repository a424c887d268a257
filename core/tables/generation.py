"""The rows of pictures: what was requested, what came of it, and every try."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, String, text
from sqlmodel import Field, SQLModel

from core.tables.columns import big, long_text, moment


class GenerationRow(SQLModel, table=True):
    """One requested picture, without its large fields, so that lists and counts read little."""

    __tablename__ = "generation"
    __table_args__ = (
        Index("ix_generation_created", "created_at", "id"),
        Index("ix_generation_user", "user_id", "created_at", "id"),
        Index("ix_generation_project", "project_id", "created_at", "id"),
        Index("ix_generation_status", "status", "created_at", "id"),
        Index("ix_generation_batch", "batch_id", "created_at", "id"),
        Index("ix_generation_parent", "parent_id", "id"),
        Index("ix_generation_cache", "cache_key", "completed_at"),
        Index("ix_generation_flight", "flight_key", unique=True),
        Index("ix_generation_seed", "seed", "created_at", "id"),
        *(
            Index(
                f"ix_generation_{name}",
                *columns,
                sqlite_where=text(f"{columns[0]} IS NOT NULL"),
                postgresql_where=text(f"{columns[0]} IS NOT NULL"),
            )
            for name, columns in (
                ("rated", ("rating", "created_at", "id")),
                ("verdict", ("verdict", "created_at", "id")),
                ("trashed", ("trashed_at", "id")),
                ("file", ("image_sha256",)),
                ("hold", ("hold",)),
            )
        ),
        Index(
            "ix_generation_project_rated",
            "project_id",
            "created_at",
            sqlite_where=text("rating IS NOT NULL"),
            postgresql_where=text("rating IS NOT NULL"),
        ),
        Index(
            "ix_generation_backlog",
            "id",
            sqlite_where=text("job_id IS NULL AND completed_at IS NULL"),
            postgresql_where=text("job_id IS NULL AND completed_at IS NULL"),
        ),
    )

    id: int = big(primary_key=True)
    created_at: datetime = moment()
    user_id: int = big()
    project_id: int = big()
    status: str
    engine: str
    mode: str
    prompt: str = long_text(nullable=False)
    camera_angle: str | None = None
    fov: str | None = None
    lighting: str | None = None
    color_palette: str | None = None
    composition: str | None = None
    style: str | None = None
    aspect_ratio: str
    resolution: str = "full"
    instruction: str | None = long_text()
    parent_id: int | None = big(nullable=True)
    batch_id: int | None = big(nullable=True)
    asked_seed: int | None = big(nullable=True)
    seed: int = big()
    use_cache: bool
    max_retries: int
    retry_count: int = 0
    cached: bool = False
    saved_microusd: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default="0")
    )
    saved_seconds: float | None = None
    source_id: int | None = big(nullable=True)
    cache_key: str
    flight_key: str | None = None
    job_id: str | None = None
    started_at: datetime | None = moment(nullable=True)
    completed_at: datetime | None = moment(nullable=True)
    generation_seconds: float | None = None
    quality_score: float | None = None
    image_sha256: str | None = None
    image_type: str | None = None
    image_width: int | None = None
    image_height: int | None = None
    error_code: str | None = None
    error_message: str | None = long_text()
    error_advice: str | None = long_text()
    price_microusd: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    reserved_microusd: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    spend_day: str
    repeats_used: int = 0
    not_before: datetime | None = moment(nullable=True)
    accepted_at: datetime | None = moment(nullable=True)
    request_id: str | None = None
    hold: str | None = None
    waits_for: str | None = None
    rating: int | None = None
    verdict: str | None = None
    verdict_reason: str | None = long_text()
    note: str | None = long_text()
    trashed_at: datetime | None = moment(nullable=True)
    purged_at: datetime | None = moment(nullable=True)


class PayloadRow(SQLModel, table=True):
    """The large fields of a generation, read for one picture at a time."""

    __tablename__ = "generation_payload"

    generation_id: int = big(primary_key=True)
    canonical: str = long_text(nullable=False)
    asked_scene: str | None = long_text()
    sent_body: str | None = long_text()
    structured_prompt: str | None = long_text()
    readings: str | None = long_text()


class AttemptRow(SQLModel, table=True):
    """One try to make a picture: when, how it ended, and whether it was charged."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index("ix_attempt_generation", "generation_id", "number", unique=True),
        Index("ix_attempt_request", "request_id"),
    )

    id: int = big(primary_key=True)
    generation_id: int = big()
    number: int
    started_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)
    request_id: str | None = None
    http_status: int | None = None
    error_class: str | None = None
    error_detail: str | None = long_text()
    charge: str
    price_microusd: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    spend_day: str = Field(default="", sa_column=Column(String, nullable=False, server_default=""))
