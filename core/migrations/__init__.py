"""Schema steps in order; each runs once, in one process, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

LATEST = "0009"
"""The newest revision in `versions/`; a test holds it to alembic's own answer."""

_HERE = Path(__file__).parent
_POSTGRES_LOCK = 0x4649424F  # "FIBO"


def migrate(engine: Engine) -> None:
    """Bring the database to `LATEST`; of several processes one works and the others wait.

    `engine` must begin its SQLite transactions with `BEGIN IMMEDIATE`. Alembic takes about a
    second to import, so it is left alone when the version row already says `LATEST`.
    """
    with engine.connect() as connection:
        if _version(connection) == LATEST:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
        if _version(connection) != LATEST:
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import and rarely needed
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
