"""A Postgres that stands still: whoever asks is told so within a bound, and all goes on after."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from core import database as database_module
from core import migrations
from core.clock import Clock
from core.database import CONNECT_SECONDS, Database, create_job_engine
from core.database_failure import AWAY, BUSY, classify
from core.domain.notice import Notice
from core.health import Health
from tests.postgres import fresh_database, running_postgres
from tests.running import wait_until

TOLD = Notice("held", "9 orders may have been made after this backup.")
NAME_OF_LOOK = "health look"


@pytest.fixture(scope="module")
def own_server() -> Iterator[str]:
    """A server that no other test asks, since it is stopped."""
    with running_postgres() as url:
        yield url


@pytest.fixture
def own_database(own_server: str) -> Iterator[Database]:
    with fresh_database(own_server, "stalled") as url:
        database = Database(url)
        database.migrate()
        yield database
        database.close()


@contextmanager
def stalled(url: str) -> Iterator[None]:
    """Keep the server and all it has begun from doing anything; its sockets stay open."""
    folder = Path(str(make_url(url).query["host"]))
    server = int((folder / "d" / "postmaster.pid").read_text().split()[0])
    stopped = [server]
    os.kill(server, signal.SIGSTOP)  # first, so that it begins no others
    try:
        for child in Path(f"/proc/{server}/task/{server}/children").read_text().split():
            os.kill(int(child), signal.SIGSTOP)
            stopped.append(int(child))
        yield
    finally:
        for process in stopped:
            os.kill(process, signal.SIGCONT)


def come_back(*answers: Future[Any]) -> None:
    """Return when all have answered, while what they asked still stands."""
    wait_until(lambda: all(answer.done() for answer in answers), what="an answer")


def looks() -> int:
    return sum(thread.name == NAME_OF_LOOK for thread in threading.enumerate())


def test_health_says_that_the_database_is_away_and_never_piles_up_looks(
    own_server: str, own_database: Database, tmp_path: Path
) -> None:
    sources = (lambda: [TOLD],)
    health = Health(own_database, Clock(), tmp_path, sources=sources, patience_seconds=0.3)
    wait_until(lambda: health.report().database_ok, what="a first look")

    with ThreadPoolExecutor(8) as askers, stalled(own_server):
        answers = [askers.submit(health.report) for _ in range(8)]
        come_back(*answers)
        assert looks() <= 2  # one at the database, one at the sources
    for answer in answers:
        report = answer.result()
        assert (report.database_ok, report.problems) == (False, (AWAY.message,))
        assert TOLD in report.notices

    wait_until(lambda: health.report().database_ok, what="a look after it went on")


def test_a_source_that_stands_still_is_told_and_keeps_health_from_nothing(
    own_database: Database, tmp_path: Path
) -> None:
    goes_on = threading.Event()
    stands = threading.Event()

    def look() -> list[Notice]:
        if stands.is_set():
            goes_on.wait()
        return [TOLD]

    health = Health(own_database, Clock(), tmp_path, sources=(look,), patience_seconds=0.3)
    wait_until(lambda: TOLD in health.report().notices, what="a first look")
    stands.set()
    with ThreadPoolExecutor(1) as asker:
        answer = asker.submit(health.report)
        try:
            come_back(answer)
        finally:
            goes_on.set()
    report = answer.result()

    assert "no_answer" in {notice.kind for notice in report.notices if notice.stops}
    assert TOLD in report.notices


def test_a_transaction_that_begins_then_ends_with_the_words_for_a_database_that_is_away(
    own_server: str, own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "PING_SECONDS", 0.2)
    database = Database(f"{own_database.url}&connect_timeout=2")
    count(database)

    with ThreadPoolExecutor(1) as askers, stalled(own_server):
        answer = askers.submit(count, database)
        come_back(answer)
        with pytest.raises(OperationalError) as raised:
            answer.result()
    assert classify(raised.value) == AWAY
    wait_until(lambda: count(database) == 0, what="a transaction after it went on")
    database.close()


def test_a_connection_that_was_cut_in_the_pool_is_replaced(own_database: Database) -> None:
    count(own_database)
    with psycopg.connect(own_database.url, autocommit=True) as other:
        others = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE pid <> "
        mine = "pg_backend_pid() AND datname = current_database()"
        assert other.execute((others + mine).encode()).fetchall() == [(True,)]

    assert count(own_database) == 0


def test_a_connection_gives_up_a_lost_network_and_a_lock_but_no_long_statement(
    own_database: Database,
) -> None:
    jobs = create_job_engine(own_database.url)
    for engine, lock in ((own_database.engine, "1min"), (jobs, "0")):
        with engine.connect() as connection:
            wire: Any = connection.connection.dbapi_connection
            told = wire.info.get_parameters()
            assert told["connect_timeout"] == str(CONNECT_SECONDS)
            assert told["tcp_user_timeout"] == "30000"
            assert told["keepalives_idle"] == "15"
            assert connection.scalar(text("SHOW lock_timeout")) == lock
            assert connection.scalar(text("SHOW statement_timeout")) == "0"
    jobs.dispose()


def test_what_the_address_says_of_waiting_holds(own_database: Database) -> None:
    url = f"{own_database.url}&tcp_user_timeout=9000&options=-c%20lock_timeout%3D70ms"
    database = Database(url)
    with psycopg.connect(own_database.url) as holder, database.looking() as connection:
        wire: Any = connection.connection.dbapi_connection
        assert wire.info.get_parameters()["tcp_user_timeout"] == "9000"

        holder.execute("LOCK TABLE worker")
        with pytest.raises(OperationalError) as raised:
            connection.execute(text("SELECT * FROM worker"))
    assert classify(raised.value) == BUSY
    database.close()


def test_who_waits_for_a_migration_waits_to_its_end(own_server: str) -> None:
    with fresh_database(own_server, "migrating") as url, ThreadPoolExecutor(1) as starts:
        database = Database(f"{url}&options=-c%20lock_timeout%3D50ms")
        with psycopg.connect(url, autocommit=True) as other:
            key = migrations._POSTGRES_LOCK
            other.execute("SELECT pg_advisory_lock(%s)", [key])
            start = starts.submit(database.migrate)
            waits = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND clock_timestamp() - query_start > interval '300 ms'"
            )
            wait_until(
                lambda: start.done() or other.execute(waits).fetchone() == (1,), what="a wait"
            )
            other.execute("SELECT pg_advisory_unlock(%s)", [key])
        start.result()
        database.close()


def count(database: Database) -> int:
    """Return how many workers there are, which is 0, by a transaction of its own."""
    with database.reading() as session:
        return int(session.connection().scalar(text("SELECT count(*) FROM worker")) or 0)
