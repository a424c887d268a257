"""Health: what the sources tell is told, and one that cannot look keeps the others from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from core.domain.notice import Notice
from core.health import Health
from core.jobs.supervision import WorkerState, WorkerStatus
from core.records import workers
from core.web.api.app import build_api
from core.wiring import Studio

HELD = Notice("held", "9 orders may have been made after this backup.", "Check them first.")
STOPPED = Notice("worker", "Nothing is being made.", stops=True)


def test_what_the_sources_say_is_told_and_only_what_stops_is_a_problem(
    studio: Studio, tmp_path: Path
) -> None:
    def break_down() -> Sequence[Notice]:
        raise OperationalError("SELECT", {}, Exception("gone"))

    sources = (lambda: [HELD], break_down, lambda: [STOPPED])
    report = Health(studio.database, studio.clock, tmp_path, sources=sources).report()

    assert report.notices[-2:] == (HELD, STOPPED)
    assert STOPPED.message in report.problems
    assert HELD.message not in report.problems


def test_a_worker_that_broke_is_told(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = WorkerStatus(
        state=WorkerState.RESTARTING, since=studio.clock.now(), failure="OSError: no room"
    )
    monkeypatch.setattr(studio.worker, "status", lambda: broken)

    told = {notice.kind: notice for notice in studio.health.report().notices}

    assert "OSError: no room" in told["worker_restarting"].advice
    assert told["worker_restarting"].stops is studio.database.is_sqlite
    for_others = studio.worker.problem()
    assert for_others is not None
    assert told["worker_restarting"].message.endswith(f": {for_others.message}")


def test_a_clock_that_is_off_is_told_once_for_each_machine(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = studio.clock.now
    monkeypatch.setattr(studio.clock, "now", lambda: now() + timedelta(seconds=45))
    with studio.database.writing() as session:
        for name, host, ahead in (("a", "one", 45.0), ("b", "one", 45.6), ("c", "two", -8.0)):
            life = workers.begin_life(session, name, workers.ProcessSetup(host=host))
            workers.give_sign_of_life(session, life, clock_ahead_seconds=ahead)

    told = [one.message for one in studio.health.report().notices if one.kind == "clock"]

    assert told == [
        "The clock of one is 46 s ahead of the database's.",
        "The clock of two is 8 s behind the database's.",
    ]


def test_the_answer_tells_of_this_process_and_of_the_studio_apart(studio: Studio) -> None:
    told = TestClient(build_api(studio)).get("/health").json()

    assert told["process"]["schema_at"] == told["process"]["schema_expected"]
    assert (told["process"]["worker"], told["process"]["ready"]) == ("stopped", False)
    assert told["studio"] == {"workers_alive": 0, "unfinished_generations": 0, "pauses": []}
