"""A number of the provider that comes back for a second order: no picture is given to two."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from core import ledger
from core.database import Database
from core.domain.engines import TRAITS, EngineTraits
from core.domain.failure import Charge
from core.domain.money import Budgets
from core.domain.states import State
from core.engines.base import Accepted, Order
from core.generation.attempt_recorder import AttemptRecorder
from core.records import attempts
from core.records.generations import Generation
from tests import books
from tests.fakes.paid_engine import PlannedFailure, PlannedProvider
from tests.paid.little_studio import LittleStudio, SetClock, boat_request, open_little_studio
from tests.running import wait_until

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class RepeatingProvider(PlannedProvider):
    """A provider that answers every order with the number of the first one, once it is told to."""

    repeats: bool = False

    async def submit(self, order: Order) -> Accepted:
        accepted = await super().submit(order)
        return replace(accepted, request_id=self.bills[0].request_id) if self.repeats else accepted


@pytest.fixture
def provider() -> RepeatingProvider:
    return RepeatingProvider()


@pytest.fixture
def little(
    tmp_path: Path, database_url: str, provider: RepeatingProvider
) -> Iterator[LittleStudio]:
    database = Database(database_url)
    database.migrate()
    clock = SetClock(datetime(2026, 11, 30, tzinfo=UTC))
    (tmp_path / "data").mkdir()
    yield open_little_studio(
        tmp_path / "data", database, provider, clock, budgets=Budgets(), resends_unknown_once=True
    )
    database.close()


def ask(little: LittleStudio, number: int) -> Generation:
    return little.service.ask(boat_request(number))


def work(little: LittleStudio) -> None:
    while little.work():
        pass


def tries(little: LittleStudio, generation: Generation) -> list[tuple[Charge, str | None]]:
    found = little.service.attempts_of(generation.id)
    return [(one.charge, one.request_id) for one in found]


def require_books_agree(little: LittleStudio, generation: Generation) -> None:
    account = little.service.see(generation.id).account
    with little.database.reading() as session:
        counted = books.recount(session, account)
        assert all(ledger.committed(session, scope) == counted for scope in account.scopes)


def begin(little: LittleStudio, generation: Generation) -> int:
    return AttemptRecorder(little.context).commit_intent(generation, "{}")


def require_flagged(little: LittleStudio, generation: Generation, number: str) -> None:
    flagged = little.service.see(generation.id)
    assert (flagged.state, flagged.request_id) == (State.UNKNOWN, None)
    assert flagged.image_sha256 is None
    assert flagged.error_code == "shared_number"
    assert "number of another picture" in (flagged.error_message or "")
    assert "console of Bria" in (flagged.error_advice or "")
    *_, last = little.service.attempts_of(generation.id)
    assert (last.charge, last.request_id) == (Charge.MAYBE, None)
    assert number in (last.error_detail or "")
    require_books_agree(little, generation)


def test_a_second_order_that_is_answered_with_the_number_of_the_first_is_unclear(
    little: LittleStudio, provider: RepeatingProvider
) -> None:
    first = ask(little, 1)
    work(little)
    provider.repeats = True
    second = ask(little, 2)

    work(little)

    number = provider.bills[0].request_id
    assert little.service.see(first.id).state is State.COMPLETED
    require_flagged(little, second, number)
    assert little.context.journal.find(second.id, 1) == number
    assert len(provider.bills) == 2  # not sent again by itself, whatever resend_once says


@on_sqlite
def test_checking_again_and_a_restart_leave_the_flagged_order_as_it_is(
    little: LittleStudio, provider: RepeatingProvider
) -> None:
    ask(little, 1)
    work(little)
    provider.repeats = True
    second = ask(little, 2)
    work(little)

    little.decisions.check_again(second.id)
    adopted = little.decisions.adopt_from_journal()
    work(little)

    assert adopted == 0
    require_flagged(little, second, provider.bills[0].request_id)


@on_sqlite
def test_checking_again_goes_on_to_an_earlier_try_with_a_number_of_its_own(
    little: LittleStudio, provider: RepeatingProvider
) -> None:
    ask(little, 1)
    work(little)
    provider.plan(downloads=[PlannedFailure(kind="too_large", learned=Charge.YES)])
    second = ask(little, 2)
    work(little)
    provider.repeats = True
    little.decisions.send_again(second.id)
    work(little)
    require_flagged(little, second, provider.bills[0].request_id)

    little.decisions.check_again(second.id)
    work(little)

    made = little.service.see(second.id)
    assert (made.state, made.request_id) == (State.COMPLETED, provider.bills[1].request_id)
    assert tries(little, second)[0] == (Charge.YES, provider.bills[1].request_id)


@on_sqlite
def test_what_to_do_about_a_paid_picture_names_the_provider_that_makes_it(
    little: LittleStudio, provider: RepeatingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = EngineTraits(family="provider", provider_label="Acme", price_usd=Decimal("0.03"))
    monkeypatch.setitem(TRAITS, "bria", acme)
    ask(little, 1)
    work(little)
    provider.plan(downloads=[PlannedFailure(kind="too_large", learned=Charge.YES)])
    held = ask(little, 2)
    work(little)
    provider.repeats = True
    flagged = ask(little, 3)
    work(little)

    told = [
        f"{found.error_message} {found.error_advice}"
        for found in (little.service.see(one.id) for one in (held, flagged))
    ]
    assert ["asks Acme for it" in told[0], "console of Acme" in told[1]] == [True, True]
    assert not any("Bria" in words for words in told)


@on_sqlite
def test_a_flagged_order_is_made_when_a_person_sends_it_again(
    little: LittleStudio, provider: RepeatingProvider
) -> None:
    ask(little, 1)
    work(little)
    provider.repeats = True
    second = ask(little, 2)
    work(little)
    provider.repeats = False
    little.decisions.send_again(second.id)
    little.wake()  # a start does not take the decision back

    work(little)

    made = little.service.see(second.id)
    assert (made.state, made.request_id) == (State.COMPLETED, provider.bills[2].request_id)
    assert tries(little, second) == [(Charge.MAYBE, None), (Charge.YES, made.request_id)]
    require_books_agree(little, second)


@on_sqlite
def test_the_journal_gives_a_number_to_the_first_of_two_orders_only(
    little: LittleStudio,
) -> None:
    first, second = ask(little, 1), ask(little, 2)
    number = "request-0001"
    for one in (first, second):
        begin(little, one)
        little.context.journal.append(generation_id=one.id, number=1, request_id=number)

    adopted = little.decisions.adopt_from_journal()

    assert adopted == 1
    assert little.service.see(first.id).state is State.ACCEPTED
    require_flagged(little, second, number)


@on_sqlite
def test_a_lost_intent_whose_number_belongs_to_another_picture_is_unclear(
    little: LittleStudio, provider: RepeatingProvider
) -> None:
    ask(little, 1)
    work(little)
    number = provider.bills[0].request_id
    second = ask(little, 2)
    begin(little, second)
    little.context.journal.append(generation_id=second.id, number=1, request_id=number)

    settled = AttemptRecorder(little.context).settle_lost_intent(little.service.see(second.id))

    assert settled.state is State.UNKNOWN
    require_flagged(little, second, number)


@on_sqlite
def test_a_number_read_from_a_broken_answer_is_not_taken_from_another_picture(
    little: LittleStudio, provider: RepeatingProvider
) -> None:
    ask(little, 1)
    work(little)
    number = provider.bills[0].request_id
    # the same broken answer comes from a cache on the way: nothing was charged for it
    provider.bills.pop()
    provider.plan(orders=[PlannedFailure(kind="cut_answer", learned=Charge.YES, tells_number=True)])
    second = ask(little, 2)

    work(little)

    require_flagged(little, second, number)


@on_sqlite
def test_a_second_try_of_one_picture_may_bring_the_number_of_the_first(
    little: LittleStudio, provider: RepeatingProvider
) -> None:
    provider.repeats = True
    one = ask(little, 1)
    provider.plan(downloads=[PlannedFailure(kind="too_large", learned=Charge.YES)])
    work(little)
    assert little.service.see(one.id).state is State.UNKNOWN
    little.decisions.send_again(one.id)

    work(little)

    number = provider.bills[0].request_id
    assert little.service.see(one.id).state is State.COMPLETED
    assert tries(little, one) == [(Charge.YES, number), (Charge.YES, number)]


def test_of_two_answers_with_one_number_at_the_same_moment_only_one_gets_it(
    little: LittleStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [ask(little, number) for number in range(2)]
    for one in asked:
        begin(little, one)
    carrier_of, first_looked, second_looked = (
        attempts.carrier_of,
        threading.Event(),
        threading.Event(),
    )

    def look(session: Session, request_id: str, *, otherwise: int) -> int:
        found = carrier_of(session, request_id, otherwise=otherwise)
        if otherwise != asked[0].id:
            second_looked.set()
            return found
        first_looked.set()
        if not little.database.is_sqlite:
            waits = partial(somebody_waits_for_a_number, little.database)
            wait_until(lambda: second_looked.is_set() or waits(), what="the other answer")
        return found

    monkeypatch.setattr(attempts, "carrier_of", look)
    books = AttemptRecorder(little.context)
    first, second = (
        threading.Thread(target=books.accept, args=(little.service.see(one.id), 1, "request-0001"))
        for one in asked
    )
    first.start()
    assert first_looked.wait(60)
    second.start()
    for worker in (first, second):
        worker.join()

    assert little.service.see(asked[0].id).request_id == "request-0001"
    require_flagged(little, asked[1], "request-0001")


def somebody_waits_for_a_number(database: Database) -> bool:
    waiting = text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted LIMIT 1")
    with database.looking() as connection:
        return connection.execute(waiting).first() is not None
