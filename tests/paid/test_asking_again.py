"""What was ordered is asked for as long as Bria may have it, and not ordered a second time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from core.domain.failure import Charge
from core.domain.states import State
from core.engines.base import PaidEngine
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.pipeline import Pipeline
from core.provider.rate_limiter import RateLimiter
from core.records import backlog
from core.tables.generation import GenerationRow
from core.wiring import Studio
from tests.fakes.bria import FakeBria, Phase, fault
from tests.paid.conftest import OpenPaid
from tests.paid.test_paying_once import FIBO_PRICE, books_agree, charges_of
from tests.paid.work import ask, work_on
from tests.running import wait_until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("phase", "failure"), [("asset", "not_an_image"), ("poll", "not_found")], ids=str
)
def test_a_picture_that_did_not_come_is_asked_for_again_and_costs_nothing_more(
    paid: Studio, fake: FakeBria, phase: Phase, failure: str
) -> None:
    fake.plan(phase, fault(failure, times=4))
    held = work_on(paid, ask(paid))
    assert held.state is State.UNKNOWN
    assert "Check again" in (held.error_advice or "")

    asked = paid.decisions.check_again(held.id)
    made = work_on(paid, asked)

    assert asked.accepted_at == held.accepted_at
    assert (made.state, made.error_message) == (State.COMPLETED, None)
    assert charges_of(paid, made) == [Charge.YES]
    assert len(fake.charges()) == 1
    assert paid.service.cost_of(made.id).certain_microusd == FIBO_PRICE
    assert books_agree(paid, made)


def test_the_number_of_the_first_try_is_still_good_after_a_second_one_was_lost(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("asset", fault("not_an_image", times=4))
    held = work_on(paid, ask(paid))
    fake.plan("submit", "http_500")
    paid.decisions.send_again(held.id)
    lost = work_on(paid, held)
    assert (lost.state, lost.request_id) == (State.UNKNOWN, None)
    (paid.settings.data_dir / "journal.jsonl").unlink()  # the row knows it too

    paid.decisions.check_again(held.id)
    made = work_on(paid, held)

    assert (made.state, made.request_id) == (State.COMPLETED, held.request_id)
    assert len(fake.charges()) == 1
    assert books_agree(paid, made)


def test_what_is_said_of_the_first_try_does_not_change_the_second(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("asset", fault("not_an_image", times=8))
    held = work_on(paid, ask(paid))
    fake.plan("submit", "http_500")
    paid.decisions.send_again(held.id)
    work_on(paid, held)
    paid.decisions.check_again(held.id)

    again = work_on(paid, held)

    assert again.state is State.UNKNOWN
    assert charges_of(paid, again) == [Charge.YES, Charge.MAYBE]
    assert paid.service.cost_of(again.id).certain_microusd == FIBO_PRICE
    assert paid.service.cost_of(again.id).possible_microusd == FIBO_PRICE
    assert books_agree(paid, again)


def test_resend_once_does_not_repeat_what_was_certainly_charged(
    open_paid: OpenPaid, fake: FakeBria
) -> None:
    studio = open_paid(FIBO_ON_UNKNOWN="resend_once")
    fake.plan("submit", fault("no_request_id", times=4))

    held = work_on(studio, ask(studio))

    assert held.state is State.UNKNOWN
    assert len(fake.charges()) == 1
    assert charges_of(studio, held) == [Charge.YES]


def test_an_answer_that_comes_while_its_picture_is_queued_once_more_is_taken(
    paid: Studio, fake: FakeBria
) -> None:
    asked = ask(paid)
    books = AttemptRecorder(paid.context)
    number = books.commit_intent(asked, "{}")
    engine = paid.context.engines["bria"]
    assert isinstance(engine, PaidEngine)
    late = asyncio.run(engine.submit(paid.context.order(asked)))
    books.settle_lost_intent(paid.service.see(asked.id))
    paid.decisions.send_again(asked.id)

    books.take_in(paid.service.see(asked.id), engine, number, late)
    made = work_on(paid, asked)

    assert (made.state, made.request_id) == (State.COMPLETED, late.request_id)
    assert len(fake.charges()) == 1
    assert books_agree(paid, made)


def test_a_number_read_from_a_broken_answer_survives_a_database_that_fails(
    paid: Studio, fake: FakeBria, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_failure, failures = RateLimiter.note_failure, iter(range(2))

    def away_at_first(*given: Any) -> bool:
        if next(failures, None) is not None:
            raise OperationalError("BEGIN", {}, Exception("disk full"))
        return note_failure(*given)

    asked = ask(paid)
    fake.plan("submit", "truncated_body")
    monkeypatch.setattr(RateLimiter, "note_failure", away_at_first)

    asyncio.run(Pipeline(paid.context).run(asked.id))

    (charge,) = fake.charges()
    assert next(failures, None) is None
    assert paid.service.see(asked.id).request_id == charge.request_id
    assert paid.service.see(asked.id).state is State.COMPLETED


def test_past_its_deadline_a_picture_is_asked_for_once_and_rests(
    open_paid: OpenPaid, fake: FakeBria
) -> None:
    studio = open_paid(FIBO_DEADLINE_SECONDS=1)
    fake.plan("job", "stuck")
    late = work_on(studio, ask(studio), runs=1)
    asked_before = fake.jobs()[0]["polls"]
    with studio.database.writing() as session:
        backlog.put_off(session, late.id, until=studio.clock.now())
    begun = late.accepted_at or studio.clock.now()
    wait_until(lambda: studio.clock.now() - begun > timedelta(seconds=1), what="its deadline")

    still = work_on(studio, late, runs=1)

    assert asked_before > 1
    assert fake.jobs()[0]["polls"] == asked_before + 1
    assert still.not_before is not None
    assert still.not_before - studio.clock.now() > timedelta(minutes=4)


@pytest.mark.parametrize("is_away", [True, False], ids=["Bria away", "Bria still at work"])
def test_three_days_count_only_once_bria_said_that_the_picture_is_not_there(
    paid: Studio, fake: FakeBria, *, is_away: bool
) -> None:
    fake.plan("job", "stuck")
    rules = replace(paid.context.rules, deadline_seconds=0.01)
    hasty = replace(paid, context=replace(paid.context, rules=rules))
    late = work_on(hasty, ask(paid), runs=1)
    assert late.accepted_at is not None
    with paid.database.writing() as session:
        long_ago = late.accepted_at - timedelta(days=4)
        row = update(GenerationRow).where(col(GenerationRow.id) == late.id)
        session.execute(row.values(accepted_at=long_ago))
        backlog.put_off(session, late.id, until=paid.clock.now())
    if is_away:
        fake.plan("poll", "http_500")

    looked = work_on(hasty, late, runs=1)

    assert looked.state is (State.ACCEPTED if is_away else State.UNKNOWN)
    assert looked.error_code == (None if is_away else "never_arrived")
    assert charges_of(paid, looked) == [Charge.YES]


def test_a_picture_that_is_too_large_here_says_so_and_comes_when_it_is_not(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("asset", "bomb")
    held = work_on(paid, ask(paid))
    assert held.state is State.UNKNOWN
    assert "pixels" in (held.error_message or "")
    assert "administrator" in (held.error_advice or "")
    assert "Check again" in (held.error_advice or "")

    made = work_on(paid, paid.decisions.check_again(held.id))

    assert made.state is State.COMPLETED
    assert len(fake.charges()) == 1
