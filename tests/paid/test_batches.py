"""Batches of paid pictures, made by the real worker at the fake Bria."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from core import ledger
from core.domain.batching import PROBLEMS, BatchState, LineState, StopRules
from core.domain.states import State
from core.records.batches import Plan
from core.wiring import Studio
from tests.batches.orders import feeder_of, new_lines, run_to_end
from tests.fakes.bria import FakeBria, fault
from tests.paid.conftest import OpenPaid
from tests.paid.work import work_on
from tests.running import wait_until

PRICE = 30_000


def wait_for_end(studio: Studio, batch_id: int) -> None:
    wait_until(
        lambda: studio.batches.load(batch_id).is_over, what="the batch", patience_seconds=180
    )


@pytest.mark.long
def test_fifty_rows_in_bad_weather_are_delivered_or_held_and_each_is_paid_once(
    paid: Studio, fake: FakeBria
) -> None:
    busy, away = fault("http_429", retry_after="0.2"), fault("http_503", retry_after="0.2")
    fake.set_weather(
        4,
        {
            "submit": [(0.04, busy), (0.03, away), (0.03, "reset_after_acceptance")],
            "poll": [(0.05, away), (0.05, "reset")],
            "asset": [(0.05, "truncated_body"), (0.05, away)],
        },
    )
    batch = paid.batches.start(Plan(name="storm"), new_lines(50, engine="bria"))
    paid.worker.start()
    wait_for_end(paid, batch.id)

    told = paid.batches.progress(batch.id)
    delivered, held = told.count(LineState.DONE), told.count(LineState.UNKNOWN)
    assert (delivered + held, held > 0) == (50, True)
    assert Counter(charge.seed for charge in fake.charges()) == {
        line.generation.seed: 1 for line in paid.batches.lines(batch.id) if line.generation
    }
    assert told.cost.certain_microusd == PRICE * delivered
    assert told.cost.possible_microusd == PRICE * held
    with paid.database.reading() as session:
        assert ledger.committed(session, f"batch:{batch.id}") == PRICE * 50
    assert len(paid.batches.lines(batch.id, only_problems=True)) == held
    assert f"{held} unclear" in told.sentence


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_at_a_time_the_provider_gets_the_rows_in_their_order(
    paid: Studio, fake: FakeBria
) -> None:
    lines = new_lines(6, engine="bria")
    batch = paid.batches.start(Plan(name="in order", parallel=1), lines)
    paid.worker.start()
    wait_for_end(paid, batch.id)

    seeds = [line.generation.seed for line in paid.batches.lines(batch.id) if line.generation]
    assert [charge.seed for charge in fake.charges()] == seeds
    assert len(seeds) == 6


def test_a_batch_stops_at_todays_budget_with_its_rows_waiting(
    open_paid: OpenPaid, fake: FakeBria
) -> None:
    paid = open_paid(FIBO_DAILY_BUDGET_USD="0.10")
    quote = paid.batches.quote([line.request for line in new_lines(5, engine="bria")])
    assert not quote.is_affordable
    assert quote.sentence == "you pay for 5 = $0.15 of $0.10 left today"
    batch = paid.batches.start(Plan(name="poor"), new_lines(5, engine="bria"))

    feeder_of(paid).feed()

    stopped = paid.batches.progress(batch.id)
    assert stopped.batch.state is BatchState.STOPPED
    assert "$0.01 is left of today's budget" in (stopped.batch.reason or "")
    assert stopped.counts == {LineState.RUNNING: 3, LineState.WAITING: 2}
    assert fake.charges() == []


def test_a_batch_never_spends_more_than_its_own_budget(paid: Studio, fake: FakeBria) -> None:
    plan = Plan(name="small purse", budget_microusd=2 * PRICE)
    batch = paid.batches.start(plan, new_lines(5, engine="bria"))
    paid.worker.start()
    wait_until(lambda: paid.batches.progress(batch.id).settled == 2, what="two pictures")

    stopped = paid.batches.progress(batch.id)
    assert stopped.batch.state is BatchState.STOPPED
    assert "left of the budget of this batch" in (stopped.batch.reason or "")
    assert stopped.counts == {LineState.DONE: 2, LineState.WAITING: 3}
    assert len(fake.charges()) == 2


def test_a_held_row_follows_what_is_decided_about_it(paid: Studio, fake: FakeBria) -> None:
    fake.plan("submit", *["reset_after_acceptance"] * 2)
    batch = paid.batches.start(Plan(name="held"), new_lines(2, engine="bria"))
    feeder = feeder_of(paid)
    feeder.feed()
    rows = [line.generation for line in paid.batches.lines(batch.id)]
    for one in rows:
        assert one is not None
        assert work_on(paid, one).state is State.UNKNOWN
    feeder.feed()
    assert paid.batches.progress(batch.id).counts == {LineState.UNKNOWN: 2}
    assert paid.batches.load(batch.id).state is BatchState.DONE

    first, second = (one.id for one in rows if one)
    paid.decisions.give_up(first)
    again = paid.decisions.send_again(second)
    feeder.feed()
    told = paid.batches.progress(batch.id)
    assert told.counts == {LineState.FAILED: 1, LineState.RUNNING: 1}
    assert told.batch.state is BatchState.RUNNING

    work_on(paid, again)
    feeder.feed()
    told = paid.batches.progress(batch.id)
    assert told.counts == {LineState.FAILED: 1, LineState.DONE: 1}
    assert told.batch.state is BatchState.DONE
    assert told.count(*PROBLEMS) == 1
    assert told.sentence == "1/2 · 1 failed · $0.03, perhaps $0.06 more"


def test_a_batch_whose_answers_are_lost_stops_long_before_all_of_it_is_charged(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("submit", *["reset_after_acceptance"] * 40)
    plan = Plan(name="lost", parallel=4, rules=StopRules(failed_share=0.3))
    batch = paid.batches.start(plan, new_lines(40, engine="bria"))

    feeder = feeder_of(paid)

    def is_over() -> bool:
        paid.rate_limiter.resume()  # it pauses between losses; somebody keeps saying Try now
        run_to_end(paid, feeder)
        return paid.batches.load(batch.id).state is not BatchState.RUNNING

    wait_until(is_over, what="it to stop")
    charged = len(fake.charges())
    told = paid.batches.progress(batch.id)
    assert told.batch.state is BatchState.STOPPED
    assert charged <= 16
    assert told.count(LineState.UNKNOWN) == charged
    assert f"{charged * 3 / 100:.2f} perhaps charged" in (told.batch.reason or "")

    paid.batches.resume(batch.id)
    assert paid.batches.load(batch.id).state is BatchState.RUNNING


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pictures_that_are_paid_and_do_not_come_stop_a_batch_too(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("job", *["stuck"] * 40)
    rules = replace(paid.context.rules, deadline_seconds=0.01)
    hasty = replace(paid, context=replace(paid.context, rules=rules))
    plan = Plan(name="late", parallel=32, rules=StopRules(failed_share=0.3))
    batch = paid.batches.start(plan, new_lines(40, engine="bria"))

    run_to_end(hasty, feeder_of(paid, parallel=6))

    told = paid.batches.progress(batch.id)
    assert told.counts == {LineState.RUNNING: 12, LineState.WAITING: 28}
    assert paid.batches.load(batch.id).state is BatchState.RUNNING

    run_to_end(hasty, feeder_of(paid, parallel=16))

    told = paid.batches.progress(batch.id)
    assert told.batch.state is BatchState.STOPPED
    assert len(fake.charges()) == 12
    assert "12 of the last 12 rows failed or are unclear, $0.36 charged" in (
        told.batch.reason or ""
    )


def test_a_retry_asks_for_unclear_pictures_again_and_pays_for_none_of_them(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("asset", "bomb", "bomb")
    batch = paid.batches.start(Plan(name="blocked"), new_lines(2, engine="bria"))
    feeder = feeder_of(paid)
    run_to_end(paid, feeder)
    assert paid.batches.progress(batch.id).counts == {LineState.UNKNOWN: 2}

    assert paid.batches.retry_failed(batch.id).made_anew == 0
    run_to_end(paid, feeder)

    assert paid.batches.progress(batch.id).counts == {LineState.DONE: 2}
    assert len(fake.charges()) == 2
