"""The worker with the real job engine: it makes what waits, and leaves when it is told to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from core.domain.request import parse_request
from core.domain.states import State
from core.generation.pipeline import Pipeline
from core.records import backlog
from core.tables.generation import GenerationRow
from core.wiring import Studio
from tests.fakes.engine import PaintedEngine
from tests.running import run_pipeline, wait_until


def ask(studio: Studio, count: int, *, first: int = 0) -> list[int]:
    return [
        studio.service.ask(parse_request({"prompt": f"boat number {number}"})).id
        for number in range(first, first + count)
    ]


def states(studio: Studio, ids: list[int]) -> set[State]:
    return {studio.service.see(one).state for one in ids}


def test_the_worker_makes_everything_that_waits(studio: Studio, engine: PaintedEngine) -> None:
    before = ask(studio, 5)
    studio.worker.start()
    after = ask(studio, 5, first=5)

    wait_until(lambda: states(studio, before + after) == {State.COMPLETED}, what="ten pictures")

    assert sorted(engine.drawn) == sorted(before + after)
    assert studio.health.report().problems == ()


def test_a_worker_that_leaves_in_the_middle_finishes_after_the_next_start(
    open_studio: Callable[[], Studio], engine: PaintedEngine
) -> None:
    first = open_studio()
    engine.seconds = 30.0
    ids = ask(first, 6)
    first.worker.start()
    wait_until(lambda: len(engine.drawn) >= 4, what="four pictures begun")
    first.close()
    assert State.COMPLETED not in states(first, ids)

    engine.seconds = 0.0
    second = open_studio()
    second.worker.start()

    wait_until(lambda: states(second, ids) == {State.COMPLETED}, what="six pictures")


def test_a_generation_that_breaks_in_an_unforeseen_way_ends_with_a_sentence(
    studio: Studio, engine: PaintedEngine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.failures = [ZeroDivisionError("nobody thought of this")]
    (broken,) = ask(studio, 1)
    studio.worker.start()

    wait_until(lambda: states(studio, [broken]) == {State.FAILED}, what="the failure")

    assert studio.service.see(broken).error_code == "internal_error"
    assert "ZeroDivisionError" in (studio.service.see(broken).error_message or "")
    assert "nobody thought of this" in caplog.text


def test_work_that_the_job_engine_has_forgotten_is_handed_over_again(studio: Studio) -> None:
    (forgotten,) = ask(studio, 1)
    with studio.database.writing() as session:
        assert backlog.hand_over(session, forgotten, "a job that never was")

    studio.worker.start()

    wait_until(lambda: states(studio, [forgotten]) == {State.COMPLETED}, what="the picture")


def test_a_generation_is_handed_over_once(studio: Studio) -> None:
    (one,) = ask(studio, 1)
    with studio.database.writing() as session:
        assert backlog.hand_over(session, one, "first")
        assert not backlog.hand_over(session, one, "second")
        assert backlog.jobs_in_hand(session) == {one: "first"}
        assert backlog.waiting_for_a_worker(session, limit=10, now=datetime.now(UTC)) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_sqlite_a_second_worker_waits_until_the_first_is_gone(
    open_studio: Callable[[], Studio], engine: PaintedEngine
) -> None:
    first, second = open_studio(), open_studio()
    first.worker.start()
    wait_until(lambda: first.health.report().problems == (), what="the first worker")
    second.worker.start()
    ids = ask(second, 3)
    wait_until(lambda: states(second, ids) == {State.COMPLETED}, what="pictures by the first")

    first.worker.stop()
    later = ask(second, 4, first=3)
    wait_until(lambda: states(second, later) == {State.COMPLETED}, what="pictures by the second")

    assert len(engine.drawn) == 7


def test_health_names_a_missing_worker(studio: Studio) -> None:
    report = studio.health.report()

    assert report.database_ok
    assert report.problems == ("No worker gave a sign of life in the last 30 s.",)
    assert report.free_disk_bytes > 0


def test_the_worker_takes_away_what_lay_in_the_trash_for_a_month(studio: Studio) -> None:
    asked = studio.service.ask(parse_request({"prompt": "a red boat"}))
    made = run_pipeline(studio, Pipeline(studio.context), asked)
    long_ago = studio.clock.now() - timedelta(days=31)
    with studio.database.writing() as session:
        trashing = update(GenerationRow).where(col(GenerationRow.id) == made.id)
        session.execute(trashing.values(trashed_at=long_ago))

    studio.worker.start()

    wait_until(lambda: studio.service.see(made.id).image_sha256 is None, what="the emptied trash")
    assert studio.service.see(made.id).note is None


def test_a_trash_that_cannot_be_emptied_keeps_nobody_from_working(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise PermissionError("read-only file")

    monkeypatch.setattr(studio.worker, "_clean_up", refuse)
    asked = ask(studio, 1)
    studio.worker.start()

    wait_until(lambda: states(studio, asked) == {State.COMPLETED}, what="a picture all the same")
    assert studio.health.report().problems == ()
