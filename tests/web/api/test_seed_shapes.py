"""What the original's clients read and send, field by field and header by header."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from core.wiring import Studio

BASE = "/api/generate"
SMALL = {"resolution": "draft"}


def make(client: TestClient, prompt: str, **fields: Any) -> dict[str, Any]:
    answer = client.post(f"{BASE}/", json={"prompt": prompt, **SMALL, **fields})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_history_has_the_fields_of_the_original_and_pages_by_offset(client: TestClient) -> None:
    made = [make(client, f"a barn, number {n}")["id"] for n in range(3)]

    first = client.get(f"{BASE}/history", params={"limit": 2}).json()
    second = client.get(f"{BASE}/history", params={"limit": 2, "offset": 2}).json()

    assert (first["limit"], first["offset"], second["offset"]) == (2, 0, 2)
    assert first["total"] == second["total"] == 3
    assert [one["id"] for one in first["results"] + second["results"]] == made[::-1]
    assert first["results"][0].keys() >= {
        *("id", "prompt", "mode", "status", "result_url", "parameters", "quality_score"),
        *("generation_time", "created_at", "completed_at", "error_message"),
    }


def test_history_is_filtered_by_project_user_and_status(
    client: TestClient, running: Studio
) -> None:
    project_id = running.library.add_project("Spring", colour="#0f766e")
    mine = make(client, "a tulip", project_id=project_id)
    theirs = make(client, "a tulip", user_id=9)

    def ids(**wanted: Any) -> list[str]:
        told = client.get(f"{BASE}/history", params=wanted).json()
        return [one["id"] for one in told["results"]]

    assert ids(project_id=project_id) == [mine["id"]]
    assert ids(user_id=9) == [theirs["id"]]
    assert ids(user_id=9, status="pending") == ids(user_id=9, status="failed") == []
    assert client.get(f"{BASE}/history", params={"status": "lost"}).status_code == 422


@pytest.mark.parametrize("limit", [0, 201, -1, "many"])
def test_history_takes_1_to_200_at_a_time(client: TestClient, limit: Any) -> None:
    assert client.get(f"{BASE}/history", params={"limit": limit}).status_code == 422


@pytest.mark.parametrize(("days", "status"), [(1, 200), (365, 200), (0, 422), (366, 422)])
def test_statistics_have_the_fields_of_the_original_for_1_to_365_days(
    client: TestClient, days: int, status: int
) -> None:
    answer = client.get(f"{BASE}/statistics", params={"days": days})

    assert answer.status_code == status
    if status == 200:
        assert answer.json().keys() >= {
            *("period_days", "total_generations", "status_breakdown", "mode_breakdown"),
            *("average_generation_time", "average_quality_score", "success_rate"),
        }


def test_the_cache_tells_its_counts_and_says_what_was_cleared(client: TestClient) -> None:
    make(client, "a heron by a pond")

    stats = client.get(f"{BASE}/cache/stats").json()
    cleared = client.delete(f"{BASE}/cache").json()

    assert stats.keys() >= {"total_cached", "valid", "expired", "ttl_hours"}
    assert cleared.keys() >= {"status", "cleared", "message"}
    assert str(cleared["cleared"]) in cleared["message"]
    assert client.get(f"{BASE}/cache/stats").json()["total_cached"] == 0


def test_parameters_tell_values_labels_defaults_limits_engines_and_prices(
    client: TestClient,
) -> None:
    told = client.get(f"{BASE}/parameters").json()

    assert told.keys() >= {"parameters", "modes", "description"}
    assert told["details"].keys() == told["parameters"].keys()
    soft = next(v for v in told["details"]["lighting"]["values"] if v["value"] == "soft")
    assert soft["label"]
    assert soft["hint"]
    assert told["defaults"]["max_retries"] == 3
    assert told["limits"]["batch_requests"] == [1, 50]
    assert [engine["name"] for engine in told["engines"]] == ["preview"]


def test_a_picture_is_refined_by_query_and_by_json_with_changed_parameters(
    client: TestClient,
) -> None:
    parent = make(client, "a mill on a hill", mode="manual", lighting="soft", seed=4)
    place = f"{BASE}/{parent['id']}/refine"

    by_query = client.post(place, params={"refinement_prompt": "make it winter"}).json()
    by_json = client.post(
        place, json={"refinement_prompt": "make it winter", "lighting": "dramatic"}
    ).json()
    nested = client.post(place, json={"parameters": {"color_palette": "cool"}}).json()

    for child in (by_query, by_json, nested):
        assert (child["parent_id"], child["status"]) == (parent["id"], "completed")
        assert child["seed"] == 4
    assert (by_query["instruction"], by_json["instruction"]) == ("make it winter",) * 2
    assert by_json["parameters"]["lighting"] == "dramatic"
    assert nested["parameters"] == {"color_palette": "cool"}, "the rest is in its scene"
    assert client.post(place, json={"prompt": "a lake"}).json()["error"]["field"] == "prompt"
    assert client.post(f"{BASE}/5/refine", json={"lighting": "soft"}).status_code == 404


def test_reasons_say_what_was_understood_and_from_which_words(client: TestClient) -> None:
    told = make(client, "a lighthouse at sunset, low angle", style="cinematic", mode="manual")

    assert told["reasoning"]["style"] == {"choice": "cinematic", "source": "your setting"}
    understood = [one["source"] for one in told["reasoning"].values()]
    assert any("sunset" in source for source in understood)


@pytest.mark.parametrize(
    "asking", [{"params": {"wait": 0}}, {"headers": {"Prefer": "respond-async"}}]
)
def test_whoever_does_not_wait_gets_202_and_a_place_to_look(
    client: TestClient, asking: dict[str, Any]
) -> None:
    body = {"prompt": f"an oak, {asking}", **SMALL}

    answer = client.post(f"{BASE}/", json=body, **asking)

    assert answer.status_code == 202
    assert answer.headers["location"] == f"{BASE}/{answer.json()['id']}"
    assert client.get(answer.headers["location"]).json()["prompt"] == body["prompt"]


def test_a_key_carries_one_request_out_once_and_refuses_another(client: TestClient) -> None:
    key = {"Idempotency-Key": "an elm"}
    body = {"prompt": "an elm in fog", "use_cache": False, **SMALL}

    first, again = (client.post(f"{BASE}/", json=body, headers=key).json() for _ in "12")
    other = client.post(f"{BASE}/", json={**body, "seed": 1}, headers=key)

    assert first["id"] == again["id"]
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    "path",
    [
        *("/api/nothing", "/api/generate/nothing", "/api/generate/1.5", "/api/generate/-1"),
        *("/api/batches/nothing", "/api/batches", "/api", "/api/"),
        f"/api/generate/{'9' * 5_000}",
    ],
)
def test_what_is_not_there_is_told_as_json(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code in {404, 405}
    assert answer.json()["error"].keys() >= {"code", "message"}


@pytest.mark.parametrize("name", ["history", "statistics", "parameters", "cache/stats"])
def test_no_fixed_route_is_taken_for_an_id(client: TestClient, name: str) -> None:
    answer = client.get(f"{BASE}/{name}")

    assert answer.status_code == 200
    assert "error" not in answer.json()
