"""`POST /api/studio/resume`: who may, what it ends, and what it answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select, update
from starlette.testclient import TestClient
from starlette.types import Receive, Send
from starlette.types import Scope as Asked

from core.domain.request import parse_request
from core.keys.from_settings import Scope
from core.provider.rate_limiter import ACCOUNT
from core.tables.generation import GenerationRow
from core.web.api.app import build_api
from core.web.api.auth import NEEDS_KEY
from core.wiring import Studio

RESUME = "/studio/resume"


def here(studio: Studio) -> TestClient:
    return TestClient(build_api(studio))


def elsewhere(studio: Studio) -> TestClient:
    async def app(scope: Asked, receive: Receive, send: Send) -> None:
        scope[NEEDS_KEY] = True
        await build_api(studio)(scope, receive, send)

    return TestClient(app)


def pause(studio: Studio) -> None:
    until = studio.clock.now() + timedelta(days=365)
    studio.rate_limiter.pause("generate", until=until, reason="Bria asks everybody to wait.")
    studio.rate_limiter.pause(ACCOUNT, until=None, reason="The key is refused.")


NOTHING_LEFT = {"pauses": [], "estimated_cost_usd": 0}


def test_it_ends_every_pause_and_answers_with_those_that_are_left(studio: Studio) -> None:
    pause(studio)
    told = here(studio).get("/health").json()["studio"]["pauses"]
    assert {one["endpoint"]: one["reason"] for one in told} == {
        "generate": "Bria asks everybody to wait.",
        ACCOUNT: "The key is refused.",
    }
    assert [one["endpoint"] for one in told if "until" in one] == ["generate"]

    answer = here(studio).post(RESUME)

    assert (answer.status_code, answer.json()) == (200, NOTHING_LEFT)
    assert studio.rate_limiter.outages() == []
    assert here(studio).get("/health").json()["studio"]["pauses"] == []
    assert here(studio).post(RESUME).json() == NOTHING_LEFT


def test_what_waited_for_a_pause_is_taken_at_once(studio: Studio) -> None:
    asked = studio.service.ask(parse_request({"prompt": "a boat"}))
    later = studio.clock.now() + timedelta(days=1)
    with studio.database.writing() as session:
        held = update(GenerationRow).where(col(GenerationRow.id) == asked.id)
        session.execute(held.values(not_before=later, waits_for="generate"))

    here(studio).post(RESUME)

    with studio.database.reading() as session:
        row = session.exec(select(GenerationRow).where(col(GenerationRow.id) == asked.id)).one()
        assert (row.not_before, row.waits_for) == (None, None)


@pytest.mark.parametrize(
    ("scope", "status", "code"),
    [(None, 401, "key_needed"), (Scope.READ, 403, "scope_missing"), (Scope.GENERATE, 200, None)],
)
def test_from_elsewhere_it_takes_a_key_that_may_generate(
    studio: Studio, scope: Scope | None, status: int, code: str | None
) -> None:
    pause(studio)
    key = scope and studio.key_store.make("desk", scope)
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    answer = elsewhere(studio).post(RESUME, headers=headers)

    assert answer.status_code == status
    assert answer.json().get("error", {}).get("code") == code
    assert len(studio.rate_limiter.outages()) == (0 if status == 200 else 2)


def test_a_wrong_key_ends_no_pause_on_this_machine_either(studio: Studio) -> None:
    pause(studio)

    answer = here(studio).post(RESUME, headers={"Authorization": "Bearer fibo_wrong"})

    assert answer.status_code == 401
    assert len(studio.rate_limiter.outages()) == 2


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_every_other_method_is_refused_and_ends_nothing(studio: Studio, method: str) -> None:
    pause(studio)

    answer = here(studio).request(method, RESUME)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert answer.json()["error"]["code"]
    assert len(studio.rate_limiter.outages()) == 2
