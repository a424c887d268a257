"""A worker that hangs, alive but stuck: it is replaced, told of, and not taken for a living one."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.clock import Clock
from core.domain.request import parse_request
from core.domain.states import State
from core.generation.leases import Lease
from core.jobs import watched_loop
from core.jobs.engine import JobEngine
from core.jobs.heartbeat import Heartbeat
from core.jobs.supervision import WorkerState
from core.jobs.watched_loop import WatchedLoop
from core.records.workers import ProcessSetup, last_sign_of_life
from core.wiring import Studio
from tests.running import wait_until
from tests.serving import ROOT, clean_environment


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    """What hangs in a test waits for it, so that no thread outlives the test."""
    let_go = threading.Event()
    yield let_go
    let_go.set()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_loop, "HANGS_AFTER_SECONDS", 0.5)
    monkeypatch.setattr(watched_loop, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(watched_loop, "LEAVE_SECONDS", 0.1)


def hang(studio: Studio, stuck: threading.Event, *, times: int) -> list[int]:
    begun: list[int] = []
    really = studio.worker._feed

    def feed(engine: JobEngine) -> None:
        begun.append(len(begun))
        if len(begun) <= times:
            stuck.wait()
        really(engine)

    studio.worker._feed = feed  # type: ignore[method-assign]
    return begun


def test_a_feeding_loop_that_hangs_is_left_behind_and_another_one_goes_on(
    studio: Studio, stuck: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    hang(studio, stuck, times=1)
    asked = studio.service.ask(parse_request({"prompt": "a red boat"})).id
    studio.worker.start()

    wait_until(lambda: studio.service.see(asked).state is State.COMPLETED, what="the picture")

    assert "feeding hangs; it is left behind" in caplog.text
    assert studio.worker.status().restarts == 0
    stuck.set()
    wait_until(
        lambda: sum(one.name == "feeding" for one in threading.enumerate()) == 1,
        what="the loop that hung to find its place taken",
    )


def test_a_worker_that_hangs_is_told_and_can_leave(studio: Studio, stuck: threading.Event) -> None:
    begun = hang(studio, stuck, times=99)
    studio.worker.start()
    wait_until(lambda: len(begun) == watched_loop.MOST_LOOPS, what="three loops to hang")
    wait_until(lambda: studio.worker.hangs_for_good, what="the last to hang too")

    assert studio.worker.status().state is WorkerState.HANGING
    told = {notice.kind: notice for notice in studio.health.report().notices}
    assert told["worker_hangs"].stops is studio.database.is_sqlite
    assert "start its process again" in told["worker_hangs"].advice
    studio.worker.stop()
    assert studio.worker._thread is None
    assert studio.worker.status().state is WorkerState.STOPPED


def test_no_sign_of_life_is_given_for_a_worker_that_hangs(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    hangs = False
    lease = Lease(studio.database, studio.clock, "one", ProcessSetup())
    heartbeat = Heartbeat(lease, lives=lambda: not hangs)
    lease.begin()

    def seen() -> object:
        with studio.database.reading() as session:
            return last_sign_of_life(session)[0]

    first = seen()
    heartbeat._sign()
    second = seen()
    assert second != first
    hangs = True
    for _ in range(3):
        heartbeat._sign()
    assert seen() == second
    assert caplog.text.count("no sign of life") == 1
    lease.end()


def test_loops_that_hang_from_time_to_time_are_replaced_for_ever(stuck: threading.Event) -> None:
    leaving = threading.Event()
    rounds: list[str] = []

    def loop(note_moved: Callable[[], bool]) -> None:
        rounds.append("moved")
        note_moved()
        if len(rounds) == 2 * watched_loop.MOST_LOOPS:
            leaving.set()
            return
        stuck.wait()

    WatchedLoop(Clock(), name="loop").run(loop, leaving)

    assert len(rounds) == 2 * watched_loop.MOST_LOOPS


def test_what_breaks_a_loop_comes_out_of_it() -> None:
    def loop(_note_moved: Callable[[], bool]) -> None:
        raise SystemExit("whatever ends a thread")

    with pytest.raises(SystemExit, match="whatever"):
        WatchedLoop(Clock(), name="loop").run(loop, threading.Event())


def run_program(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, with the data in a folder, to its end."""
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**clean_environment(), "FIBO_DATA_DIR": str(folder)},
        capture_output=True,
        check=False,
        text=True,
    )


def test_a_worker_process_that_hangs_ends_itself_with_a_sentence_and_a_code(
    tmp_path: Path,
) -> None:
    program = (
        "import sys, threading\n"
        "from core import worker\n"
        "from core.jobs import watched_loop\n"
        "from core.jobs.worker import Worker\n"
        "watched_loop.HANGS_AFTER_SECONDS = worker.LOOK_SECONDS = 0.2\n"
        "Worker._feed = lambda *_: threading.Event().wait()\n"
        "sys.exit(worker.main())\n"
    )
    ended = run_program(program, tmp_path)

    assert ended.returncode == 4
    assert "The worker hangs, so it ends; start it again." in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_worker_process_that_only_seems_to_hang_after_a_long_stop_goes_on(
    tmp_path: Path,
) -> None:
    program = (
        "import os, signal, sys, threading\n"
        "from core import worker\n"
        "from core.jobs.worker import Worker\n"
        "worker.LOOK_SECONDS = 0.1\n"
        "looks = [True, False, True, False]\n"
        "def hangs(_worker):\n"
        "    if threading.current_thread() is not threading.main_thread():\n"
        "        return False\n"
        "    if len(looks) == 1:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return looks.pop(0)\n"
        "Worker.hangs_for_good = property(hangs)\n"
        "sys.exit(worker.main())\n"
    )
    ended = run_program(program, tmp_path)

    assert ended.returncode == 0
    assert "hangs" not in ended.stderr
