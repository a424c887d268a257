"""What keeps a worker from ordering anything is told by the other processes of the studio."""

from __future__ import annotations

import errno
import sqlite3
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import OperationalError

from core.domain.notice import Notice
from core.generation.leases import LeaseRules
from core.generation.preflight import Preflight
from core.jobs import worker as worker_module
from core.jobs.engine import JobEngine
from core.jobs.supervision import Supervisor, WorkerState
from core.jobs.watched_loop import HANGS_AFTER_SECONDS, IdleWatch
from core.jobs.worker import LONGEST_STEP_SECONDS
from core.records import workers
from core.records.workers import ProcessSetup
from core.wiring import Studio
from tests.paid.little_studio import SetClock
from tests.running import wait_until

GONE = Notice("not_ready", "The data folder is gone or empty.", "Mount it.")


def told_of_others(studio: Studio) -> list[Notice]:
    notices = studio.health.report().notices
    return [one for one in notices if one.kind == "worker_orders_nothing"]


def live_on(studio: Studio, host: str, problem: Notice | None) -> None:
    with studio.database.writing() as session:
        life = workers.begin_life(session, host, ProcessSetup(host=host))
        workers.give_sign_of_life(session, life, problem=problem)


def test_a_worker_elsewhere_that_orders_nothing_is_told_and_stops_all_unless_another_is_well(
    studio: Studio,
) -> None:
    live_on(studio, "far", GONE)
    message = "The worker on far orders nothing: The data folder is gone or empty."

    (alone,) = told_of_others(studio)
    assert (alone.message, alone.advice, alone.stops) == (message, "Mount it.", True)

    live_on(studio, "near", None)
    (beside_another,) = told_of_others(studio)
    assert (beside_another.message, beside_another.stops) == (message, False)

    live_on(studio, "far", None)
    assert told_of_others(studio) == []


def test_a_working_process_writes_down_what_its_own_checks_say_and_tells_it_once(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(Preflight, "notices", lambda _self: [GONE])
    studio.worker._lease.rules = LeaseRules(sign_seconds=0.1)
    studio.worker.start()

    def problems() -> list[Notice | None]:
        with studio.database.reading() as session:
            return [one.problem for one in workers.living(session, seen_within_seconds=30)]

    wait_until(lambda: problems() == [GONE], what="the word of the worker")
    assert told_of_others(studio) == []  # what it is itself it says in its own words

    monkeypatch.setattr(Preflight, "notices", lambda _self: [])
    wait_until(lambda: problems() == [None], what="the worker to be well")


def test_a_worker_that_broke_is_told_to_the_others_by_the_process_around_it(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving = threading.Event()

    def break_down() -> None:
        leaving.set()
        raise OSError(errno.EISDIR, "Is a directory", "worker.lock")

    studio.presence._lease.rules = LeaseRules(sign_seconds=0.1)
    studio.presence.show()
    monkeypatch.setattr(Supervisor, "become", lambda *_: None)
    studio.worker._supervisor._pause = lambda _seconds: None
    studio.worker._supervisor.supervise(break_down, leaving)

    def problem() -> Notice | None:
        with studio.database.reading() as session:
            living = workers.living(session, seen_within_seconds=30)
        return living[0].problem if living else None

    wait_until(lambda: problem() is not None, what="the word of the process")
    told = problem()
    assert told is not None
    assert (told.kind, told.message) == (
        "worker_restarting",
        "It broke and starts again by itself.",
    )
    assert "worker.lock cannot be used: Is a directory" in told.advice


def test_only_workers_count_as_alive(studio: Studio) -> None:
    with studio.database.writing() as session:
        workers.begin_life(session, "app-one", ProcessSetup(role=workers.APP))
        workers.begin_life(session, "one", ProcessSetup())

    assert studio.health.report().workers_alive == 1


def test_a_worker_that_stands_still_while_it_takes_up_what_was_left_hangs_and_then_lives_no_more(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_still, may_go_on = threading.Event(), threading.Event()

    def stand_still(**_given: object) -> int:
        stands_still.set()
        may_go_on.wait()
        return 0

    monkeypatch.setattr(studio.worker._decisions, "adopt_from_journal", stand_still)
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    studio.worker._taking_up = IdleWatch(clock, for_good_seconds=LONGEST_STEP_SECONDS)
    try:
        studio.worker.start()
        wait_until(stands_still.is_set, what="the worker to stand still")
        assert studio.worker.status().state is WorkerState.WAITING

        clock.tick(HANGS_AFTER_SECONDS + 1)
        assert studio.worker.status().state is WorkerState.HANGING
        problem = studio.worker.problem()
        assert problem is not None
        assert problem.kind == "worker_hangs"
        hung_for_good = [studio.worker.hangs_for_good]

        clock.tick(LONGEST_STEP_SECONDS)
        hung_for_good.append(studio.worker.hangs_for_good)
        studio.worker._note_step()
        hung_for_good.append(studio.worker.hangs_for_good)
        assert hung_for_good == [False, True, False]
    finally:
        may_go_on.set()
    wait_until(lambda: studio.worker.status().state is WorkerState.RUNNING, what="the work")


def test_a_worker_whose_every_question_the_database_refuses_is_told(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_engine: JobEngine) -> None:
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("no such table: queues"))

    monkeypatch.setattr(JobEngine, "keep_queue", refuse)
    monkeypatch.setattr(worker_module, "FEED_SECONDS_AFTER_FAILURE", 0.05)
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    studio.worker._clock = studio.worker._supervisor._clock = clock
    studio.worker.start()
    wait_until(lambda: studio.worker.status().failure is not None, what="the first refusal")
    assert studio.worker.problem() is None

    clock.tick(worker_module.FAILING_SECONDS)

    told = {notice.kind: notice for notice in studio.health.report().notices}
    assert "no such table: queues" in told["worker_fails"].advice
    assert told["worker_fails"].stops is studio.database.is_sqlite
    problem = studio.worker.problem()
    assert problem is not None
    assert problem.kind == "worker_fails"

    monkeypatch.undo()
    wait_until(lambda: studio.worker.status().state is WorkerState.RUNNING, what="an answer")
    assert studio.worker.problem() is None
