"""Who sends wrong keys is slowed; who has the right one is not, even beside them."""

from __future__ import annotations

import pytest
from fastapi import Depends, FastAPI
from starlette.testclient import TestClient
from starlette.types import Receive, Send
from starlette.types import Scope as Asked

from core.keys.from_settings import Scope
from core.keys.guesses import FREE_GUESSES, LONGEST_DELAY_SECONDS, MOST_ADDRESSES, Guesses
from core.web.api.app import build_api
from core.web.api.auth import ADDRESS, NEEDS_KEY, Access, Caller
from core.web.api.error_responses import add_refusals
from core.wiring import Studio

GUESS = {"Authorization": "Bearer fibo_guessed-and-wrong"}


class EdgeConfig:
    """REST with one route, a clock that the test moves, and visitors at any address."""

    def __init__(self, studio: Studio) -> None:
        self.time = 0.0
        self.slept: list[float] = []
        self.address = "192.0.2.7"
        access = Access(studio.key_store, guesses=Guesses(lambda: self.time), sleep=self._sleep)
        api, may_read = FastAPI(), Depends(access.to(Scope.READ))
        may_know = Depends(access.knows(Scope.READ))

        @api.get("/look")
        def look(caller: Caller = may_read) -> str:
            return str(caller.id)

        @api.get("/tell")
        def tell(knows: bool = may_know) -> bool:  # noqa: FBT001 - FastAPI's way
            return knows

        add_refusals(api)

        async def app(scope: Asked, receive: Receive, send: Send) -> None:
            scope[NEEDS_KEY], scope[ADDRESS] = True, self.address
            await api(scope, receive, send)

        self.client = TestClient(app)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def ask(self, headers: dict[str, str] = GUESS) -> int:
        return self.client.get("/look", headers=headers).status_code


@pytest.fixture
def house(studio: Studio) -> EdgeConfig:
    return EdgeConfig(studio)


def test_after_ten_wrong_keys_each_is_answered_later_and_later_with_429(house: EdgeConfig) -> None:
    assert [house.ask() for _ in range(FREE_GUESSES)] == [401] * FREE_GUESSES
    assert house.slept == []

    assert [house.ask() for _ in range(10)] == [429] * 10
    assert house.slept == sorted(house.slept)
    assert house.slept[0] > 0
    assert house.slept[-1] == LONGEST_DELAY_SECONDS
    answer = house.client.get("/look", headers=GUESS)
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert answer.json()["error"]["code"] == "too_many_wrong_keys"


def test_the_right_key_from_the_same_address_works_at_once(
    house: EdgeConfig, studio: Studio
) -> None:
    right = {"Authorization": f"Bearer {studio.key_store.make('desk', Scope.READ)}"}
    for _ in range(30):
        house.ask()
    slept = len(house.slept)

    assert house.ask(right) == 200
    assert len(house.slept) == slept


def test_a_minute_later_and_at_another_address_the_count_begins_anew(house: EdgeConfig) -> None:
    for _ in range(FREE_GUESSES + 1):
        house.ask()
    house.address = "192.0.2.8"
    assert house.ask() == 401
    house.address = "192.0.2.7"
    assert house.ask() == 429
    house.time = 60.0
    assert house.ask() == 401


def test_a_request_without_a_key_and_one_of_too_little_scope_are_no_guesses(
    house: EdgeConfig, studio: Studio
) -> None:
    for _ in range(FREE_GUESSES + 5):
        assert house.ask({}) == 401
    assert house.ask() == 401
    assert house.slept == []
    assert studio.key_store.all() == []


def test_where_a_key_only_tells_more_a_wrong_one_is_answered_late_too_and_tells_nothing(
    house: EdgeConfig, studio: Studio
) -> None:
    right = {"Authorization": f"bearer {studio.key_store.make('desk', Scope.READ)}"}

    told = [house.client.get("/tell", headers=GUESS).json() for _ in range(FREE_GUESSES + 3)]

    assert told == [False] * (FREE_GUESSES + 3)
    assert len(house.slept) == 3
    assert house.ask() == 429
    assert house.client.get("/tell", headers=right).json() is True
    assert house.client.get("/tell").json() is False
    assert len(house.slept) == 4


def test_wrong_keys_sent_to_health_count_as_guesses(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []

    def note(_guesses: Guesses, address: str) -> float:
        noted.append(address)
        return 0.0

    async def from_elsewhere(scope: Asked, receive: Receive, send: Send) -> None:
        scope[NEEDS_KEY], scope[ADDRESS] = True, "192.0.2.7"
        await build_api(studio)(scope, receive, send)

    monkeypatch.setattr(Guesses, "note", note)
    client = TestClient(from_elsewhere)

    assert client.get("/health", headers=GUESS).json() == {"status": "problem"}
    assert noted == ["192.0.2.7"]
    right = {"Authorization": f"Bearer {studio.key_store.make('desk', Scope.READ)}"}
    assert client.get("/health", headers=right).json()["database"] == "ok"
    assert client.get("/health").json() == {"status": "problem"}
    assert noted == ["192.0.2.7"]


def test_one_network_of_ipv6_is_one_address() -> None:
    guesses = Guesses(lambda: 0.0)

    delays = [guesses.note(f"2001:db8:1:2::{number:x}") for number in range(1, FREE_GUESSES + 2)]

    assert delays[-1] > 0
    assert guesses.note("2001:db8:1:3::1") == 0
    assert guesses.note("::ffff:192.0.2.7") == 0


def test_however_many_addresses_guess_only_so_many_are_remembered() -> None:
    guesses = Guesses(lambda: 0.0)
    for _ in range(FREE_GUESSES + 1):
        guesses.note("first")

    for number in range(MOST_ADDRESSES):
        guesses.note(f"other {number}")

    assert len(guesses._by_place) == MOST_ADDRESSES
    assert guesses.note("first") == 0
