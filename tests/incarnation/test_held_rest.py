"""What is held is told and decided over REST and in health as on the pages."""

from __future__ import annotations

from starlette.testclient import TestClient

from core.domain.states import State
from core.generation.held import ADVICE
from core.web.api.app import build_api
from tests.incarnation.conftest import Place, ask, work


def restored_with_two_queued(place: Place) -> TestClient:
    running = place.open()
    for number in range(2):
        ask(running, number)
    place.close()
    (place.folder / "backup.json").write_text("{}")
    return TestClient(build_api(place.open()))


def test_what_is_held_is_told_by_health_and_by_its_own_route(place: Place) -> None:
    rest = restored_with_two_queued(place)

    (notice,) = [n for n in rest.get("/health").json()["notices"] if n["kind"] == "held"]
    told = rest.get("/studio/held").json()

    assert "2 orders ($0.06) may have been made" in notice["message"]
    assert notice["advice"] == ADVICE
    assert (told["held"], told["price_usd"], told["lost"]) == (2, 0.06, 0)
    assert told["estimated_cost_usd"] == 0.06
    assert "restored from a backup" in told["because"]


def test_held_orders_are_checked_sent_and_dropped_over_rest(place: Place) -> None:
    rest = restored_with_two_queued(place)
    studio = place._opened[-1]
    first, second = sorted(one.id for one in studio.service.newest(limit=2))
    studio.context.journal.append(generation_id=first, number=1, request_id="request-0001")

    checked = rest.post("/studio/held/check").json()
    assert (checked["moved"], checked["held"], checked["estimated_cost_usd"]) == (1, 1, 0)
    assert studio.service.see(first).state is State.ACCEPTED

    sent = rest.post("/studio/held/send").json()
    assert (sent["moved"], sent["held"], sent["estimated_cost_usd"]) == (1, 0, 0.03)
    assert studio.service.see(second).hold is None

    assert rest.post("/studio/held/drop").json()["moved"] == 0
    assert studio.service.see(second).state is State.QUEUED


def test_dropped_orders_are_cancelled_over_rest(place: Place) -> None:
    rest = restored_with_two_queued(place)

    dropped = rest.post("/studio/held/drop").json()

    assert (dropped["moved"], dropped["held"]) == (2, 0)
    assert work(place._opened[-1]) == 0
    assert place.provider.bills == []
