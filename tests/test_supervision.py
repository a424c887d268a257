"""A worker that breaks starts again and says so; a job that got lost is taken up again."""

from __future__ import annotations

import errno
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError, OperationalError

from core.clock import Clock
from core.domain.request import parse_request
from core.domain.states import State
from core.engines.base import FinishedPicture, Order
from core.errors import StudioClosingError
from core.generation.leases import LeaseRules
from core.jobs import worker as worker_module
from core.jobs.engine import JobEngine
from core.jobs.supervision import Supervisor, WorkerState
from core.jobs.watched_loop import HANGS_AFTER_SECONDS, MOST_LOOPS, IdleWatch
from core.records import backlog, workers
from core.records.workers import ProcessSetup
from core.wiring import Studio
from tests.fakes.engine import PaintedEngine
from tests.paid.little_studio import SetClock
from tests.running import wait_until


def ask(studio: Studio, prompt: str = "a red boat") -> int:
    return studio.service.ask(parse_request({"prompt": prompt})).id


def is_made(studio: Studio, one: int) -> Callable[[], bool]:
    return lambda: studio.service.see(one).state is State.COMPLETED


def hurry(studio: Studio, pauses: list[float]) -> None:
    def pause(seconds: float) -> None:
        pauses.append(seconds)
        studio.worker._leaving.wait(0.02)

    studio.worker._supervisor._pause = pause


def test_the_pauses_between_lives_double_up_to_a_minute_and_begin_anew_after_a_long_life() -> None:
    clock, leaving = SetClock(datetime(2026, 1, 1, tzinfo=UTC)), threading.Event()
    pauses: list[float] = []
    lives: list[float] = [0.0] * 8 + [61.0, 0.0]

    def live() -> None:
        clock.tick(lives.pop(0))
        if not lives:
            leaving.set()
        raise SystemExit("whatever ends a thread")

    supervisor = Supervisor(clock, pauses.append)
    supervisor.supervise(live, leaving)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 1, 2]
    assert supervisor.status.restarts == 10
    assert supervisor.status.state is WorkerState.STOPPED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_whose_lock_is_a_folder_starts_again_until_it_is_none(
    studio: Studio, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pauses: list[float] = []
    hurry(studio, pauses)
    (tmp_path / "worker.lock").mkdir()
    asked = ask(studio)

    studio.worker.start()
    seen = [studio.worker.status()]

    def restarts_again() -> bool:
        seen[0] = studio.worker.status()  # the next look may find it between two starts
        return seen[0].restarts >= 2 and seen[0].state is WorkerState.RESTARTING

    wait_until(restarts_again, what="two starts")
    assert seen[0].failure
    (told,) = [one for one in caplog.records if one.name == "core.jobs.supervision"]
    assert f"{tmp_path / 'worker.lock'} cannot be used: Is a directory" in told.getMessage()
    assert not told.exc_info
    shutil.rmtree(tmp_path / "worker.lock")

    wait_until(is_made(studio, asked), what="the picture")
    assert studio.worker.status().state is WorkerState.RUNNING
    assert studio.worker.status().failure is None
    assert pauses[:2] == [1.0, 2.0]


def test_what_breaks_a_worker_is_said_once_with_a_traceback_unless_a_path_says_it_all(
    caplog: pytest.LogCaptureFixture,
) -> None:
    leaving = threading.Event()
    breakages: list[BaseException] = [
        *[IsADirectoryError(errno.EISDIR, "Is a directory", "journal.jsonl")] * 3,
        *[ZeroDivisionError("division by zero")] * 3,
        IsADirectoryError(errno.EISDIR, "Is a directory", "journal.jsonl"),
    ]

    def live() -> None:
        broken = breakages.pop(0)
        if not breakages:
            leaving.set()
        raise broken

    Supervisor(Clock(), lambda _seconds: None).supervise(live, leaving)

    said = [(one.getMessage(), bool(one.exc_info)) for one in caplog.records]
    start = "the worker broke and tries again until it works: "
    assert said == [
        (f"{start}journal.jsonl cannot be used: Is a directory", False),
        (f"{start}ZeroDivisionError: division by zero", True),
        (f"{start}journal.jsonl cannot be used: Is a directory", False),
    ]


def test_a_worker_gives_its_first_sign_of_life_before_it_reads_what_was_left(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_reading, may_go_on = threading.Event(), threading.Event()

    def read_for_long(**_given: object) -> int:
        is_reading.set()
        may_go_on.wait()
        return 0

    monkeypatch.setattr(studio.worker._decisions, "adopt_from_journal", read_for_long)
    try:
        studio.worker.start()
        wait_until(is_reading.is_set, what="the reading")
        with studio.database.reading() as session:
            living = workers.living(session, seen_within_seconds=30)
        assert [one.setup.role for one in living] == [workers.WORKER]
    finally:
        may_go_on.set()
    wait_until(
        lambda: studio.worker.status().state is WorkerState.RUNNING, what="the work after that"
    )


def test_a_worker_that_breaks_while_it_reads_what_was_left_is_no_longer_listed(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = threading.Event()
    monkeypatch.setattr(studio.worker._supervisor, "_pause", lambda _seconds: broken.set())

    def break_down(**_given: object) -> int:
        studio.worker._leaving.set()
        raise ZeroDivisionError

    monkeypatch.setattr(studio.worker._decisions, "adopt_from_journal", break_down)
    studio.worker.start()
    wait_until(broken.is_set, what="the breakage")

    with studio.database.reading() as session:
        assert workers.living(session, seen_within_seconds=30) == []


def test_a_worker_looks_after_a_while_whether_settled_lines_leave_the_journal(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "COMPACT_SECONDS", 0.0)
    looked = threading.Event()

    def compact() -> int:
        looked.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(studio.worker._decisions, "compact_journal", compact)
    studio.worker.start()
    wait_until(looked.is_set, what="the look")

    wait_until(is_made(studio, ask(studio)), what="a picture after that")
    assert studio.worker.status().restarts == 0


def test_a_worker_lives_on_when_the_job_engine_does_not_start_at_first(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(studio, [])
    opened: list[object] = []
    really = JobEngine.open

    def fail_twice(engine: JobEngine) -> None:
        opened.append(engine)
        if len(opened) < 3:
            raise OperationalError("SELECT 1", {}, Exception("the database is away"))
        really(engine)

    monkeypatch.setattr(JobEngine, "open", fail_twice)
    asked = ask(studio)
    studio.worker.start()

    wait_until(is_made(studio, asked), what="the picture")
    assert studio.worker.status().restarts == 2


def test_jobs_of_the_life_before_find_that_calls_may_begin_in_the_next_one(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(studio, [])
    may_begin: list[bool] = []
    really = JobEngine.open

    def fail_once(engine: JobEngine) -> None:
        with suppress(StudioClosingError):
            studio.context.in_flight.check()
            may_begin.append(True)
        if len(may_begin) == 1:
            may_begin.append(False)
            raise OSError(errno.EIO, "the data folder is away")
        really(engine)

    monkeypatch.setattr(JobEngine, "open", fail_once)
    studio.worker.start()

    wait_until(lambda: studio.worker.status().state is WorkerState.RUNNING, what="its second life")
    assert may_begin == [True, False, True]


def test_database_errors_of_every_kind_are_said_once_and_lived_through(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker_module, "FEED_SECONDS_AFTER_FAILURE", 0.05)
    told: list[str | None] = []
    really = studio.worker._feed

    def break_five_times(engine: JobEngine) -> None:
        if len(told) < 5:
            told.append(studio.worker.status().failure)
            raise DatabaseError("SELECT 1", {}, Exception("database disk image is malformed"))
        really(engine)

    monkeypatch.setattr(studio.worker, "_feed", break_five_times)
    asked = ask(studio)
    studio.worker.start()

    wait_until(is_made(studio, asked), what="the picture")
    assert told == [None, *["database disk image is malformed"] * 4]
    assert caplog.text.count("malformed") == 1
    assert studio.worker.status().restarts == 0


def test_a_job_that_began_and_runs_nowhere_is_taken_up_again(
    studio: Studio, engine: PaintedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forgetful(set[str]):
        def add(self, job: str, /) -> None:
            """Lose the first job."""
            if engine.drawn:
                super().add(job)

    monkeypatch.setattr(worker_module, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(studio.worker, "_running", Forgetful())
    engine.seconds = 30.0
    asked = ask(studio)
    studio.worker.start()
    wait_until(lambda: engine.drawn == [asked], what="the first begin")
    engine.seconds = 0.0

    wait_until(is_made(studio, asked), what="the picture")

    assert engine.drawn == [asked, asked]


def queue_is_served(studio: Studio) -> bool:
    name = f"queue-worker-generations-{studio.worker._executor_id}"
    return any(one.name == name for one in threading.enumerate())


def take_queue_away(studio: Studio) -> None:
    """Do what another worker does that has struck this one out, and wait until DBOS notices."""

    async def run_nothing(_generation_id: int, _job_id: str) -> None:
        raise AssertionError

    another = JobEngine(
        studio.database, executor_id="another", life_name="another", parallel=1, run=run_nothing
    )
    another.forget_jobs_of([studio.worker._executor_id])
    wait_until(lambda: not queue_is_served(studio), what="the queue to be left")


def test_a_worker_that_was_struck_out_makes_pictures_in_its_new_life(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = studio.worker._lease
    lease.rules = LeaseRules(sign_seconds=0.1)
    first = ask(studio)
    studio.worker.start()
    wait_until(is_made(studio, first), what="the picture of the first life")
    struck_out = lease.life
    with studio.database.writing() as session:
        workers.end_life(session, struck_out)
        backlog.take_back_of_nobody(session)
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", 3600.0)
    wait_until(lambda: lease.has_life and lease.life != struck_out, what="the new life")

    take_queue_away(studio)
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", 0.1)
    second = ask(studio, "a blue boat")

    wait_until(is_made(studio, second), what="the picture of the new life", patience_seconds=60)
    assert studio.worker.status().restarts == 0


def test_a_worker_in_which_nothing_begins_any_more_says_so_until_it_does(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", 0.1)
    really = JobEngine.keep_queue
    monkeypatch.setattr(JobEngine, "keep_queue", lambda _engine: None)
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    studio.worker._beginning = watch = IdleWatch(clock)
    studio.worker.start()
    wait_until(lambda: queue_is_served(studio), what="the queue")
    take_queue_away(studio)
    asked = ask(studio)
    wait_until(lambda: watch._since_idle is not None, what="the worker to see that nothing begins")
    assert studio.worker.status().state is WorkerState.RUNNING

    clock.tick(HANGS_AFTER_SECONDS + 1)

    assert studio.worker.status().state is WorkerState.HANGING
    told = {notice.kind: notice for notice in studio.health.report().notices}
    assert told["worker_hangs"].stops is studio.database.is_sqlite
    for_good = [studio.worker.hangs_for_good]
    clock.tick(MOST_LOOPS * HANGS_AFTER_SECONDS)
    for_good.append(studio.worker.hangs_for_good)
    assert for_good == [False, True]
    monkeypatch.setattr(JobEngine, "keep_queue", really)
    wait_until(is_made(studio, asked), what="the picture, when its queue is back")
    assert studio.worker.status().state is WorkerState.RUNNING


def test_the_end_of_a_broken_generation_is_written_as_soon_as_it_can_be(
    studio: Studio, engine: PaintedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    really = studio.worker._pipeline.break_off

    def be_full(generation_id: int, failure: Exception) -> None:
        tries.append(generation_id)
        if len(tries) < 3:
            raise OperationalError("UPDATE", {}, Exception("database or disk is full"))
        really(generation_id, failure)

    async def no_sleep(_seconds: float) -> None:
        return None

    monkeypatch.setattr(studio.worker._pipeline, "break_off", be_full)
    monkeypatch.setattr(studio.worker, "_sleep", no_sleep)
    engine.failures = [ZeroDivisionError()]
    asked = ask(studio)
    studio.worker.start()

    wait_until(lambda: studio.service.see(asked).state is State.FAILED, what="its end")
    assert tries == [asked] * 3


class OtherEngine(PaintedEngine):
    name = "bria"
    label = "Bria FIBO"

    async def render(self, order: Order) -> FinishedPicture:
        raise AssertionError(f"nobody here makes {order.generation_id}")


def test_a_worker_leaves_what_it_cannot_make_and_everybody_is_told(studio: Studio) -> None:
    engines = studio.service._engines
    studio.service._engines = {**engines, "bria": OtherEngine()}
    waiting = [
        studio.service.ask(parse_request({"prompt": f"boat {number}", "engine": "bria"})).id
        for number in range(3)
    ]
    studio.service._engines = engines
    made = ask(studio)
    studio.worker.start()

    wait_until(is_made(studio, made), what="what it can make")

    left = [studio.service.see(one) for one in waiting]
    assert {one.state for one in left} == {State.QUEUED}
    assert {one.error_message for one in left} == {None}
    notices = {notice.kind: notice for notice in studio.health.report().notices}
    assert notices["engine_missing"].message == (
        "3 orders wait for Bria FIBO: no worker has its key."
    )
    with studio.database.writing() as session:
        workers.begin_life(session, "another", ProcessSetup(engines=("bria",)))
    assert "engine_missing" not in {one.kind for one in studio.health.report().notices}


def test_a_lost_answer_is_left_to_no_engine(studio: Studio) -> None:
    with studio.database.reading() as session:
        now = studio.clock.now()
        assert backlog.waiting_for_a_worker(session, limit=9, now=now, engines=()) == []


def test_settings_that_differ_between_processes_are_told_with_both_values(studio: Studio) -> None:
    with studio.database.writing() as session:
        for name, limit in (("one", "$5"), ("two", "no limit")):
            settings = {"FIBO_DAILY_BUDGET_USD": limit, "FIBO_ON_UNKNOWN": "hold"}
            workers.begin_life(session, name, ProcessSetup(host=name, settings=settings))

    told = [one.message for one in studio.health.report().notices if one.kind == "settings_differ"]

    (message,) = told
    assert message.startswith("FIBO_DAILY_BUDGET_USD differs between processes: ")
    assert message.endswith(": $5 for the worker on one, no limit for the worker on two.")


def test_an_app_without_a_worker_of_its_own_says_how_it_is_set_up(studio: Studio) -> None:
    studio.presence.show()

    def seen() -> list[workers.Living]:
        with studio.database.reading() as session:
            return workers.living(session, seen_within_seconds=30)

    wait_until(lambda: bool(seen()), what="the app's row")
    (app,) = seen()
    assert app.setup.role == workers.APP
    assert app.setup.settings["FIBO_ON_UNKNOWN"] == "hold"
    assert [one.kind for one in studio.health.report().notices] == ["no_worker"]
    studio.presence.leave()
    assert seen() == []
