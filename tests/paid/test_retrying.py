"""A retry never pays for a picture that may still lie at Bria: it asks for it there first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from core import ledger
from core.batches.control import RetryPlan
from core.batches.from_history import plan_history_retry
from core.domain.batching import BatchState, LineState
from core.domain.failure import Charge
from core.domain.states import State
from core.errors import StaleStateError
from core.records.batches import Plan
from core.records.generations import Generation
from core.tables.generation import AttemptRow, GenerationRow
from core.wiring import Studio
from tests.batches.orders import feeder_of, new_lines, run_to_end
from tests.fakes.bria import FakeBria
from tests.paid.work import ask, work_on

PRICE = 30_000


def fail_all(studio: Studio, batch_id: int) -> list[Generation]:
    """Let unclear rows end as failed, as versions before wrote them and as giving up does."""
    found = [line.generation for line in studio.batches.lines(batch_id) if line.generation]
    for one in found:
        studio.decisions.give_up(one.id)
    run_to_end(studio, feeder_of(studio))
    return found


def failed_batch(studio: Studio, fake: FakeBria, *failures: str) -> tuple[int, list[Generation]]:
    """Return a batch whose rows failed, each ordered and charged once."""
    fake.plan("asset", *failures)
    batch = studio.batches.start(Plan(name="paid"), new_lines(len(failures), engine="bria"))
    run_to_end(studio, feeder_of(studio))
    found = fail_all(studio, batch.id)
    assert studio.batches.progress(batch.id).counts == {LineState.FAILED: len(failures)}
    return batch.id, found


def age(studio: Studio, generation: Generation, **columns: object) -> None:
    """Change what is written of a generation's tries."""
    with studio.database.writing() as session:
        tries = update(AttemptRow).where(col(AttemptRow.generation_id) == generation.id)
        session.execute(tries.values(**columns))


def test_failed_rows_that_were_paid_are_asked_for_and_not_paid_again(
    paid: Studio, fake: FakeBria
) -> None:
    batch_id, _ = failed_batch(paid, fake, "bomb", "bomb")
    planned = paid.batches.plan_retry(batch_id)

    done = paid.batches.retry_failed(batch_id)
    run_to_end(paid, feeder_of(paid))

    assert planned == done == RetryPlan(asked=2)
    told = paid.batches.progress(batch_id)
    assert (told.counts, told.batch.state) == ({LineState.DONE: 2}, BatchState.DONE)
    assert len(fake.charges()) == 2
    assert told.cost.certain_microusd == 2 * PRICE
    with paid.database.reading() as session:
        assert ledger.committed(session, f"batch:{batch_id}") == 2 * PRICE


def test_what_bria_keeps_no_more_or_never_made_is_paid_anew_and_the_price_is_told_before(
    paid: Studio, fake: FakeBria
) -> None:
    batch_id, (fresh, old, ended) = failed_batch(paid, fake, "bomb", "bomb", "bomb")
    age(paid, old, started_at=paid.clock.now() - timedelta(hours=73))
    age(paid, ended, error_class="status_error", charge=Charge.MAYBE)

    planned = paid.batches.plan_retry(batch_id)
    done = paid.batches.retry_failed(batch_id)
    run_to_end(paid, feeder_of(paid))

    assert planned == RetryPlan(asked=1, made_anew=2, price_microusd=2 * PRICE, charged_before=2)
    assert done == planned
    assert paid.batches.progress(batch_id).counts == {LineState.DONE: 3}
    assert len(fake.charges()) == 5
    assert paid.service.see(fresh.id).state is State.COMPLETED


def test_a_paid_picture_that_still_cannot_be_fetched_is_unclear_and_not_paid_again(
    paid: Studio, fake: FakeBria
) -> None:
    batch_id, _ = failed_batch(paid, fake, "bomb")
    fake.plan("asset", "bomb")

    paid.batches.retry_failed(batch_id)
    run_to_end(paid, feeder_of(paid))

    assert paid.batches.progress(batch_id).counts == {LineState.UNKNOWN: 1}
    assert len(fake.charges()) == 1


def test_a_row_that_is_not_changed_is_asked_for_and_a_changed_one_is_paid(
    paid: Studio, fake: FakeBria
) -> None:
    batch_id, _ = failed_batch(paid, fake, "bomb", "bomb")
    first, second = paid.batches.lines(batch_id)
    assert paid.batches.may_still_be_fetched(first)

    paid.batches.edit_and_retry(batch_id, 1, {"prompt": first.request["prompt"]})
    run_to_end(paid, feeder_of(paid))
    assert paid.batches.line(batch_id, 1).state is LineState.DONE
    assert len(fake.charges()) == 2

    paid.batches.edit_and_retry(batch_id, second.position, {"prompt": "a clean boat"})
    run_to_end(paid, feeder_of(paid))
    assert paid.batches.progress(batch_id).counts == {LineState.DONE: 2}
    assert len(fake.charges()) == 3


def test_a_retry_from_the_history_leaves_out_what_is_asked_for(
    paid: Studio, fake: FakeBria
) -> None:
    _, (fresh, old) = failed_batch(paid, fake, "bomb", "bomb")
    age(paid, old, started_at=paid.clock.now() - timedelta(hours=73))

    retry = plan_history_retry(paid.database, [fresh.id, old.id], now=paid.clock.now())

    assert retry.to_ask == (fresh.id,)
    assert [line.row_id for line in retry.lines] == [str(old.id)]
    assert retry.others == 0


def test_a_failed_picture_that_was_paid_is_asked_for_and_the_same_request_joins_it(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("asset", "bomb")
    failed = paid.decisions.give_up(work_on(paid, ask(paid)).id)

    asked = paid.decisions.check_again(failed.id)

    assert (asked.state, asked.completed_at, asked.error_code) == (State.ACCEPTED, None, None)
    assert ask(paid).id == failed.id
    assert work_on(paid, asked).state is State.COMPLETED
    assert len(fake.charges()) == 1


def test_a_failed_picture_that_cost_nothing_is_not_asked_for(paid: Studio, fake: FakeBria) -> None:
    fake.plan("submit", "http_400")
    failed = work_on(paid, ask(paid))
    assert failed.state is State.FAILED

    with pytest.raises(StaleStateError, match="nothing to ask for"):
        paid.decisions.check_again(failed.id)


def test_a_failed_picture_is_not_asked_for_under_the_number_of_another(
    paid: Studio, fake: FakeBria
) -> None:
    batch_id, (first, second) = failed_batch(paid, fake, "bomb", "bomb")
    age(paid, second, request_id=first.request_id)

    planned = paid.batches.plan_retry(batch_id)

    assert (planned.asked, planned.made_anew, planned.charged_before) == (1, 1, 1)
    with pytest.raises(StaleStateError):
        paid.decisions.check_again(second.id)


def test_a_failed_row_of_one_batch_follows_the_picture_that_another_one_asked_for(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("asset", "bomb")
    batches = [paid.batches.start(Plan(name=n), new_lines(1, engine="bria")).id for n in "ab"]
    run_to_end(paid, feeder_of(paid))
    fail_all(paid, batches[0])
    assert [paid.batches.progress(one).count(LineState.FAILED) for one in batches] == [1, 1]

    for one in batches:
        paid.batches.retry_failed(one)
    run_to_end(paid, feeder_of(paid))

    assert [paid.batches.progress(one).count(LineState.DONE) for one in batches] == [1, 1]
    assert len(fake.charges()) == 1


def test_a_batch_with_only_unclear_rows_is_checked_again_for_nothing(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("submit", "reset_after_acceptance")
    fake.plan("asset", "bomb", "bomb")
    batch = paid.batches.start(Plan(name="unclear", parallel=1), new_lines(3, engine="bria"))
    run_to_end(paid, feeder_of(paid))
    paid.rate_limiter.resume()
    run_to_end(paid, feeder_of(paid))
    assert paid.batches.progress(batch.id).counts == {LineState.UNKNOWN: 3}
    planned = paid.batches.plan_retry(batch.id)

    asked = paid.batches.check_again(batch.id)
    run_to_end(paid, feeder_of(paid))

    assert (planned, asked) == (RetryPlan(asked=2), 2)
    assert paid.batches.progress(batch.id).counts == {LineState.DONE: 2, LineState.UNKNOWN: 1}
    assert len(fake.charges()) == 3


def test_a_failed_picture_in_the_trash_that_is_asked_for_comes_out_of_it(
    paid: Studio, fake: FakeBria
) -> None:
    batch_id, (failed,) = failed_batch(paid, fake, "bomb")
    assert paid.library.throw_away([failed.id]) == [failed.id]

    paid.batches.check_again(batch_id)
    assert paid.library.empty_trash(older_than_days=0) == 0
    run_to_end(paid, feeder_of(paid))

    made = paid.service.see(failed.id)
    assert (made.state, made.trashed_at) == (State.COMPLETED, None)
    assert made.image_sha256 is not None


def test_what_is_under_way_is_not_emptied_from_the_trash(paid: Studio, fake: FakeBria) -> None:
    _, (failed,) = failed_batch(paid, fake, "bomb")
    paid.library.throw_away([failed.id])
    with paid.database.writing() as session:
        rows = update(GenerationRow).where(col(GenerationRow.id) == failed.id)
        session.execute(rows.values(status=State.ACCEPTED))

    assert paid.library.empty_trash(older_than_days=0) == 0
    assert paid.service.see(failed.id).prompt == failed.prompt
