"""The schema: made once, by one process, and the same as the tables in the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

import core.wiring  # noqa: F401 - loads every table
from core import migrations
from core.database import Database

pytestmark = pytest.mark.usefixtures("alembic_itself")

ROOT = Path(__file__).parents[1]


def test_the_migrated_schema_is_the_one_the_tables_describe(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()

    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_not_of_the_word_index}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, SQLModel.metadata)
    database.close()

    assert differences == []


def _is_not_of_the_word_index(name: str | None, _kind: str, _parents: object) -> bool:
    """The index of words is each database's own, so no table of ours describes it."""
    return not (name or "").startswith(
        ("generation_words", "ix_generation_words", "ix_generation_trigrams")
    )


def test_the_newest_revision_is_the_one_the_start_looks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "core/migrations"))

    assert ScriptDirectory.from_config(config).get_current_head() == migrations.LATEST


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.writing() as session:
        session.connection().execute(text("INSERT INTO installation_key VALUES ('a', 'b')"))

    database.migrate()

    with database.reading() as session:
        kept = session.connection().execute(text("SELECT key FROM installation_key")).scalar()
    database.close()
    assert kept == "b"


def test_of_six_processes_that_start_together_one_migrates(database_url: str) -> None:
    program = (
        "import sys; from core.database import Database; "
        "d = Database(sys.argv[1]); d.migrate(); d.close()"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", program, database_url],
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        for _ in range(6)
    ]
    said = [start.communicate(timeout=120)[1].decode() for start in starts]

    assert [start.returncode for start in starts] == [0] * 6, said
    database = Database(database_url)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
        assert inspect(connection).has_table("generation")
    database.close()


def test_a_step_that_breaks_half_way_leaves_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_here(*_arguments: object, **_options: object) -> None:
        raise OSError("the disk is full")

    database = Database(database_url)
    monkeypatch.setattr(op, "create_index", break_here)

    with pytest.raises(OSError, match="disk is full"):
        database.migrate()

    with database.engine.connect() as connection:
        assert not inspect(connection).has_table("generation")
        assert not inspect(connection).has_table("alembic_version")
    database.close()
