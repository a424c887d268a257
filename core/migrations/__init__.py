"""Migrations in order; each runs once, in one process, completely or not at all."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from core.errors import DatabaseBrokenError

LATEST = "0010"
"""The newest revision in `versions/`; a test compares it with alembic's own answer."""

_HERE = Path(__file__).parent
_POSTGRES_LOCK = 0x4649424F  # "FIBO"


def migrate(engine: Engine) -> None:
    """Bring the database to `LATEST`; of several processes one works and the others wait.

    `engine` must begin its SQLite transactions with `BEGIN IMMEDIATE`. Alembic takes about a second
    to import, so it is not loaded if the version row already says `LATEST`. Raises
    DatabaseBrokenError for a database that a newer studio, or another program, has created.
    """
    with engine.connect() as connection:
        if version_of(connection) == LATEST:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # a migration may take minutes, and a waiting process waits for all of it
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
        version = version_of(connection)
        if version is not None and not any(_HERE.glob(f"versions/{version}_*.py")):
            raise DatabaseBrokenError(
                f"The database is of a newer version of the studio, or of another program: its "
                f"tables are at step {version}, and this version knows the steps up to {LATEST}.",
                advice="Start the newer version, or name another place in FIBO_DATA_DIR or "
                "FIBO_DATABASE_URL.",
            )
        if version != LATEST:
            _upgrade(connection)


def version_of(connection: Connection) -> str | None:
    """Return the revision of the tables; None if there are none."""
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
