"""Rows of a batch that no engine here makes hold nobody up, and looking for late ones is rare."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from sqlalchemy import text, update
from sqlmodel import Session

from core.domain.batching import BatchState, LineState, StopRules
from core.domain.request import parse_request
from core.records import batch_rows, batches, unfetched
from core.records.batch_rows import NewLine
from core.records.batches import Plan
from core.tables.batch import LineRow
from core.wiring import Studio
from tests.batches.orders import feeder_of, new_lines, run_to_end, work_off


def test_rows_of_an_engine_that_is_not_here_let_the_others_go_on(studio: Studio) -> None:
    rows = [*new_lines(3, engine="bria"), *new_lines(4, first=10), *new_lines(1, engine="bria")]
    batch = studio.batches.start(Plan(name="mixed", parallel=2), rows)

    run_to_end(studio, feeder_of(studio))

    told = studio.batches.progress(batch.id)
    assert told.counts == {LineState.DONE: 4, LineState.WAITING: 4}
    assert told.batch.state is BatchState.RUNNING
    with studio.database.reading() as session:
        assert batch_rows.waiting_by_engine(session, batch.id) == {"bria": 4}


def test_a_row_that_is_rewritten_for_another_engine_waits_for_that_one(studio: Studio) -> None:
    batch = studio.batches.start(Plan(name="mixed", parallel=2), new_lines(2, engine="bria"))
    studio.batches.finish_current(batch.id)

    studio.batches.edit_and_retry(batch.id, 2, {"engine": "preview"})
    run_to_end(studio, feeder_of(studio))

    assert studio.batches.progress(batch.id).counts == {LineState.CANCELLED: 1, LineState.DONE: 1}


def test_rows_of_a_version_before_learn_their_engine(studio: Studio) -> None:
    odd = parse_request({"prompt": 'a boat, "engine":"steam", no sail', "engine": "bria-lite"})
    rows = [*new_lines(2, engine="bria"), *new_lines(1), NewLine(row_id="odd", request=odd)]
    batch = studio.batches.start(Plan(name="old"), rows)
    step = import_module("core.migrations.versions.0009_leases_and_holds")
    with studio.database.writing() as session:
        session.execute(update(LineRow).values(engine=None))

        session.execute(text(step.ENGINES[session.get_bind().dialect.name]))

        waiting = batch_rows.waiting_by_engine(session, batch.id)
    assert waiting == {"bria": 2, "preview": 1, "bria-lite": 1}


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The batches that were looked through for late pictures."""
    seen: list[int] = []
    count: Callable[[Session, int], int] = unfetched.count_late

    def note(session: Session, batch_id: int) -> int:
        seen.append(batch_id)
        return count(session, batch_id)

    monkeypatch.setattr(unfetched, "count_late", note)
    return seen


def test_late_pictures_are_looked_for_once_a_turn_and_only_behind_rows_under_way(
    studio: Studio, looks: list[int]
) -> None:
    plan = Plan(name="stopped", parallel=16, rules=StopRules(failed_share=0.3))
    batch = studio.batches.start(plan, new_lines(20))
    feeder = feeder_of(studio, parallel=4)

    feeder.feed()
    assert studio.batches.progress(batch.id).count(LineState.RUNNING) == 8
    assert looks == []

    work_off(studio, most=4)
    feeder.feed()
    assert studio.batches.progress(batch.id).count(LineState.RUNNING) == 8
    assert looks == [batch.id] * 2  # once as four rows settled, once before the next are taken


def test_a_batch_without_stop_rules_is_never_looked_through(
    studio: Studio, looks: list[int]
) -> None:
    studio.batches.start(Plan(name="free", parallel=4), new_lines(10))

    run_to_end(studio, feeder_of(studio))

    with studio.database.reading() as session:
        assert batches.running(session) == []
    assert looks == []
