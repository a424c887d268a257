"""One picture, one charge, whatever the provider does."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from core import ledger
from core.domain.failure import Charge
from core.domain.states import State
from core.errors import BudgetExceededError, StaleStateError
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.pipeline import Pipeline
from core.records import backlog
from core.records.generations import Generation
from core.wiring import Studio
from tests import books
from tests.fakes.bria import FakeBria, fault
from tests.paid.conftest import OpenPaid
from tests.paid.work import ask, work_on

FIBO_PRICE = 30_000


def books_agree(studio: Studio, generation: Generation) -> bool:
    account = generation.account
    with studio.database.reading() as session:
        counted = books.recount(session, account)
        return all(ledger.committed(session, scope) == counted for scope in account.scopes)


def charges_of(studio: Studio, generation: Generation) -> list[Charge]:
    return [attempt.charge for attempt in studio.service.attempts_of(generation.id)]


def test_a_paid_picture_is_ordered_once_collected_and_kept_untouched(
    paid: Studio, fake: FakeBria
) -> None:
    made = work_on(paid, ask(paid, seed=11, lighting="golden-hour"))

    (charge,) = fake.charges()
    assert made.state is State.COMPLETED, made.error_message
    assert made.request_id == charge.request_id
    assert (made.seed, charge.seed) == (11, 11)
    assert charges_of(paid, made) == [Charge.YES]
    assert paid.service.cost_of(made.id).certain_microusd == FIBO_PRICE
    assert books_agree(paid, made)
    sent = json.loads(paid.service.see_detail(made.id).sent_body or "")
    assert "golden hour light" in sent["prompt"]
    assert paid.service.see_detail(made.id).structured_prompt


def test_the_seed_is_always_ours_and_always_sent(paid: Studio, fake: FakeBria) -> None:
    made = work_on(paid, ask(paid))

    assert fake.charges()[0].seed == made.seed


def test_asking_again_for_an_owned_picture_costs_nothing(paid: Studio, fake: FakeBria) -> None:
    first = work_on(paid, ask(paid))

    again = ask(paid)

    assert again.cached
    assert again.image_sha256 == first.image_sha256
    assert paid.service.cost_of(again.id).certain_microusd == 0
    assert len(fake.charges()) == 1


@pytest.mark.parametrize("name", ["http_429", "http_503"])
def test_a_refusal_before_acceptance_is_repeated_and_paid_once(
    paid: Studio, fake: FakeBria, name: str
) -> None:
    fake.plan("submit", fault(name, retry_after="0.2"))

    made = work_on(paid, ask(paid))

    assert made.state is State.COMPLETED, made.error_message
    assert made.retry_count == 1
    assert len(fake.charges()) == 1
    assert charges_of(paid, made) == [Charge.NO, Charge.YES]
    assert books_agree(paid, made)


@pytest.mark.parametrize("name", ["reset_after_acceptance", "http_500", "stall_before_acceptance"])
def test_an_answer_that_was_lost_is_unknown_and_never_sent_again_by_itself(
    paid: Studio, fake: FakeBria, name: str
) -> None:
    fake.plan("submit", name)

    held = work_on(paid, ask(paid))

    assert held.state is State.UNKNOWN
    assert held.error_message
    assert held.error_advice
    assert charges_of(paid, held) == [Charge.MAYBE]
    assert len(fake.charges()) == (name == "reset_after_acceptance")
    assert paid.service.cost_of(held.id).possible_microusd == FIBO_PRICE
    assert books_agree(paid, held)


def test_resend_once_follows_each_lost_answer_once_and_holds_the_third(
    open_paid: OpenPaid, fake: FakeBria
) -> None:
    studio = open_paid(FIBO_ON_UNKNOWN="resend_once")
    fake.plan("submit", "reset_after_acceptance", "http_500", "reset_after_acceptance")

    held = work_on(studio, ask(studio))

    assert held.state is State.UNKNOWN
    assert charges_of(studio, held) == [Charge.MAYBE] * 3
    assert books_agree(studio, held)


def test_the_three_decisions_about_an_unknown_charge(paid: Studio, fake: FakeBria) -> None:
    fake.plan("submit", "reset_after_acceptance", "reset_after_acceptance")
    sent_again, given_up = work_on(paid, ask(paid)), work_on(paid, ask(paid, "a blue boat"))

    assert paid.decisions.check_again(given_up.id).state is State.UNKNOWN
    assert paid.decisions.give_up(given_up.id).state is State.FAILED
    with pytest.raises(StaleStateError):
        paid.decisions.give_up(given_up.id)
    paid.decisions.send_again(sent_again.id)
    made = work_on(paid, sent_again)

    assert made.state is State.COMPLETED
    assert charges_of(paid, made) == [Charge.MAYBE, Charge.YES]
    assert len(fake.charges()) == 3
    assert books_agree(paid, made)


def test_an_answer_found_in_the_journal_is_adopted_at_the_next_start(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("submit", "reset_after_acceptance")
    held = work_on(paid, ask(paid))
    request_id = fake.charges()[0].request_id
    paid.context.journal.append(generation_id=held.id, number=1, request_id=request_id)

    assert paid.decisions.adopt_from_journal() == 1
    made = work_on(paid, held)

    assert made.state is State.COMPLETED
    assert charges_of(paid, made) == [Charge.YES]
    assert len(fake.charges()) == 1


def test_moderation_is_an_end_of_its_own_and_is_free(paid: Studio, fake: FakeBria) -> None:
    fake.plan("submit", "http_422")

    blocked = work_on(paid, ask(paid))

    assert blocked.state is State.BLOCKED
    assert charges_of(paid, blocked) == [Charge.NO]
    assert books_agree(paid, blocked)
    assert paid.service.cost_of(blocked.id).certain_microusd == 0


def test_a_refused_key_pauses_the_queue_and_another_key_lifts_the_pause(
    paid: Studio, open_paid: OpenPaid, fake: FakeBria
) -> None:
    new_key = "the new key"
    fake.set_rules(token=new_key)
    waiting = work_on(paid, ask(paid), runs=2)

    (outage,) = paid.rate_limiter.outages()
    assert waiting.state is State.QUEUED
    assert "API key" in outage.reason
    assert outage.until is None
    other = open_paid(BRIA_API_TOKEN=SecretStr(new_key))
    assert other.rate_limiter.outages() == []
    with other.database.writing() as session:
        backlog.put_off(session, waiting.id, until=other.clock.now())
    assert work_on(other, waiting).state is State.COMPLETED
    assert len(fake.charges()) == 1


def test_an_outage_pauses_the_queue_instead_of_failing_pictures(
    paid: Studio, fake: FakeBria
) -> None:
    fake.turn_door("api", "refused")
    waiting = work_on(paid, ask(paid))

    (outage,) = paid.rate_limiter.outages()
    assert waiting.state is State.QUEUED
    assert outage.until is not None
    assert fake.charges() == []
    fake.turn_door("api", "open")
    paid.rate_limiter.resume()
    with paid.database.writing() as session:
        backlog.put_off(session, waiting.id, until=paid.clock.now())
    assert work_on(paid, waiting).state is State.COMPLETED


def test_a_cancelled_picture_gives_its_money_back(paid: Studio, fake: FakeBria) -> None:
    asked = ask(paid)

    cancelled = paid.decisions.cancel(asked.id)

    assert cancelled.state is State.CANCELLED
    assert work_on(paid, asked).state is State.CANCELLED
    assert fake.charges() == []
    assert books_agree(paid, asked)
    with paid.database.reading() as session:
        assert ledger.committed(session, asked.account.scopes[0]) == 0


def test_two_hundred_people_together_never_pass_the_budget_by_one_picture(
    open_paid: OpenPaid,
) -> None:
    studio = open_paid(FIBO_DAILY_BUDGET_USD=Decimal("1.00"))

    def try_one(number: int) -> bool:
        try:
            ask(studio, f"boat number {number}")
        except BudgetExceededError:
            return False
        return True

    with ThreadPoolExecutor(20) as people:
        accepted = sum(people.map(try_one, range(200)))

    assert accepted == 33
    assert studio.service.left_today_microusd() == 10_000


def test_a_budget_that_is_used_up_is_one_sentence_and_no_row(open_paid: OpenPaid) -> None:
    studio = open_paid(FIBO_DAILY_BUDGET_USD=Decimal("0.02"))

    with pytest.raises(BudgetExceededError, match=r"costs \$0.03, and \$0.02 is left"):
        ask(studio)

    assert studio.service.newest(limit=5) == []


def test_a_project_has_a_budget_of_its_own(open_paid: OpenPaid) -> None:
    studio = open_paid()
    spring = studio.library.add_project("Spring", colour="#0f766e", budget_microusd=30_000)
    ask(studio, project_id=spring)

    with pytest.raises(BudgetExceededError, match="project's budget"):
        ask(studio, "another boat", project_id=spring)
    assert ask(studio, "another boat").state is State.QUEUED


def test_a_worker_that_slept_through_a_second_submit_cannot_settle_it(
    paid: Studio, fake: FakeBria
) -> None:
    asked = ask(paid)
    books = AttemptRecorder(paid.context)
    books.commit_intent(asked, "{}")
    first = paid.service.see(asked.id)
    books.settle_lost_intent(first)
    books.send_again(asked.id)
    books.commit_intent(paid.service.see(asked.id), "{}")

    with pytest.raises(StaleStateError):
        books.settle_lost_intent(first)

    assert paid.service.see(asked.id).state is State.SUBMITTING
    assert fake.charges() == []


def test_a_database_that_was_away_leaves_a_waiting_picture_waiting(paid: Studio) -> None:
    asked = ask(paid)

    Pipeline(paid.context).break_off(asked.id, OperationalError("BEGIN", {}, Exception("locked")))

    assert paid.service.see(asked.id).state is State.QUEUED
