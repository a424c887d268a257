"""Who may order: a worker that lives by the database's time, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, col

from core import ledger
from core.clock import Clock
from core.domain.states import State
from core.engines.base import Order
from core.errors import NotSentError, StaleStateError
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.leases import Job, Lease, LeaseRules
from core.generation.pipeline import Pipeline
from core.generation.unsent import settle_unsent
from core.records import attempts, backlog, workers
from core.records.generations import Generation
from core.records.workers import ProcessSetup
from core.tables.columns import DatabaseNow
from core.tables.studio import WorkerRow
from core.wiring import Studio
from tests.fakes.bria import FakeBria, fault
from tests.machine import running_machine
from tests.paid.conftest import OpenPaid
from tests.paid.work import ask
from tests.running import wait_until

PRICE = 30_000


class Sleeper(Clock):
    """A clock whose machine has slept for some seconds since any stopwatch began."""

    slept = 0.0

    def stopwatch_through_sleep(self) -> Callable[[], float]:
        awake = super().stopwatch_through_sleep()
        return lambda: awake() + self.slept


def lease_of(studio: Studio, name: str = "one", clock: Clock | None = None) -> Lease:
    lease = Lease(studio.database, clock or studio.clock, name, ProcessSetup(engines=("bria",)))
    lease.begin()
    return lease


def hand_over(studio: Studio, lease: Lease, generation: Generation) -> Job:
    job_id = backlog.new_job_id(lease.life.fence, generation.id, studio.clock.new_id())
    with studio.database.writing() as session:
        assert backlog.hand_over(session, generation.id, job_id)
    return lease.job(job_id)


def run(studio: Studio, job: Job, generation: Generation, **parts: Any) -> Generation:
    context = replace(studio.context, **parts)
    asyncio.run(Pipeline(context).run(generation.id, job))
    return studio.service.see(generation.id)


def fall_silent(studio: Studio, lease: Lease) -> None:
    """Let the last sign of life lie longer ago than anybody waits for the next."""
    long_ago = DatabaseNow(seconds_from_now=-LeaseRules().dead_seconds - 1)
    with studio.database.writing() as session:
        silent = col(WorkerRow.fence) == lease.life.fence
        session.execute(update(WorkerRow).where(silent).values(seen_at=long_ago))


def charged(studio: Studio, generation: Generation) -> list[str]:
    with studio.database.reading() as session:
        return [one.charge.value for one in attempts.attempts_of(session, generation.id)]


def day_of(session: Session, generation: Generation) -> int:
    return ledger.committed(session, f"day:{generation.spend_day}")


def test_a_worker_that_was_struck_out_orders_nothing_and_begins_a_new_life(
    paid: Studio, fake: FakeBria
) -> None:
    mine, other = lease_of(paid), lease_of(paid, "two")
    asked = ask(paid)
    job = hand_over(paid, mine, asked)
    first = mine.life
    fall_silent(paid, mine)

    assert other.strike_out_others() == [first]
    with paid.database.reading() as session:
        assert backlog.job_of(session, asked.id) is None
    run(paid, job, asked)
    with pytest.raises(StaleStateError):
        AttemptRecorder(paid.context).commit_intent(asked, "{}", job)
    assert fake.charges() == []
    assert charged(paid, asked) == []

    assert not mine.renew()
    assert not mine.has_life
    assert mine.begin().fence > first.fence
    again = hand_over(paid, mine, asked)
    assert run(paid, again, asked).state is State.COMPLETED


def test_an_intent_of_a_silent_life_is_refused_before_anybody_strikes_it_out(
    paid: Studio, fake: FakeBria
) -> None:
    mine = lease_of(paid)
    asked = ask(paid)
    job = hand_over(paid, mine, asked)
    fall_silent(paid, mine)

    assert run(paid, job, asked).state is State.QUEUED
    assert charged(paid, asked) == []
    assert fake.charges() == []


def test_a_generation_in_other_hands_is_not_ordered(paid: Studio, fake: FakeBria) -> None:
    mine = lease_of(paid)
    asked = ask(paid)
    job = hand_over(paid, mine, asked)
    with paid.database.writing() as session:
        backlog.take_back(session, asked.id, job.id)
    hand_over(paid, mine, asked)

    with pytest.raises(StaleStateError, match="held by another job"):
        AttemptRecorder(paid.context).commit_intent(asked, "{}", job)
    assert fake.charges() == []


def test_two_lives_of_one_name_have_different_fences(paid: Studio) -> None:
    first = lease_of(paid)
    asked = ask(paid)
    job = hand_over(paid, first, asked)

    second = lease_of(paid)

    assert second.life.fence > first.life.fence
    assert not first.renew()
    with paid.database.reading() as session:
        assert backlog.job_of(session, asked.id) is None
    with pytest.raises(StaleStateError):
        AttemptRecorder(paid.context).commit_intent(asked, "{}", job)


def test_an_order_that_was_held_up_after_its_intent_is_queued_again_for_nothing(
    paid: Studio, fake: FakeBria
) -> None:
    clock = Sleeper()
    mine = lease_of(paid, clock=clock)
    asked = ask(paid)
    job = hand_over(paid, mine, asked)
    with paid.database.reading() as session:
        before = day_of(session, asked)
    clock.slept = 25.0

    held = run(paid, job, asked)

    assert held.state is State.QUEUED
    assert held.reserved_microusd == PRICE
    assert charged(paid, asked) == ["no"]
    assert fake.charges() == []
    with paid.database.reading() as session:
        assert day_of(session, asked) == before
        assert backlog.job_of(session, asked.id) is None

    clock.slept = 0.0
    assert run(paid, hand_over(paid, mine, asked), asked).state is State.COMPLETED
    assert len(fake.charges()) == 1


def test_an_unclear_order_that_surely_never_left_is_not_unclear_any_more(paid: Studio) -> None:
    books = AttemptRecorder(paid.context)
    asked = ask(paid)
    with paid.database.reading() as session:
        before = day_of(session, asked)
    number = books.commit_intent(asked, "{}")
    assert books.settle_lost_intent(paid.service.see(asked.id)).state is State.UNKNOWN

    settled = settle_unsent(paid.context, asked, number, NotSentError("asleep"))

    assert settled.state is State.QUEUED
    assert settled.error_message is None
    assert charged(paid, asked) == ["no"]
    with paid.database.reading() as session:
        assert day_of(session, asked) == before


def test_an_order_of_the_price_0_that_surely_never_left_is_queued_again(
    open_paid: OpenPaid,
) -> None:
    studio = open_paid(FIBO_PRICES={"bria": 0})
    asked = ask(studio)
    number = AttemptRecorder(studio.context).commit_intent(asked, "{}")
    assert charged(studio, asked) == ["maybe"]

    settled = settle_unsent(studio.context, asked, number, NotSentError("asleep"))

    assert settled.state is State.QUEUED
    assert charged(studio, asked) == ["no"]


def test_an_order_that_never_left_and_was_queued_again_with_other_money_frees_its_own(
    paid: Studio,
) -> None:
    books = AttemptRecorder(paid.context)
    asked = ask(paid)
    number = books.commit_intent(asked, "{}")
    books.settle_lost_intent(paid.service.see(asked.id))
    books.send_again(asked.id)
    with paid.database.reading() as session:
        before = day_of(session, asked)

    settled = settle_unsent(paid.context, asked, number, NotSentError("asleep"))

    assert settled.state is State.QUEUED
    with paid.database.reading() as session:
        assert day_of(session, asked) == before - PRICE


def test_the_check_comes_when_the_line_stands_and_before_the_first_byte(
    paid: Studio, fake: FakeBria
) -> None:
    engine: Any = paid.context.engines["bria"]
    asked = ask(paid)
    order = paid.context.order(asked)
    connections: list[int] = []

    def stop() -> None:
        connections.append(len(engine._wire._lines))
        raise NotSentError("asleep")

    async def submit(order: Order) -> None:
        await engine.submit(order)

    with pytest.raises(NotSentError):
        asyncio.run(submit(replace(order, check_before_sending=stop)))

    assert connections == [1]
    assert fake.charges() == []
    assert [visit for visit in fake.visits() if visit.method == "POST"] == []


def test_a_worker_that_leaves_hands_back_what_it_had_in_hand(paid: Studio) -> None:
    mine = lease_of(paid)
    asked = ask(paid)
    hand_over(paid, mine, asked)

    mine.end()

    with paid.database.reading() as session:
        assert backlog.job_of(session, asked.id) is None
        assert workers.count(session) == 0


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_of_two_machines_one_of_which_is_ahead_no_order_is_paid_twice(
    database_url: str, open_paid: OpenPaid, fake: FakeBria
) -> None:
    studio = open_paid(FIBO_ON_UNKNOWN="resend_once")
    machine = {
        "FIBO_DATA_DIR": str(studio.settings.data_dir),
        "FIBO_DATABASE_URL": database_url,
        "BRIA_API_TOKEN": fake.token,
        "BRIA_BASE_URL": fake.base_url,
        "FIBO_RATE_PER_MINUTE": "60000",
        "FIBO_POLL_SECONDS": "0.1",
        "FIBO_ON_UNKNOWN": "resend_once",
        "FIBO_RETRY_CAP_SECONDS": "5",
    }
    fake.plan("submit", *(fault("late_answer", seconds=25) for _ in range(6)))
    with running_machine(seconds_ahead=0, **machine), running_machine(seconds_ahead=45, **machine):
        asked = [ask(studio, f"boat {number}", use_cache=False) for number in range(6)]
        wait_until(
            lambda: {studio.service.see(one.id).state for one in asked} == {State.COMPLETED},
            what="six pictures",
        )
        told = [notice.message for notice in studio.health.report().notices]

    assert len(fake.charges()) == 6
    assert any("s ahead of the database's" in message for message in told)
