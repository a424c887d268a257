"""How long anybody waits for the provider: bounded by rule, and over as soon as it answers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core import ledger
from core.clock import Clock
from core.domain.failure import Charge, Failure, Phase
from core.domain.states import State
from core.provider.rate_limiter import ACCOUNT, STATUS, RateLimiter
from core.provider.retry import wait_seconds
from core.records import backlog
from core.wiring import Studio
from tests import books
from tests.fakes.bria import FakeBria, fault
from tests.paid.work import ask, work_on


class Settable(Clock):
    """A clock that somebody sets."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.ahead


def asks_to_wait(phase: Phase, seconds: float) -> Failure:
    return Failure(
        phase=phase,
        kind="http_429",
        charge=Charge.NO,
        message="Busy.",
        advice="",
        retry_after_seconds=seconds,
    )


def pace_of(studio: Studio, clock: Clock) -> RateLimiter:
    return RateLimiter(studio.database, clock, calls_per_minute=60)


@pytest.mark.parametrize("phase", [Phase.POLL, Phase.ASSET])
def test_a_free_call_waits_a_quarter_of_an_hour_at_most(phase: Phase) -> None:
    year = asks_to_wait(phase, 31_536_000)

    assert wait_seconds(year, 1, chance=0.5) == 900
    assert wait_seconds(asks_to_wait(Phase.SUBMIT, 31_536_000), 1, chance=0.5) == 31_536_000


def test_a_poll_told_to_wait_a_year_pauses_polls_for_a_quarter_of_an_hour(paid: Studio) -> None:
    paid.rate_limiter.note_failure(STATUS, asks_to_wait(Phase.POLL, 31_536_000))

    (outage,) = paid.rate_limiter.outages()
    assert outage.until is not None
    assert outage.until <= paid.clock.now() + timedelta(seconds=900)


@pytest.mark.parametrize("endpoint", [ACCOUNT, STATUS])
def test_no_pause_keeps_what_is_paid_from_being_asked_for_longer_than_a_quarter_of_an_hour(
    paid: Studio, endpoint: str
) -> None:
    clock = Settable()
    rate_limiter = pace_of(paid, clock)
    rate_limiter.pause(endpoint, until=None, reason="The credit is used up.")
    clock.ahead = timedelta(minutes=14)
    assert rate_limiter.take_slot(STATUS, longest_wait_seconds=20).paused_until is not None

    clock.ahead = timedelta(minutes=16)

    assert rate_limiter.take_slot(STATUS, longest_wait_seconds=20).paused_until is None
    orders = rate_limiter.take_slot("generate", longest_wait_seconds=20)
    assert (orders.paused_until is not None) is (endpoint == ACCOUNT)


def test_a_key_that_is_refused_while_polling_is_tried_again_once_in_a_quarter_of_an_hour(
    paid: Studio,
) -> None:
    clock = Settable()
    rate_limiter = pace_of(paid, clock)
    refused = Failure(
        phase=Phase.POLL, kind="http_401", charge=Charge.YES, message="No.", advice=""
    )
    rate_limiter.note_failure(STATUS, refused)
    clock.ahead = timedelta(minutes=16)
    assert rate_limiter.take_slot(STATUS, longest_wait_seconds=20).paused_until is None

    rate_limiter.note_failure(STATUS, refused)

    assert rate_limiter.take_slot(STATUS, longest_wait_seconds=20).paused_until is not None


def test_what_holds_one_provider_holds_no_other(paid: Studio) -> None:
    rate_limiter = pace_of(paid, Clock())
    refused = Failure(
        phase=Phase.SUBMIT, kind="http_401", charge=Charge.NO, message="No.", advice=""
    )
    rate_limiter.note_failure("acme/generate", refused)
    rate_limiter.note_failure("acme/status", asks_to_wait(Phase.POLL, 60))

    held = {
        name: rate_limiter.take_slot(name, longest_wait_seconds=20).paused
        for name in ("generate", STATUS, "acme/generate", "acme/status", "zeta/generate")
    }

    assert held == {
        "generate": None,
        STATUS: None,
        "acme/generate": "acme/account",
        "acme/status": "acme/account",
        "zeta/generate": None,
    }
    assert {one.endpoint for one in rate_limiter.outages()} == {"acme/account", "acme/status"}


def test_another_key_of_one_provider_lifts_no_pause_of_another(paid: Studio) -> None:
    def limiter_with(key_mark: str) -> RateLimiter:
        return RateLimiter(paid.database, Clock(), calls_per_minute=60, key_marks={"": key_mark})

    for endpoint in ("generate", "acme/generate"):
        limiter_with("old").pause(endpoint, until=None, reason="The key is refused.")

    changed = limiter_with("new")

    assert [one.endpoint for one in changed.outages()] == ["acme/generate"]
    assert changed.take_slot("generate", longest_wait_seconds=20).paused is None
    assert changed.take_slot("acme/generate", longest_wait_seconds=20).paused == "acme/generate"


def test_what_is_paid_elsewhere_is_asked_for_after_a_quarter_of_an_hour_too(paid: Studio) -> None:
    clock = Settable()
    rate_limiter = pace_of(paid, clock)
    rate_limiter.pause("acme/account", until=None, reason="The credit is used up.")
    clock.ahead = timedelta(minutes=16)

    assert rate_limiter.take_slot("acme/status", longest_wait_seconds=20).paused is None
    assert rate_limiter.take_slot("acme/generate", longest_wait_seconds=20).paused is not None


def test_turns_and_pauses_of_a_clock_that_was_set_back_hold_nobody_up(paid: Studio) -> None:
    clock = Settable()
    clock.ahead = timedelta(days=1)
    rate_limiter = pace_of(paid, clock)
    assert rate_limiter.take_slot("generate", longest_wait_seconds=20).paused_until is None
    rate_limiter.note_failure("other", asks_to_wait(Phase.SUBMIT, 60))
    clock.ahead = timedelta(0)

    assert rate_limiter.take_slot("generate", longest_wait_seconds=20).paused_until is None
    assert rate_limiter.take_slot("other", longest_wait_seconds=20).paused_until is None
    assert rate_limiter.outages() == []


def test_a_row_put_off_before_the_clock_was_set_back_is_taken_now(paid: Studio) -> None:
    asked, now = ask(paid), paid.clock.now()
    with paid.database.writing() as session:
        backlog.put_off(session, asked.id, until=now + timedelta(days=1))
        assert backlog.waiting_for_a_worker(session, limit=9, now=now) == [(asked.id, False)]
        backlog.put_off(session, asked.id, until=now + timedelta(minutes=5))
        assert backlog.waiting_for_a_worker(session, limit=9, now=now) == []


def test_what_a_pause_held_up_follows_as_soon_as_the_probe_succeeds(paid: Studio) -> None:
    held, other = ask(paid), ask(paid, prompt="a green boat")
    later = paid.clock.now() + timedelta(seconds=60)
    unsent = Failure(
        phase=Phase.SUBMIT, kind="refused", charge=Charge.NO, message="Away.", advice=""
    )
    for _ in range(3):
        paid.rate_limiter.note_failure("generate", unsent)
    with paid.database.writing() as session:
        backlog.put_off(session, held.id, until=later, waits_for="generate")
        backlog.put_off(session, other.id, until=later)

    paid.rate_limiter.note_success("generate")

    with paid.database.reading() as session:
        waiting = backlog.waiting_for_a_worker(session, limit=9, now=paid.clock.now())
    assert waiting == [(held.id, False)]
    paid.rate_limiter.resume()
    with paid.database.reading() as session:
        assert len(backlog.waiting_for_a_worker(session, limit=9, now=paid.clock.now())) == 2


def test_a_picture_sent_again_on_a_later_day_counts_against_that_day(
    paid: Studio, fake: FakeBria
) -> None:
    fake.plan("submit", fault("reset_after_acceptance"))
    lost = work_on(paid, ask(paid))
    assert lost.state is State.UNKNOWN
    clock = Settable()
    clock.ahead = timedelta(days=1)
    today, tomorrow = (f"day:{(clock.now() - back).date()}" for back in (clock.ahead, timedelta(0)))
    object.__setattr__(paid.context, "clock", clock)

    paid.decisions.send_again(lost.id)

    with paid.database.reading() as session:
        assert ledger.committed(session, today) == lost.price_microusd
        assert ledger.committed(session, tomorrow) == lost.price_microusd
        again = paid.service.see(lost.id)
        assert books.recount(session, lost.account) == lost.price_microusd
        assert books.recount(session, again.account) == lost.price_microusd
