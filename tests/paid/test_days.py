"""Each try counts against the day on which it was ordered, however late its answer comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import ledger
from core.database import Database
from core.domain.failure import Charge
from core.domain.money import Budgets
from core.domain.states import State
from core.errors import BudgetExceededError, NotSentError
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.unsent import settle_unsent
from tests import books
from tests.fakes.paid_engine import LOST, PlannedFailure, PlannedProvider
from tests.paid.little_studio import (
    PRICE,
    LittleStudio,
    SetClock,
    boat_request,
    open_little_studio,
)

MONDAY, TUESDAY = "2026-11-02", "2026-11-03"
DAY_SECONDS = 86_400.0


@pytest.fixture
def provider() -> PlannedProvider:
    return PlannedProvider()


@pytest.fixture
def studio(tmp_path: Path, database_url: str, provider: PlannedProvider) -> Iterator[LittleStudio]:
    """A studio on a Monday that can pay for two pictures a day."""
    database = Database(database_url)
    database.migrate()
    yield open_little_studio(
        tmp_path,
        database,
        provider,
        SetClock(datetime(2026, 11, 2, 12, tzinfo=UTC)),
        budgets=Budgets(daily_microusd=2 * PRICE),
        resends_unknown_once=False,
    )
    database.close()


def spent(studio: LittleStudio) -> tuple[int, int]:
    """Return what stands in the books for both days, which is what a recount says."""
    (one,) = studio.service.newest(limit=1)
    with studio.database.reading() as session:
        days = [ledger.committed(session, f"day:{day}") for day in (MONDAY, TUESDAY)]
        counted = [
            books.recount(session, replace(one.account, day=day)) for day in (MONDAY, TUESDAY)
        ]
        project = ledger.committed(session, "project:1")
    assert days == counted
    assert project == sum(days)
    return days[0], days[1]


def lose_an_answer(studio: LittleStudio, provider: PlannedProvider) -> int:
    """Return a picture of Monday that may have been charged, seen on Tuesday."""
    provider.plan(orders=[LOST])
    asked = studio.service.ask(boat_request(1))
    studio.work()
    assert studio.service.see(asked.id).state is State.UNKNOWN
    assert spent(studio) == (PRICE, 0)
    studio.clock.tick(DAY_SECONDS)
    return asked.id


def test_a_picture_sent_again_on_a_later_day_counts_against_that_day(
    studio: LittleStudio, provider: PlannedProvider
) -> None:
    lost = lose_an_answer(studio, provider)

    studio.decisions.send_again(lost)
    assert spent(studio) == (PRICE, PRICE)
    studio.work()

    assert studio.service.see(lost).state is State.COMPLETED
    assert spent(studio) == (PRICE, PRICE)


def test_the_budget_of_the_later_day_is_the_one_that_is_asked(
    studio: LittleStudio, provider: PlannedProvider
) -> None:
    lost = lose_an_answer(studio, provider)
    for number in (2, 3):
        studio.service.ask(boat_request(number))

    with pytest.raises(BudgetExceededError, match="today's budget"):
        studio.decisions.send_again(lost)

    assert studio.service.see(lost).spend_day == MONDAY


@pytest.mark.parametrize("way", ["cancelled", "refused", "put back"])
def test_money_that_comes_back_comes_back_to_the_day_it_was_taken_from(
    studio: LittleStudio, provider: PlannedProvider, way: str
) -> None:
    lost = lose_an_answer(studio, provider)
    studio.decisions.send_again(lost)

    if way == "cancelled":
        studio.decisions.cancel(lost)
    else:
        provider.plan(orders=[PlannedFailure(kind="moderation" if way == "refused" else "refused")])
        studio.work()

    assert spent(studio) == (PRICE, PRICE if way == "put back" else 0)


def test_a_late_answer_to_the_first_try_leaves_its_charge_on_its_own_day(
    studio: LittleStudio, provider: PlannedProvider
) -> None:
    lost = lose_an_answer(studio, provider)
    books = AttemptRecorder(studio.context)
    studio.decisions.send_again(lost)

    books.accept(studio.service.see(lost), 1, provider.bills[0].request_id)

    assert spent(studio) == (PRICE, 0)
    provider.plan(polls=[PlannedFailure(kind="moderation")])
    studio.work()
    assert studio.service.see(lost).state is State.BLOCKED
    assert spent(studio) == (0, 0)


def test_a_first_try_that_turns_out_free_gives_its_own_day_back(studio: LittleStudio) -> None:
    asked = studio.service.ask(boat_request(1))
    books = AttemptRecorder(studio.context)
    books.commit_intent(asked, "{}")
    books.settle_lost_intent(studio.service.see(asked.id))
    studio.clock.tick(DAY_SECONDS)
    books.send_again(asked.id)
    books.commit_intent(studio.service.see(asked.id), "{}")

    settle_unsent(studio.context, studio.service.see(asked.id), 1, NotSentError("It slept."))

    tries = studio.service.attempts_of(asked.id)
    assert [one.charge for one in tries] == [Charge.NO, Charge.MAYBE]
    assert spent(studio) == (0, PRICE)
