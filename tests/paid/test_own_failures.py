"""What breaks here and not at Bria: a picture that is paid, or may be, never ends as failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.database import Database
from core.domain.failure import Charge
from core.domain.money import Budgets
from core.domain.states import State
from core.generation.pipeline import Pipeline
from tests.fakes.paid_engine import FINE, PlannedFailure, PlannedProvider
from tests.paid.little_studio import (
    LittleStudio,
    PowerCut,
    SetClock,
    boat_request,
    open_little_studio,
    power_cut_at,
)

BROKEN = PlannedFailure(kind="the engine broke", charged=True, is_own=True)
BUG = PlannedFailure(kind="nobody foresaw this", is_bug=True)


@pytest.fixture
def provider() -> PlannedProvider:
    return PlannedProvider()


@pytest.fixture
def studio(tmp_path: Path, database_url: str, provider: PlannedProvider) -> Iterator[LittleStudio]:
    database = Database(database_url)
    database.migrate()
    clock = SetClock(datetime(2026, 11, 2, 12, tzinfo=UTC))
    yield open_little_studio(
        tmp_path, database, provider, clock, budgets=Budgets(), resends_unknown_once=False
    )
    database.close()


@pytest.mark.parametrize("call", ["polls", "downloads"])
def test_an_engine_that_breaks_after_acceptance_leaves_the_picture_to_check_again(
    studio: LittleStudio, provider: PlannedProvider, call: str
) -> None:
    asked = studio.service.ask(boat_request(1)).id
    provider.plan(**{call: [BROKEN]})

    studio.work()

    held = studio.service.see(asked)
    assert (held.state, held.error_message) == (State.UNKNOWN, "the engine broke")
    assert "Check again" in (held.error_advice or "")
    assert [one.charge for one in studio.service.attempts_of(asked)] == [Charge.YES]
    studio.decisions.check_again(asked)
    studio.work()
    assert studio.service.see(asked).state is State.COMPLETED
    assert len(provider.bills) == 1


def test_an_engine_that_breaks_while_ordering_leaves_the_order_unclear(
    studio: LittleStudio, provider: PlannedProvider
) -> None:
    asked = studio.service.ask(boat_request(1)).id
    provider.plan(orders=[BROKEN])

    studio.work()

    assert studio.service.see(asked).state is State.UNKNOWN
    assert [one.charge for one in studio.service.attempts_of(asked)] == [Charge.MAYBE]


def test_an_order_that_breaks_where_its_engine_is_not_set_up_is_unclear(
    studio: LittleStudio,
) -> None:
    asked = studio.service.ask(boat_request(1)).id
    with pytest.raises(PowerCut), power_cut_at("after_202"):
        studio.work()
    keyless = Pipeline(replace(studio.context, engines={}))

    keyless.break_off(asked, ValueError("something"))

    held = studio.service.see(asked)
    assert (held.state, held.error_code) == (State.UNKNOWN, "answer_lost")


def test_a_paid_picture_that_breaks_something_for_three_days_is_left_to_a_person(
    studio: LittleStudio, provider: PlannedProvider
) -> None:
    asked = studio.service.ask(boat_request(1)).id
    provider.plan(downloads=[BUG, BUG, FINE])
    studio.work()
    assert studio.service.see(asked).state is State.DOWNLOADING
    studio.clock.tick(73 * 3600)

    studio.work()

    held = studio.service.see(asked)
    assert (held.state, held.error_code) == (State.UNKNOWN, "internal_error")
    studio.decisions.check_again(asked)
    studio.work()
    assert studio.service.see(asked).state is State.COMPLETED
