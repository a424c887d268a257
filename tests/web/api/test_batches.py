"""A batch over REST: started as a whole or not at all, watched, moved and taken away."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.domain.batching import LineState
from core.wiring import Studio
from tests.running import wait_until
from tests.web.api.sending import GOOD, WRONG, send


def start(client: TestClient, content: bytes = GOOD, *, key: str | None = None, **form: str) -> Any:
    """Start a table of small pictures."""
    return send(client, "/api/batches", content, key=key, resolution="draft", **form)


def wait_for_end(client: TestClient, place: str) -> dict[str, Any]:
    wait_until(lambda: client.get(place).json()["status"] in {"done", "cancelled"}, what=place)
    told: dict[str, Any] = client.get(place).json()
    return told


@pytest.fixture
def quiet(running: Studio) -> Iterator[Studio]:
    """The studio while nothing is made."""
    running.worker.stop()
    yield running
    running.worker.start()


def test_a_table_becomes_a_batch_that_can_be_watched_and_taken_away(client: TestClient) -> None:
    started = start(client, parallel="4")

    place = started.headers["location"]
    assert started.status_code == 202
    assert place == f"/api/batches/{started.json()['id']}"
    assert (started.json()["total"], started.json()["parallel"]) == (2, 4)
    assert started.json()["estimated_cost_usd"] == 0
    told = wait_for_end(client, place)
    assert (told["status"], told["counts"], told["cost_usd"]) == ("done", {"done": 2}, 0)
    assert [row["prompt"] for row in told["rows"]] == ["a red boat", "a blue boat"]
    for row in told["rows"]:
        assert client.get(f"/api/generate/{row['generation_id']}").json()["batch_id"] == told["id"]
    taken = client.get(told["zip_url"], params={"names": "{position}"})
    assert taken.headers["content-type"] == "application/zip"
    assert "boats.zip" in taken.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        names = archive.namelist()
        assert {"pictures/00001.png", "pictures/00002.png", "manifest.csv"} <= set(names)
        manifest = archive.read("manifest.csv")
    assert b"pier 2" in manifest
    again = send(client, "/api/batches/check", manifest, name="manifest.csv").json()
    assert (again["errors"], again["owned"], again["paying"]) == ([], 2, 0)
    assert again["estimated_cost_usd"] == 0


def test_rows_come_in_pages(client: TestClient) -> None:
    rows = "prompt\n" + "".join(f"a boat in bay {n}\n" for n in range(5))
    place = start(client, rows.encode()).headers["location"]
    wait_for_end(client, place)

    first = client.get(place, params={"limit": 3}).json()
    rest = client.get(place, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    problems = client.get(place, params={"only": "problems"}).json()

    assert [row["position"] for row in first["rows"] + rest["rows"]] == [1, 2, 3, 4, 5]
    assert (rest["next_cursor"], problems["rows"]) == (None, [])


def test_a_table_with_a_wrong_row_starts_nothing_and_names_every_cell(
    client: TestClient, running: Studio
) -> None:
    before = [one.batch.id for one in running.batches.newest(limit=200)]

    refused = start(client, WRONG).json()["error"]

    assert (refused["code"], refused["field"], refused["hint"]) == (
        "wrong_rows",
        "lighting",
        "soft",
    )
    assert refused["message"] == "2 rows need fixing; nothing was started."
    assert [(p["line"], p["field"]) for p in refused["problems"]] == [
        (2, "lighting"),
        (3, "prompt"),
    ]
    assert [one.batch.id for one in running.batches.newest(limit=200)] == before


def test_a_table_sent_again_with_its_key_is_started_once(client: TestClient) -> None:
    first, again = (start(client, key="boats") for _ in "12")
    other = start(client, GOOD.replace(b"red", b"green"), key="boats")

    assert first.json()["id"] == again.json()["id"]
    assert again.headers["location"] == first.headers["location"]
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")


def test_every_verb_moves_the_batch_and_says_how_it_stands(
    client: TestClient, quiet: Studio
) -> None:
    started = start(client, pilot_rows="1")
    place = started.headers["location"]
    assert started.json()["counts"] == {"waiting": 1, "held": 1}

    def tell(verb: str) -> tuple[int, str]:
        answer = client.post(f"{place}/{verb}")
        told = answer.json()
        return answer.status_code, told.get("status") or told["error"]["code"]

    assert tell("commit") == (200, "running")
    assert tell("pause") == (200, "paused")
    assert tell("pause") == (409, "stale_state")
    assert tell("resume") == (200, "running")
    assert tell("retry") == (200, "running")
    assert tell("finish") == (200, "done")
    assert tell("cancel") == (409, "stale_state")
    another = start(client).headers["location"]
    assert client.post(f"{another}/cancel").json()["counts"] == {"cancelled": 2}
    assert quiet.batches.progress(int(another.rpartition("/")[2])).count(LineState.WAITING) == 0


@pytest.mark.parametrize("number", ["5", "0", str(2**63), "9" * 30])
def test_a_batch_that_is_not_there_is_a_404(client: TestClient, number: str) -> None:
    for answer in (
        client.get(f"/api/batches/{number}"),
        client.get(f"/api/batches/{number}/zip"),
        *(client.post(f"/api/batches/{number}/{verb}") for verb in ("pause", "retry", "commit")),
    ):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"


def test_a_zip_with_a_wrong_file_name_is_refused(client: TestClient) -> None:
    place = start(client).headers["location"]

    refused = client.get(f"{place}/zip", params={"names": "{colour}"})

    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid_request")


def test_fifty_requests_that_take_longer_say_where_to_look(client: TestClient) -> None:
    asked = {"requests": [{"prompt": "a boat in a far bay", "resolution": "draft"}]}

    answer = client.post("/api/generate/batch", json=asked, params={"wait": 0})

    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/batches/{answer.json()['batch_id']}"
    assert answer.json()["estimated_cost_usd"] == 0
    assert client.get(answer.headers["location"]).json()["total"] == 1
