"""What the database's errors mean: only what passes is worth coming back for, the rest is told."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core.database import Database, FailureMonitor
from core.database_failure import BUSY, CORRUPT, FULL, OTHER, classify
from core.domain.request import parse_request
from core.errors import DatabaseAwayError, DatabaseBrokenError
from core.web.api.app import build_api
from core.web.api.error_responses import BUSY_SECONDS
from core.wiring import Studio


def failure_of(url: str, *statements: str) -> SQLAlchemyError:
    """Return what a statement that fails raises."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    except SQLAlchemyError as failure:
        return failure
    finally:
        engine.dispose()
    raise AssertionError("nothing failed")


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("SELECT 1 FROM missing", "database_schema"),
        ("SELECT missing FROM worker", "database_schema"),
        ("INSERT INTO installation_key (name) VALUES ('x')", "database_failed"),
    ],
)
def test_a_missing_table_or_column_is_told_as_such(
    database_url: str, statement: str, kind: str
) -> None:
    database = Database(database_url)
    database.migrate()
    database.close()

    assert classify(failure_of(database_url, statement)).kind == kind


def test_a_damaged_file_is_told_as_such(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    damaged.write_bytes(b"dear diary" * 1000)

    assert classify(failure_of(f"sqlite:///{damaged}", "SELECT 1 FROM x")) == CORRUPT


def test_a_full_disk_and_a_file_that_may_only_be_read_are_told_as_such(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE x (y TEXT)")
    made.close()
    full = failure_of(
        f"sqlite:///{file}", "PRAGMA max_page_count=3", "INSERT INTO x VALUES (zeroblob(90000))"
    )
    read_only = failure_of(f"sqlite:///file:{file}?mode=ro&uri=true", "INSERT INTO x VALUES ('y')")

    assert classify(full) == FULL
    assert classify(read_only).kind == "database_read_only"


def test_only_what_another_one_holds_or_what_is_away_passes(
    tmp_path: Path, postgres_url: str
) -> None:
    file = tmp_path / "file"
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    locked = failure_of(f"sqlite:///{file}?timeout=0", "CREATE TABLE x (y TEXT)")
    holder.close()
    nobody_there = failure_of("postgresql+psycopg://nobody@127.0.0.1:9/x", "SELECT 1")
    no_name = failure_of(postgres_url.replace("/t", "/nothing_t", 1), "SELECT 1")

    assert classify(locked) == BUSY
    assert isinstance(classify(nobody_there).as_error(), DatabaseAwayError)
    assert isinstance(classify(no_name).as_error(), DatabaseBrokenError)


def test_a_failure_is_logged_once_until_it_is_another_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    failures = FailureMonitor(seconds=lambda: now[0])
    with caplog.at_level(logging.ERROR):
        for _ in range(9):
            failures.note(FULL)
            now[0] += 1
        failures.note(BUSY)
        failures.note(BUSY)

    assert [record.getMessage() for record in caplog.records] == [
        f"{FULL.message} {FULL.advice}",
        f"{BUSY.message} {BUSY.advice}",
    ]


def test_what_lasts_refuses_orders_and_makes_health_red_until_it_is_over(studio: Studio) -> None:
    now = [0.0]
    studio.database.failures._seconds = lambda: now[0]
    request = parse_request({"prompt": "a plum"})
    with studio.database.reading() as session, pytest.raises(DBAPIError):
        session.connection().execute(text("SELECT missing FROM missing"))

    with pytest.raises(DatabaseBrokenError, match="lacks a table or a column"):
        studio.service.ask(request)
    answer = TestClient(build_api(studio)).post("/generate/", json={"prompt": "a plum"})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, None)
    assert "database_schema" in {notice.kind for notice in studio.health.report().notices}

    now[0] += 60
    assert studio.service.ask(request).prompt == "a plum"
    assert "database_schema" not in {notice.kind for notice in studio.health.report().notices}


def test_what_passes_is_answered_with_when_to_come_back(studio: Studio) -> None:
    assert OTHER.passes is False
    client = TestClient(build_api(studio))

    def be_busy() -> None:
        raise DBAPIError("SELECT", {}, locked())

    studio.database.failures.require_none = be_busy  # type: ignore[method-assign]
    answer = client.post("/generate/", json={"prompt": "a plum"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == str(BUSY_SECONDS)
    assert answer.json()["error"]["code"] == "database_busy"


def test_what_stays_broken_asks_nobody_to_come_back(studio: Studio) -> None:
    with studio.database.reading() as session, pytest.raises(DBAPIError) as raised:
        session.connection().execute(text("SELECT missing FROM missing"))

    def be_broken() -> None:
        raise raised.value

    studio.database.failures.require_none = be_broken  # type: ignore[method-assign]
    answer = TestClient(build_api(studio)).post("/generate/", json={"prompt": "a plum"})

    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, None)
    assert answer.json()["error"]["code"] == "database_schema"


def locked() -> sqlite3.OperationalError:
    failure = sqlite3.OperationalError("database is locked")
    failure.sqlite_errorname = "SQLITE_BUSY"
    return failure
