"""A batch that is cancelled while a row of it is being sent pays for nothing more."""

from __future__ import annotations

import asyncio

import pytest

from core.domain.batching import BatchState, LineState
from core.domain.failure import Charge
from core.domain.states import State
from core.engines.base import Accepted, Order
from core.engines.bria.engine import BriaEngine
from core.errors import NotSentError
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.pipeline import Pipeline
from core.generation.unsent import settle_unsent
from core.records import holds
from core.records.generations import Generation
from core.wiring import Studio
from tests.batches.orders import feeder_of, run_to_end
from tests.fakes.bria import FakeBria, fault
from tests.paid.conftest import OpenPaid
from tests.paid.little_studio import PowerCut, power_cut_at
from tests.paid.test_cancelled_rows import started, states
from tests.paid.test_paying_once import books_agree, charges_of

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def row_of_batch(studio: Studio) -> tuple[int, Generation]:
    batch_id = started(studio, 1)
    feeder_of(studio).feed()
    row = studio.batches.line(batch_id, 1).generation
    assert row is not None
    return batch_id, row


def cancel_amid(
    monkeypatch: pytest.MonkeyPatch, studio: Studio, batch_id: int, *, leaves: bool = True
) -> None:
    """Cancel the batch as soon as an order of it is about to leave; the order may be stopped."""
    submit = BriaEngine.submit

    async def submit_late(engine: BriaEngine, order: Order) -> Accepted:
        monkeypatch.setattr(BriaEngine, "submit", submit)
        await asyncio.to_thread(studio.batches.cancel, batch_id)
        if not leaves:
            raise NotSentError("it was stopped")
        return await submit(engine, order)

    monkeypatch.setattr(BriaEngine, "submit", submit_late)


@pytest.mark.parametrize("leaves", [True, False], ids=["refused for now", "stopped here"])
def test_a_row_that_comes_back_without_a_charge_ends_cancelled_and_is_not_sent_again(
    paid: Studio, fake: FakeBria, monkeypatch: pytest.MonkeyPatch, *, leaves: bool
) -> None:
    batch_id, row = row_of_batch(paid)
    fake.plan("submit", fault("http_503", retry_after="0.1"))
    cancel_amid(monkeypatch, paid, batch_id, leaves=leaves)

    asyncio.run(Pipeline(paid.context).run(row.id))
    ended = paid.service.see(row.id)

    assert (ended.state, ended.hold, ended.reserved_microusd) == (State.CANCELLED, None, 0)
    assert "cancelled while it was being sent" in (ended.error_message or "")
    assert charges_of(paid, row) == [Charge.NO]
    paid.rate_limiter.resume()
    run_to_end(paid, feeder_of(paid))
    assert states(paid, batch_id) == [LineState.CANCELLED]
    assert paid.batches.load(batch_id).state is BatchState.CANCELLED
    assert fake.charges() == []
    assert books_agree(paid, row)


@on_sqlite
def test_a_row_that_is_accepted_all_the_same_is_kept(
    paid: Studio, fake: FakeBria, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, row = row_of_batch(paid)
    cancel_amid(monkeypatch, paid, batch_id)

    asyncio.run(Pipeline(paid.context).run(row.id))
    run_to_end(paid, feeder_of(paid))

    assert (paid.service.see(row.id).state, paid.service.see(row.id).hold) == (
        State.COMPLETED,
        None,
    )
    assert states(paid, batch_id) == [LineState.DONE]
    assert len(fake.charges()) == 1


@on_sqlite
@pytest.mark.parametrize("dies", [False, True], ids=["lives", "dies while it sends"])
def test_an_unclear_row_of_a_cancelled_batch_is_sent_again_by_a_person_only(
    open_paid: OpenPaid, fake: FakeBria, monkeypatch: pytest.MonkeyPatch, *, dies: bool
) -> None:
    studio = open_paid(FIBO_ON_UNKNOWN="resend_once")
    batch_id, row = row_of_batch(studio)
    fake.plan("submit", "http_500")
    cancel_amid(monkeypatch, studio, batch_id)
    if dies:
        with power_cut_at("after_failed_submit"), pytest.raises(PowerCut):
            asyncio.run(Pipeline(studio.context).run(row.id))
        studio = open_paid(FIBO_ON_UNKNOWN="resend_once")
    asyncio.run(Pipeline(studio.context).run(row.id))

    assert studio.service.see(row.id).state is State.UNKNOWN
    assert charges_of(studio, row) == [Charge.MAYBE]

    studio.decisions.send_again(row.id)
    run_to_end(studio, feeder_of(studio))
    assert studio.service.see(row.id).state is State.COMPLETED
    assert len(fake.charges()) == 1


@on_sqlite
def test_a_row_that_is_unclear_when_its_batch_is_cancelled_is_not_sent_again_by_itself(
    open_paid: OpenPaid, fake: FakeBria
) -> None:
    studio = open_paid(FIBO_ON_UNKNOWN="resend_once")
    batch_id, row = row_of_batch(studio)
    fake.plan("submit", "http_500")
    with power_cut_at("after_unknown"), pytest.raises(PowerCut):
        asyncio.run(Pipeline(studio.context).run(row.id))
    recorder = AttemptRecorder(studio.context)

    studio.batches.cancel(batch_id)
    recorder.send_again(row.id, pause_seconds=1.0)

    assert studio.service.see(row.id).state is State.UNKNOWN
    assert fake.charges() == []


@on_sqlite
def test_an_unclear_row_that_never_left_ends_cancelled_with_its_batch(paid: Studio) -> None:
    batch_id, row = row_of_batch(paid)
    recorder = AttemptRecorder(paid.context)
    number = recorder.commit_intent(row, "{}")
    recorder.settle_lost_intent(paid.service.see(row.id))
    paid.batches.cancel(batch_id)

    settle_unsent(paid.context, row, number, NotSentError("it was stopped"))

    assert paid.service.see(row.id).state is State.CANCELLED
    assert charges_of(paid, row) == [Charge.NO]
    assert books_agree(paid, row)


def test_a_process_that_dies_amid_cancelling_leaves_the_batch_as_it_was(
    paid: Studio, fake: FakeBria
) -> None:
    batch_id, row = row_of_batch(paid)

    with power_cut_at("before_cancel_commit"), pytest.raises(PowerCut):
        paid.batches.cancel(batch_id)
    assert paid.batches.load(batch_id).state is BatchState.RUNNING
    assert paid.service.see(row.id).state is State.QUEUED

    paid.batches.cancel(batch_id)
    run_to_end(paid, feeder_of(paid))
    assert states(paid, batch_id) == [LineState.CANCELLED]
    assert fake.charges() == []
    assert books_agree(paid, row)


@on_sqlite
def test_a_hold_after_a_restore_does_not_put_a_cancelled_row_before_a_person(
    paid: Studio, fake: FakeBria
) -> None:
    batch_id, row = row_of_batch(paid)
    number = AttemptRecorder(paid.context).commit_intent(row, "{}")
    paid.batches.cancel(batch_id)

    with paid.database.writing() as session:
        holds.hold_paid_work(session, "It is a copy.")
    settle_unsent(paid.context, row, number, NotSentError("it was stopped"))

    assert paid.service.see(row.id).state is State.CANCELLED
    assert paid.held.summary().count == 0
    assert fake.charges() == []
