"""What was cancelled, given up or blocked, and turns out to be paid, becomes the person's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from core.batches.from_history import plan_history_retry
from core.domain.batching import BatchState, LineState
from core.domain.failure import Charge
from core.domain.states import State
from core.engines.base import Accepted, PaidEngine
from core.errors import StaleStateError
from core.generation.attempt_recorder import AttemptRecorder
from core.records.generations import Generation
from core.tables.generation import AttemptRow
from core.wiring import Studio
from tests.batches.orders import feeder_of, run_to_end
from tests.fakes.bria import FOREVER, FakeBria, fault
from tests.paid.test_cancelled_rows import started, states
from tests.paid.test_paying_once import FIBO_PRICE, books_agree, charges_of
from tests.paid.work import ask, work_on


def give_up(studio: Studio, generation_id: int) -> State:
    return studio.decisions.give_up(generation_id).state


def cancel_the_next_try(studio: Studio, generation_id: int) -> State:
    studio.decisions.send_again(generation_id)
    return studio.decisions.cancel(generation_id).state


def have_the_next_try_blocked(studio: Studio, generation_id: int) -> State:
    studio.decisions.send_again(generation_id)
    return work_on(studio, studio.service.see(generation_id)).state


ENDS = [cancel_the_next_try, give_up, have_the_next_try_blocked]
End = Callable[[Studio, int], State]

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class LateAnswer:
    """An order whose worker fell silent, so that another one took its answer for lost."""

    def __init__(self, studio: Studio, asked: Generation) -> None:
        self._studio, self._id = studio, asked.id
        self._recorder = AttemptRecorder(studio.context)
        engine = studio.context.engines["bria"]
        assert isinstance(engine, PaidEngine)
        self._engine = engine
        self._number = self._recorder.commit_intent(asked, "{}")
        self._answer: Accepted = asyncio.run(engine.submit(studio.context.order(asked)))
        self._recorder.settle_lost_intent(studio.service.see(asked.id))

    def arrive(self) -> Generation:
        """Let the silent worker wake up with the answer."""
        there = self._studio.service.see(self._id)
        return self._recorder.take_in(there, self._engine, self._number, self._answer)


@pytest.mark.parametrize("end", ENDS)
def test_an_answer_that_arrives_after_the_end_brings_its_paid_picture(
    paid: Studio, fake: FakeBria, end: End
) -> None:
    asked = ask(paid)
    late = LateAnswer(paid, asked)
    fake.plan("submit", "http_422")
    ended = end(paid, asked.id)
    assert ended in {State.CANCELLED, State.FAILED, State.BLOCKED}
    assert paid.library.throw_away([asked.id])

    taken = late.arrive()
    made = work_on(paid, taken)

    assert (taken.state, taken.completed_at, taken.trashed_at) == (State.ACCEPTED, None, None)
    assert (taken.error_message, taken.reserved_microusd) == (None, 0)
    assert (made.state, len(fake.charges())) == (State.COMPLETED, 1)
    assert charges_of(paid, made)[0] is Charge.YES
    assert paid.service.cost_of(made.id).certain_microusd == FIBO_PRICE
    assert books_agree(paid, made)


@on_sqlite
@pytest.mark.parametrize("end", ENDS)
def test_a_picture_that_ended_with_a_known_number_is_offered_and_fetched_by_check_again(
    paid: Studio, fake: FakeBria, end: End
) -> None:
    fake.plan("asset", "bomb")
    unclear = work_on(paid, ask(paid))
    fake.plan("submit", "http_422")
    end(paid, unclear.id)

    assert paid.decisions.can_ask_for_ended(unclear.id)
    retry = plan_history_retry(paid.database, [unclear.id], now=paid.clock.now())
    assert (retry.to_ask, retry.lines) == ((unclear.id,), ())
    made = work_on(paid, paid.decisions.check_again(unclear.id))

    assert (made.state, len(fake.charges())) == (State.COMPLETED, 1)
    assert books_agree(paid, made)


def test_the_row_of_a_cancelled_batch_follows_its_picture_that_is_paid_after_all(
    paid: Studio, fake: FakeBria
) -> None:
    feeder = feeder_of(paid)
    batch_id = started(paid, 1)
    feeder.feed()
    asked = paid.batches.line(batch_id, 1).generation
    assert asked is not None
    late = LateAnswer(paid, asked)
    paid.decisions.send_again(asked.id)
    paid.batches.cancel(batch_id)
    feeder.feed()
    assert states(paid, batch_id) == [LineState.CANCELLED]

    late.arrive()
    run_to_end(paid, feeder)

    assert states(paid, batch_id) == [LineState.DONE]
    assert paid.batches.load(batch_id).state is BatchState.CANCELLED
    assert len(fake.charges()) == 1


@on_sqlite
def test_check_again_of_a_batch_and_of_a_row_fetch_what_was_cancelled_and_is_paid(
    paid: Studio, fake: FakeBria
) -> None:
    feeder = feeder_of(paid)
    batch_id = started(paid, 1, 2)
    fake.plan("asset", "bomb", "bomb")
    run_to_end(paid, feeder)
    for line in paid.batches.lines(batch_id):
        assert line.generation is not None
        cancel_the_next_try(paid, line.generation.id)
    feeder.feed()
    assert states(paid, batch_id) == [LineState.CANCELLED] * 2
    planned = paid.batches.plan_retry(batch_id)
    assert (planned.asked, planned.made_anew, planned.price_microusd) == (2, 0, 0)

    assert paid.batches.may_still_be_fetched(paid.batches.line(batch_id, 1))
    paid.batches.edit_and_retry(batch_id, 1, {})
    run_to_end(paid, feeder)
    assert states(paid, batch_id) == [LineState.DONE, LineState.CANCELLED]
    assert paid.batches.check_again(batch_id) == 1
    run_to_end(paid, feeder)

    assert states(paid, batch_id) == [LineState.DONE] * 2
    assert len(fake.charges()) == 2


@on_sqlite
def test_what_is_emptied_from_the_trash_stays_so_and_its_charge_is_known(paid: Studio) -> None:
    asked = ask(paid)
    late = LateAnswer(paid, asked)
    cancel_the_next_try(paid, asked.id)
    paid.library.throw_away([asked.id])
    paid.library.empty_trash(older_than_days=0)

    emptied = late.arrive()

    assert (emptied.state, charges_of(paid, emptied)) == (State.CANCELLED, [Charge.YES])
    with pytest.raises(StaleStateError):
        paid.decisions.check_again(asked.id)
    assert books_agree(paid, emptied)


@on_sqlite
def test_a_picture_that_bria_does_not_keep_any_more_is_not_asked_for(paid: Studio) -> None:
    asked = ask(paid)
    late = LateAnswer(paid, asked)
    cancel_the_next_try(paid, asked.id)
    with paid.database.writing() as session:
        old = paid.clock.now() - timedelta(hours=73)
        tries = update(AttemptRow).where(col(AttemptRow.generation_id) == asked.id)
        session.execute(tries.values(started_at=old))

    assert late.arrive().state is State.CANCELLED
    assert charges_of(paid, asked) == [Charge.YES]


@on_sqlite
def test_what_was_given_up_although_its_number_was_known_stays_so_at_a_restart(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("poll", fault("status_unknown", times=FOREVER))
    unclear = work_on(paid, ask(paid))
    assert (unclear.state, charges_of(paid, unclear)) == (State.UNKNOWN, [Charge.MAYBE])
    give_up(paid, unclear.id)

    paid.decisions.adopt_from_journal()

    assert paid.service.see(unclear.id).state is State.FAILED
