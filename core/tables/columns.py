"""Column types: moments in UTC, and 63-bit numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Text, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Double, TypeDecorator, TypeEngine
from sqlmodel import Field

from core.clock import MICROSECOND, UNIX


class UtcMoment(TypeDecorator[datetime]):
    """An aware UTC moment: whole microseconds on SQLite, `timestamptz` on Postgres.

    SQLAlchemy's own type drops the time zone on SQLite.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the database."""
        return dialect.type_descriptor(
            DateTime(timezone=True) if dialect.name == "postgresql" else BigInteger()
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - as the base class
        """Return the stored value of an aware moment; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("moments must carry a time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else (moment - UNIX) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - as the base class
        """Return the stored moment, aware and in UTC."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return UNIX + timedelta(microseconds=value)


class DatabaseNow(FunctionElement[datetime]):
    """The database's present moment plus some seconds; one clock for all machines."""

    name = "database_now"
    type = UtcMoment()
    inherit_cache = True

    def __init__(self, *, seconds_from_now: float = 0.0) -> None:
        super().__init__(literal(seconds_from_now, Double()))


@compiles(DatabaseNow, "postgresql")
def _on_postgres(element: DatabaseNow, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as SQLAlchemy's
    seconds = compiler.process(element.clauses, **options)
    return f"(clock_timestamp() + {seconds} * INTERVAL '1 second')"


@compiles(DatabaseNow, "sqlite")
def _on_sqlite(element: DatabaseNow, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as SQLAlchemy's
    seconds = compiler.process(element.clauses, **options)
    now = "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000"
    return f"({now} + CAST(ROUND({seconds} * 1000000) AS INTEGER))"


def big(*, primary_key: bool = False, nullable: bool = False) -> Any:  # noqa: ANN401 - SQLModel's Field is Any
    """Return a column for a 63-bit number, such as an id or an amount in millionths of a dollar."""
    return Field(
        default=None if nullable else ...,
        sa_column=Column(
            BigInteger, primary_key=primary_key, nullable=nullable, autoincrement=False
        ),
    )


def moment(*, nullable: bool = False) -> Any:  # noqa: ANN401 - SQLModel's Field is Any
    """Return a column for an aware moment in UTC."""
    return Field(default=None if nullable else ..., sa_column=Column(UtcMoment, nullable=nullable))


def long_text(*, nullable: bool = True) -> Any:  # noqa: ANN401 - SQLModel's Field is Any
    """Return a column for text of any length."""
    return Field(default=None if nullable else ..., sa_column=Column(Text, nullable=nullable))
