"""Decisions and budgets over REST."""

from __future__ import annotations

from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from core.records.batches import Plan
from core.web.api.app import build_api
from core.wiring import Studio
from tests.batches.orders import feeder_of, new_lines, run_to_end
from tests.fakes.bria import FakeBria
from tests.paid.conftest import OpenPaid
from tests.paid.work import ask, work_on

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def client(studio: Studio) -> TestClient:
    return TestClient(build_api(studio))


def test_an_unknown_charge_is_told_and_decided(open_paid: OpenPaid, fake: FakeBria) -> None:
    studio = open_paid()
    fake.plan("submit", "reset_after_acceptance")
    held = work_on(studio, ask(studio))
    rest = client(studio)

    told = rest.get(f"/generate/{held.id}").json()
    assert (told["status"], told["cost_usd"], told["possible_cost_usd"]) == ("unknown", 0, 0.03)
    assert told["error_advice"]
    assert rest.post(f"/generate/{held.id}/check-again").json()["status"] == "unknown"
    assert rest.post(f"/generate/{held.id}/send-again").json()["status"] == "queued"
    assert rest.post(f"/generate/{held.id}/give-up").status_code == 409
    made = work_on(studio, held)

    told = rest.get(f"/generate/{made.id}").json()
    assert (told["status"], told["cost_usd"], told["possible_cost_usd"]) == (
        "completed",
        0.03,
        0.03,
    )
    assert told["retry_count"] == 1
    assert told["request_id"] == made.request_id


def test_a_batch_tells_what_a_retry_asks_for_and_what_it_pays_before_and_after(
    open_paid: OpenPaid, fake: FakeBria
) -> None:
    studio = open_paid()
    fake.plan("asset", "bomb")
    fake.plan("submit", "http_400")
    batch = studio.batches.start(Plan(name="paid", parallel=1), new_lines(2, engine="bria"))
    run_to_end(studio, feeder_of(studio))
    rest, place = client(studio), f"/batches/{batch.id}"
    price = {"price_usd": 0.03, "estimated_cost_usd": 0.03}
    wanted = {"asked_for_free": 1, "made_anew": 1, **price, "charged_before": 0}
    nothing = dict.fromkeys(wanted, 0)

    assert rest.get(place).json()["retry"] == wanted
    retried = rest.post(f"{place}/retry").json()
    assert (retried["retried"], retried["retry"]) == (wanted, nothing)
    assert retried["estimated_cost_usd"] == 0.03, "what is fetched costs nothing more"
    run_to_end(studio, feeder_of(studio))

    assert rest.get(place).json()["counts"] == {"done": 2}
    assert rest.post(f"{place}/check-again").json()["status"] == "done"
    assert rest.post("/batches/5/retry").status_code == 404
    assert len(fake.charges()) == 2


def test_a_waiting_picture_can_be_cancelled_once(open_paid: OpenPaid) -> None:
    studio = open_paid()
    asked = ask(studio)
    rest = client(studio)

    assert rest.post(f"/generate/{asked.id}/cancel").json()["status"] == "cancelled"
    assert rest.post(f"/generate/{asked.id}/cancel").status_code == 409
    assert rest.post(f"/generate/{asked.id}/forget").status_code == 404
    assert rest.post("/generate/12345/cancel").status_code == 404


def test_a_used_up_budget_is_payment_required_with_one_sentence(open_paid: OpenPaid) -> None:
    studio = open_paid(FIBO_DAILY_BUDGET_USD=Decimal("0.01"))

    answer = client(studio).post("/generate/", json={"prompt": "a boat"})

    assert answer.status_code == 402
    assert answer.json()["error"]["code"] == "budget_exceeded"
    assert answer.json()["error"]["estimated_cost_usd"] == 0.03
    assert "$0.01 is left" in answer.json()["error"]["message"]


def test_every_refusal_of_what_can_be_paid_says_what_it_would_have_cost(
    open_paid: OpenPaid,
) -> None:
    studio = open_paid()
    batch = studio.batches.start(Plan(name="paid", parallel=1), new_lines(3, engine="bria"))
    asked = ask(studio)
    rest = client(studio)
    wrong_rows = {"file": ("rows.csv", b"prompt,seed\na boat,1\na plum,-1\n")}

    refusals = {
        "one picture": rest.post("/generate/", json={"prompt": "", "engine": "bria"}),
        "the cheaper one": rest.post("/generate/", json={"prompt": "", "engine": "bria-lite"}),
        "an engine that is none": rest.post("/generate/", json={"prompt": "x", "engine": "acme"}),
        "a free one": rest.post("/generate/", json={"prompt": "", "engine": "preview"}),
        "sent again": rest.post(f"/generate/{asked.id}/send-again"),
        "a batch that runs": rest.post(f"/batches/{batch.id}/resume"),
        "rows of a table": rest.post("/batches", files=wrong_rows),
        "several": rest.post("/generate/batch", json={"requests": [{"prompt": ""}, "a plum"]}),
    }

    told = {
        name: (r.status_code, r.json()["error"].get("estimated_cost_usd"))
        for name, r in refusals.items()
    }
    assert told == {
        "one picture": (422, 0.03),
        "the cheaper one": (422, 0.02),
        "an engine that is none": (422, 0.03),
        "a free one": (422, 0.0),
        "sent again": (409, 0.03),
        "a batch that runs": (409, 0.09),
        "rows of a table": (422, 0.03),
        "several": (422, 0.06),
    }
    assert "estimated_cost_usd" not in rest.post(f"/generate/{asked.id}/give-up").json()["error"]
