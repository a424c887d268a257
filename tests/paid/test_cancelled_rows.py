"""A row that was cancelled is never paid for, unless somebody asks for that very row again."""

from __future__ import annotations

import pytest

from core.batches import feeder as feeding
from core.batches.control import RetryPlan
from core.batches.feeder import Feeder
from core.domain.batching import BatchState, LineState
from core.domain.states import State
from core.records import batch_rows
from core.records.batches import Plan
from core.wiring import Studio
from tests.batches.orders import feeder_of, new_lines, run_to_end
from tests.fakes.bria import FakeBria
from tests.paid.work import ask, work_on

PRICE = 30_000


def started(studio: Studio, *numbers: int) -> int:
    """Start a batch that asks for numbered paid pictures, the same for the same number."""
    lines = [one for n in numbers for one in new_lines(1, first=n, engine="bria", seed=n)]
    return studio.batches.start(Plan(name="paid"), lines).id


def states(studio: Studio, batch_id: int) -> list[LineState]:
    return [line.state for line in studio.batches.lines(batch_id)]


def joined(studio: Studio, fake: FakeBria, feeder: Feeder) -> tuple[int, int]:
    """Return a batch that waits for a picture, and one that joined it whose other row failed."""
    first = started(studio, 1)
    feeder.feed()
    second = started(studio, 1, 2)
    feeder.feed()
    fake.plan("submit", "http_400")
    failing = studio.batches.line(second, 2).generation
    assert failing is not None
    work_on(studio, failing)
    feeder.feed()
    assert states(studio, second) == [LineState.RUNNING, LineState.FAILED]
    return first, second


@pytest.mark.parametrize("is_of_a_version_before", [False, True])
def test_a_row_that_was_cancelled_with_its_batch_is_not_paid_with_a_retry_of_another(
    paid: Studio, fake: FakeBria, monkeypatch: pytest.MonkeyPatch, *, is_of_a_version_before: bool
) -> None:
    feeder = feeder_of(paid)
    first, second = joined(paid, fake, feeder)
    if is_of_a_version_before:  # it let the row wait on
        monkeypatch.setattr(batch_rows, "cancel_joined", lambda *_, **__: None)
    paid.batches.cancel(second)
    feeder.feed()
    paid.batches.cancel(first)
    feeder.feed()
    assert states(paid, second) == [LineState.CANCELLED, LineState.FAILED]
    assert paid.batches.load(second).state is BatchState.CANCELLED

    done = paid.batches.retry_failed(second)
    run_to_end(paid, feeder)

    assert done == RetryPlan(made_anew=1, price_microusd=PRICE)
    assert states(paid, second) == [LineState.CANCELLED, LineState.DONE]
    assert len(fake.charges()) == 1


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_row_that_is_cancelled_waits_for_nobody_elses_picture_when_another_is_retried_first(
    paid: Studio, fake: FakeBria, *, is_changed: bool
) -> None:
    feeder = feeder_of(paid)
    first, second = joined(paid, fake, feeder)
    paid.batches.cancel(second)

    if is_changed:
        paid.batches.edit_and_retry(second, 2, {"prompt": "a car"})
    else:
        paid.batches.retry_failed(second)
    paid.batches.cancel(first)
    run_to_end(paid, feeder)

    assert states(paid, second) == [LineState.CANCELLED, LineState.DONE]
    assert len(fake.charges()) == 1


def test_a_cancelled_row_is_made_where_just_that_row_is_asked_for_again(
    paid: Studio, fake: FakeBria
) -> None:
    feeder = feeder_of(paid)
    first, second = joined(paid, fake, feeder)
    paid.batches.cancel(second)
    paid.batches.cancel(first)
    feeder.feed()

    paid.batches.edit_and_retry(second, 1, {})
    run_to_end(paid, feeder)

    assert states(paid, second) == [LineState.DONE, LineState.FAILED]
    assert len(fake.charges()) == 1


def test_a_batch_that_is_cancelled_while_a_joined_picture_is_taken_back_gets_no_row_in_line(
    paid: Studio, fake: FakeBria, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeder = feeder_of(paid)
    first, second = joined(paid, fake, feeder)
    paid.batches.cancel(first)
    read = feeding.settlements

    def read_late(*given: object) -> list[feeding.Settlement]:
        found = read(*given)  # type: ignore[arg-type]
        monkeypatch.undo()
        paid.batches.cancel(second)
        return found

    monkeypatch.setattr(feeding, "settlements", read_late)
    feeder.feed()
    paid.batches.retry_failed(second)
    run_to_end(paid, feeder)

    assert states(paid, second) == [LineState.CANCELLED, LineState.DONE]
    assert len(fake.charges()) == 1


def test_a_joined_picture_that_was_ordered_is_still_given_to_a_cancelled_batch(
    paid: Studio, fake: FakeBria
) -> None:
    feeder = feeder_of(paid)
    fake.plan("asset", "bomb")
    made = ask(paid, "boat number 1", seed=1)
    batch_id = started(paid, 1)
    run_to_end(paid, feeder)
    assert paid.decisions.check_again(made.id).state is State.ACCEPTED
    feeder.feed()

    assert paid.batches.cancel(batch_id).state is BatchState.CANCELLED
    run_to_end(paid, feeder)

    assert states(paid, batch_id) == [LineState.DONE]
    assert len(fake.charges()) == 1


def test_a_row_whose_joined_picture_may_be_paid_is_not_made_anew_when_that_is_taken_back(
    paid: Studio, fake: FakeBria
) -> None:
    feeder = feeder_of(paid)
    fake.plan("submit", "reset_after_acceptance")
    made = ask(paid, "boat number 1", seed=1)
    batch_id = started(paid, 1)
    feeder.feed()
    run_to_end(paid, feeder)
    assert states(paid, batch_id) == [LineState.UNKNOWN]

    paid.decisions.send_again(made.id)
    feeder.feed()
    paid.decisions.cancel(made.id)
    paid.rate_limiter.resume()
    run_to_end(paid, feeder)

    assert states(paid, batch_id) == [LineState.CANCELLED]
    assert paid.batches.load(batch_id).state is BatchState.DONE
    assert len(fake.charges()) == 1
