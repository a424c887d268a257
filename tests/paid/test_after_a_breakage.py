"""What the kill suite and the machine brought to light: nothing paid for is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.database import Database
from core.domain.failure import Charge
from core.domain.money import Budgets
from core.domain.request import parse_request
from core.domain.states import State
from core.generation.pipeline import Pipeline
from core.journal import Journal
from tests.fakes.paid_engine import LOOK_FAILURES, PlannedProvider
from tests.paid.little_studio import (
    LittleStudio,
    PowerCut,
    SetClock,
    bug_at,
    open_little_studio,
    power_cut_at,
)

MODERATION = next(failure for failure in LOOK_FAILURES if failure.kind == "moderation")


@pytest.fixture
def provider() -> PlannedProvider:
    return PlannedProvider()


@pytest.fixture
def studio(tmp_path: Path, provider: PlannedProvider) -> Iterator[LittleStudio]:
    clock = SetClock(datetime(2026, 11, 1, 12, tzinfo=UTC))
    database = Database(f"sqlite:///{tmp_path / 'fibo.sqlite'}")
    database.migrate()
    yield open_little_studio(
        tmp_path, database, provider, clock, budgets=Budgets(), resends_unknown_once=False
    )
    database.close()


@pytest.fixture
def asked(studio: LittleStudio) -> int:
    request = parse_request({"prompt": "a red boat", "seed": 7, "engine": "bria"})
    return studio.service.ask(request).id


def charges_of(studio: LittleStudio, asked: int) -> list[Charge]:
    return [attempt.charge for attempt in studio.service.attempts_of(asked)]


def work_until_it_ends(studio: LittleStudio, asked: int) -> State:
    for _ in range(5):
        while studio.work():
            pass
        studio.clock.tick(120)
    return studio.service.see(asked).state


def test_a_picture_refused_after_its_download_began_is_blocked(
    studio: LittleStudio, provider: PlannedProvider, asked: int
) -> None:
    with pytest.raises(PowerCut), power_cut_at("before_download"):
        studio.work()
    studio.wake()
    provider.plan(polls=[MODERATION])

    studio.work()

    assert studio.service.see(asked).state is State.BLOCKED
    assert studio.service.see(asked).reserved_microusd == 0


def test_an_answer_that_only_the_journal_could_take_is_collected_by_another_job(
    studio: LittleStudio, asked: int
) -> None:
    with bug_at("after_journal"):
        studio.work()

    assert studio.service.see(asked).state is State.ACCEPTED
    assert work_until_it_ends(studio, asked) is State.COMPLETED
    assert charges_of(studio, asked) == [Charge.YES]


def test_an_answer_that_the_journal_cannot_take_goes_into_the_rows(
    studio: LittleStudio, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "append", be_full)

    studio.work()

    assert studio.service.see(asked).state is State.COMPLETED
    assert charges_of(studio, asked) == [Charge.YES]


def test_a_line_that_was_cut_short_does_not_spoil_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.append(generation_id=1, number=1, request_id="the first")
    path.write_bytes(path.read_bytes() + b'[2, 1, "cut sh')
    assert list(journal.entries()) == [(1, 1, "the first")]

    journal.append(generation_id=3, number=1, request_id="the third")

    assert list(journal.entries()) == [(1, 1, "the first"), (3, 1, "the third")]


def test_a_paid_picture_waits_for_its_engine_when_the_key_is_taken_away(
    studio: LittleStudio, asked: int
) -> None:
    with pytest.raises(PowerCut), power_cut_at("after_journal"):
        studio.work()
    studio.wake()
    without_key = replace(studio, pipeline=Pipeline(replace(studio.pipeline._context, engines={})))

    without_key.work()

    assert studio.service.see(asked).state is State.ACCEPTED
    assert "not set up" in (studio.service.see(asked).error_message or "")
    assert work_until_it_ends(studio, asked) is State.COMPLETED


def test_a_sent_order_without_an_answer_is_unknown_also_when_its_engine_is_gone(
    studio: LittleStudio, asked: int
) -> None:
    with pytest.raises(PowerCut), power_cut_at("after_202"):
        studio.work()
    studio.wake()

    replace(studio, pipeline=Pipeline(replace(studio.pipeline._context, engines={}))).work()

    assert studio.service.see(asked).state is State.UNKNOWN
    assert charges_of(studio, asked) == [Charge.MAYBE]


def test_a_job_that_meets_another_one_leaves_the_picture_in_the_backlog(
    studio: LittleStudio, asked: int
) -> None:
    studio.pipeline._paid._in_hand.add(asked)
    studio.work()
    studio.pipeline._paid._in_hand.clear()

    assert studio.service.see(asked).state is State.QUEUED
    assert work_until_it_ends(studio, asked) is State.COMPLETED
