"""The database: moments keep their zone, writers wait for each other, ids follow time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect, Engine, QueuePool, make_url, select, text
from sqlalchemy.exc import StatementError
from sqlmodel import Session

from core.clock import Clock, first_id_at
from core.database import Database, create_job_engine
from core.records import workers
from core.records.workers import Life, ProcessSetup
from core.tables.columns import DatabaseNow, UtcMoment
from core.tables.studio import WorkerRow

moments = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
)


@given(moments)
def test_a_moment_comes_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    for url in ("sqlite://", "postgresql://"):
        dialect: Dialect = make_url(url).get_dialect()()
        column = UtcMoment()
        back = column.process_result_value(column.process_bind_param(moment, dialect), dialect)

        assert back == moment
        assert back is not None
        assert back.tzinfo is UTC


def test_a_naive_moment_is_refused(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()

    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    row = WorkerRow(executor_id="w", started_at=naive, seen_at=naive)
    with database.writing() as session:
        session.add(row)
        with pytest.raises(StatementError, match="time zone"):
            session.flush()
        session.rollback()
    database.close()


def test_a_failed_write_leaves_nothing(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()

    def write_and_break() -> None:
        with database.writing() as session:
            workers.begin_life(session, "w", ProcessSetup())
            session.flush()
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write_and_break()

    with database.reading() as session:
        assert workers.last_sign_of_life(session) == (None, None)
    database.close()


def test_many_writers_never_find_the_database_locked(database_url: str) -> None:
    one, other = Database(database_url), Database(database_url)
    one.migrate()
    barrier = threading.Barrier(8)

    def write(number: int) -> None:
        database = one if number % 2 else other
        barrier.wait()
        for turn in range(10):
            with database.writing() as session:
                # read first: this is what upgrades a deferred transaction and finds it locked
                workers.last_sign_of_life(session)
                workers.begin_life(session, f"{number}-{turn}", ProcessSetup())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))

    with one.writing() as session:
        assert len({life.fence for life in _strike_out_all(session)}) == 80
    one.close()
    other.close()


def _strike_out_all(session: Session) -> list[Life]:
    return workers.strike_out_silent(session, silent_seconds=-3600)


def test_a_key_is_made_once_and_shared(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.writing() as session:
        first = workers.shared_key(session, "media", fresh="one")
    with database.writing() as session:
        second = workers.shared_key(session, "media", fresh="two")
    database.close()

    assert (first, second) == ("one", "one")


def test_of_six_that_begin_together_all_get_the_same_key(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(6)]
    databases[0].migrate()
    barrier = threading.Barrier(6)

    def get_key(number: int) -> str:
        with databases[number].writing() as session:
            if not databases[number].is_sqlite:
                session.connection()
                barrier.wait()
            return workers.shared_key(session, "media", fresh=str(number))

    with ThreadPoolExecutor(6) as threads:
        keys = set(threads.map(get_key, range(6)))
    for database in databases:
        database.close()

    assert len(keys) == 1


def test_the_database_tells_the_same_time_to_all(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.writing() as session:
        told = workers.database_time(session)
        later = session.scalars(select(DatabaseNow(seconds_from_now=90.5))).one()
    database.close()

    assert told.tzinfo is UTC
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=60)
    assert timedelta(seconds=90.4) < later - told < timedelta(seconds=150)


def test_ids_rise_fit_63_bits_and_tell_their_time() -> None:
    clock = Clock()
    before = clock.now()
    ids = [clock.new_id() for _ in range(5000)]

    assert ids == sorted(set(ids))
    assert first_id_at(before) <= ids[0]
    assert ids[-1] < first_id_at(clock.now() + timedelta(seconds=10))
    assert first_id_at(datetime(2090, 1, 1, tzinfo=UTC)) < 2**63


def test_ids_of_several_threads_are_never_the_same() -> None:
    clock = Clock()
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: [clock.new_id() for _ in range(2000)], range(4)))

    assert len({one for some in made for one in some}) == 8000


def test_two_workers_and_a_process_of_pages_never_fill_a_postgres_of_default_size(
    postgres_url: str,
) -> None:
    databases = [Database(postgres_url) for _ in range(3)]
    job_engines = [create_job_engine(postgres_url) for _ in range(2)]
    engines = [*(database.engine for database in databases), *job_engines]
    everybody = threading.Barrier(64 * len(engines))
    failures: list[Exception] = []

    def ask(engine: Engine) -> None:
        everybody.wait()
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT pg_sleep(0.05)"))
        except Exception as failure:  # noqa: BLE001 - whatever it is, the test tells it
            failures.append(failure)

    threads = [threading.Thread(target=ask, args=[engine]) for engine in engines for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pools = [engine.pool for engine in engines if isinstance(engine.pool, QueuePool)]
    most = sum(pool.size() + pool._max_overflow for pool in pools)
    for engine in engines:
        engine.dispose()

    assert failures == []
    assert len(pools) == len(engines)
    assert most <= 97
