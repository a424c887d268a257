"""Power cuts in the middle of a batch: nothing is asked for twice and nothing is lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from core.batches.feeder import STORING_ENDS_AFTER
from core.domain.batching import BatchState, LineState
from core.records import batches
from core.records.batches import Plan
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.batches.orders import feeder_of, new_lines, work_off
from tests.running import wait_until
from tests.serving import ROOT, clean_environment
from tests.test_kills import start_worker

ROWS, KILLS = 30, 3


def test_a_batch_survives_kills_of_its_worker(tmp_path: Path) -> None:
    moments = random.Random(4)  # noqa: S311 - any moments will do, the same each time
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path))
    lines = new_lines(ROWS, resolution="draft")
    batch = studio.batches.start(Plan(name="cut", parallel=8), lines)
    cut_in_the_middle = 0
    for _ in range(KILLS):
        worker = start_worker(tmp_path)
        before = studio.batches.progress(batch.id).settled
        wait_until(
            lambda before=before: studio.batches.progress(batch.id).settled > before,  # type: ignore[misc]
            what="a picture",
        )
        time.sleep(moments.uniform(0.0, 0.4))
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        cut_in_the_middle += not studio.batches.load(batch.id).is_over

    last = start_worker(tmp_path)
    wait_until(lambda: studio.batches.load(batch.id).is_over, what="the batch")
    last.terminate()
    last.wait(15)

    told = studio.batches.progress(batch.id)
    assert cut_in_the_middle >= 2
    assert told.batch.state is BatchState.DONE
    assert told.counts == {LineState.DONE: ROWS}
    made = [line.generation for line in studio.batches.lines(batch.id)]
    assert len({one.id for one in made if one}) == ROWS
    assert len(studio.service.newest(limit=1000)) == ROWS
    assert Counter(one.prompt for one in made if one) == {line.request.prompt: 1 for line in lines}
    studio.close()


FEED = """
import sys
from pathlib import Path
from core.batches.feeder import Feeder
from core.settings import Settings
from core.wiring import build_studio
studio = build_studio(Settings(FIBO_DATA_DIR=Path(sys.argv[1])))
Feeder(studio.database, studio.clock, studio.service, parallel=4).feed()
"""


def feed_and_die(folder: Path, place: str) -> int:
    """Let a process feed that dies at a named place, and return its exit code."""
    fed = subprocess.run(
        [sys.executable, "-c", FEED, str(folder)],
        cwd=ROOT,
        env={**clean_environment(), "FIBO_FAULT_POINT": place},
        check=False,
    )
    return fed.returncode


def test_a_feeder_that_dies_before_its_commit_has_asked_for_nothing(tmp_path: Path) -> None:
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path))
    batch = studio.batches.start(Plan(name="cut"), new_lines(6))

    assert feed_and_die(tmp_path, "before_line_commit") == -signal.SIGKILL

    assert studio.service.newest(limit=10) == []
    assert studio.batches.progress(batch.id).counts == {LineState.WAITING: 6}
    feeder_of(studio).feed()
    assert len(studio.service.newest(limit=10)) == 6
    studio.close()


def test_a_feeder_that_dies_while_it_settles_settles_at_its_next_turn(tmp_path: Path) -> None:
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path))
    batch = studio.batches.start(Plan(name="cut"), new_lines(2, resolution="draft"))
    feeder_of(studio).feed()
    work_off(studio)

    assert feed_and_die(tmp_path, "before_settle_commit") == -signal.SIGKILL

    assert studio.batches.progress(batch.id).counts == {LineState.RUNNING: 2}
    feeder_of(studio).feed()
    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 2}
    studio.close()


def test_a_start_that_is_cut_off_begins_nothing_and_says_so(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_place: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.batches.control.fault_point", die)
    with pytest.raises(KeyboardInterrupt):
        studio.batches.start(Plan(name="cut"), new_lines(3))
    feeder_of(studio).feed()
    (told,) = studio.batches.newest()
    assert told.batch.state is BatchState.STORING
    assert studio.service.newest(limit=10) == []

    later = studio.clock.now() + STORING_ENDS_AFTER + timedelta(seconds=1)
    with studio.database.writing() as session:
        batches.give_up_half_stored(session, begun_before=later, now=later)

    (told,) = studio.batches.newest()
    assert told.batch.state is BatchState.CANCELLED
    assert "Start it again" in (told.batch.reason or "")
