"""The rows of figures: sums and tallies per day, updated by every change of a generation."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from core.tables.columns import big


def _amount() -> int:
    column: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    return column


class FigureRow(SQLModel, table=True):
    """The sums of one UTC day and one engine: of everybody (`all`, 0), a project or a user."""

    __tablename__ = "figure"

    dimension: str = Field(primary_key=True)
    key: int = big(primary_key=True)
    day: str = Field(primary_key=True)
    engine: str = Field(primary_key=True)
    asked: int = _amount()
    queued: int = _amount()
    processing: int = _amount()
    completed: int = _amount()
    failed: int = _amount()
    blocked: int = _amount()
    cancelled: int = _amount()
    unknown: int = _amount()
    ai: int = _amount()
    manual: int = _amount()
    tried: int = _amount()
    repeated: int = _amount()
    repeats: int = _amount()
    eligible: int = _amount()
    hits: int = _amount()
    run_count: int = _amount()
    run_microseconds: int = _amount()
    wait_count: int = _amount()
    wait_microseconds: int = _amount()
    quality_count: int = _amount()
    quality_millionths: int = _amount()
    rated_1: int = _amount()
    rated_2: int = _amount()
    rated_3: int = _amount()
    rated_4: int = _amount()
    rated_5: int = _amount()
    certain_microusd: int = _amount()
    possible_microusd: int = _amount()
    estimated_microusd: int = _amount()
    saved_microusd: int = _amount()
    saved_microseconds: int = _amount()


class TallyRow(SQLModel, table=True):
    """How many generations of a day and engine have a value: a duration bucket or a parameter.

    `day` is a UTC day or a whole month (`2026-03`), so that long periods are read from months.
    """

    __tablename__ = "figure_tally"

    dimension: str = Field(primary_key=True)
    key: int = big(primary_key=True)
    kind: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    engine: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    amount: int = _amount()


class CounterRow(SQLModel, table=True):
    """A number that only grows: changes of the figures, cache entries removed."""

    __tablename__ = "counter"

    name: str = Field(primary_key=True)
    amount: int = _amount()
