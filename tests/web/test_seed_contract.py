"""The nine routes of the original system, as its clients call them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.settings import Settings
from core.web import server
from core.wiring import build_studio

HERE = ("127.0.0.1", 50_000)

DRAFT = {"resolution": "draft"}
BASE = "/api/generate"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    # without Streamlit, of which a process can hold only one
    running = build_studio(Settings(FIBO_DATA_DIR=tmp_path_factory.mktemp("seed")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "studio", lambda: running)
        running.worker.start()
        app = Starlette(routes=[Mount("/api", app=server.RestApp())])
        yield TestClient(app, client=HERE, base_url="http://127.0.0.1")
        running.close()


def make(client: TestClient, prompt: str, **fields: Any) -> dict[str, Any]:
    answer = client.post(f"{BASE}/", json={"prompt": prompt, **DRAFT, **fields})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_one_picture_in_each_mode_has_the_fields_of_the_original(client: TestClient) -> None:
    by_words = make(client, "a red fox in snow")
    by_hand = make(client, "a stone house", mode="manual", lighting="golden-hour", fov="wide")

    for told in (by_words, by_hand):
        assert told["status"] == "completed"
        assert {"id", "image_url", "parameters", "quality_score", "generation_time"} <= told.keys()
        assert {"reasoning", "cached", "retry_count"} <= told.keys()
    assert by_hand["parameters"] == {"lighting": "golden-hour", "fov": "wide"}
    assert by_hand["quality_score"] == 0.8
    assert by_hand["reasoning"]["lighting"]["choice"] == "golden-hour"
    assert client.get(f"{BASE}/{by_hand['id']}").json()["prompt"] == "a stone house"


def test_the_same_request_again_is_a_hit_until_the_cache_is_cleared(client: TestClient) -> None:
    first = make(client, "a wooden boat", seed=5)
    again = make(client, "a wooden boat", seed=5)

    stats = client.get(f"{BASE}/cache/stats").json()
    cleared = client.delete(f"{BASE}/cache").json()
    anew = make(client, "a wooden boat", seed=5)

    assert (first["cached"], again["cached"], anew["cached"]) == (False, True, False)
    assert {"total_cached", "valid", "expired", "ttl_hours"} <= stats.keys()
    assert (stats["valid"], stats["ttl_hours"]) == (stats["total_cached"], 1.0)
    assert cleared["status"] == "success"
    assert cleared["cleared"] == stats["total_cached"] > 0


@pytest.mark.parametrize("parallel", [True, False])
def test_a_batch_answers_in_the_order_of_its_requests(client: TestClient, parallel: bool) -> None:  # noqa: FBT001
    prompts = [f"a lighthouse, number {n}, {parallel}" for n in range(3)]
    asked = {"requests": [{"prompt": p, **DRAFT} for p in prompts], "parallel": parallel}

    told = client.post(f"{BASE}/batch", json=asked).json()

    assert (told["total"], told["successful"], told["failed"]) == (3, 3, 0)
    assert [one["prompt"] for one in told["results"]] == prompts
    assert told["errors"] == [None, None, None]


def test_a_batch_with_a_wrong_request_names_it_and_makes_nothing(client: TestClient) -> None:
    before = client.get(f"{BASE}/history").json()["total"]

    refused = client.post(
        f"{BASE}/batch", json={"requests": [{"prompt": "a fox"}, {"prompt": "x", "fov": "wide"}]}
    )

    assert refused.status_code == 422
    assert "Request 2" in refused.json()["error"]["message"]
    assert client.post(f"{BASE}/batch", json={"requests": []}).status_code == 422
    assert client.get(f"{BASE}/history").json()["total"] == before


def test_a_batch_sent_again_with_its_key_is_made_once(client: TestClient) -> None:
    asked = {"requests": [{"prompt": "a mill by a river", "use_cache": False, **DRAFT}]}
    key = {"Idempotency-Key": "one batch"}
    before = client.get(f"{BASE}/history").json()["total"]

    first, again = (client.post(f"{BASE}/batch", json=asked, headers=key).json() for _ in "12")
    other = client.post(f"{BASE}/batch", json={**asked, "parallel": False}, headers=key)

    assert first["batch_id"] == again["batch_id"]
    assert again["results"][0]["id"] == first["results"][0]["id"]
    assert client.get(f"{BASE}/history").json()["total"] == before + 1
    assert other.status_code == 422


def test_history_has_filters_and_pages(client: TestClient) -> None:
    for prompt in ("a bear", "a wolf", "an owl at night"):
        make(client, prompt)

    page = client.get(f"{BASE}/history", params={"limit": 2, "status": "completed"}).json()
    below = client.get(f"{BASE}/history", params={"limit": 2, "cursor": page["next_cursor"]}).json()
    nobody = client.get(f"{BASE}/history", params={"user_id": 77}).json()

    assert page.keys() >= {"total", "limit", "offset", "results"}
    assert page["results"][0].keys() >= {
        *("id", "prompt", "mode", "status", "result_url", "parameters", "quality_score"),
        *("generation_time", "created_at", "completed_at", "error_message"),
    }
    assert page["results"][0]["prompt"] == "an owl at night"
    assert not {one["id"] for one in page["results"]} & {one["id"] for one in below["results"]}
    assert nobody["total"] == 0
    assert client.get(f"{BASE}/history", params={"limit": 500}).status_code == 422


def test_statistics_count_what_was_made(client: TestClient) -> None:
    make(client, "a lamp on a desk")

    told = client.get(f"{BASE}/statistics", params={"days": 7}).json()

    assert told["period_days"] == 7
    assert told["total_generations"] == client.get(f"{BASE}/history").json()["total"]
    assert told["status_breakdown"]["completed"] == told["total_generations"]
    assert sum(told["mode_breakdown"].values()) == told["total_generations"]
    assert told["success_rate"] == 100.0


def test_parameters_hold_the_words_of_the_original(client: TestClient) -> None:
    told = client.get(f"{BASE}/parameters").json()

    assert {"parameters", "modes", "description"} <= told.keys()
    assert {"eye-level", "low-angle", "dutch-tilt"} <= set(told["parameters"]["camera_angle"])
    assert told["modes"] == ["ai", "manual"]


def test_a_refinement_in_the_query_makes_a_child(client: TestClient) -> None:
    parent = make(client, "a castle on a hill", seed=3)

    child = client.post(
        f"{BASE}/{parent['id']}/refine", params={"refinement_prompt": "make it night"}
    ).json()

    assert (child["parent_id"], child["status"], child["seed"]) == (parent["id"], "completed", 3)
    assert child["image_url"] != parent["image_url"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            ("mode", "auto"),
            ("camera_angle", "sideways"),
            ("fov", "huge"),
            ("lighting", "dark-ish"),
        ),
        *(
            ("color_palette", "loud"),
            ("composition", "messy"),
            ("style", "nice"),
            ("max_retries", 9),
        ),
    ],
)
def test_every_parameter_is_checked(client: TestClient, field: str, value: object) -> None:
    refused = client.post(f"{BASE}/", json={"prompt": "a cat", field: value})

    assert refused.status_code == 422
    assert refused.json()["error"]["field"] == field


def test_another_machine_needs_a_key(client: TestClient) -> None:
    stranger = TestClient(client.app, client=("192.0.2.7", 50_000))

    for answer in (
        stranger.post(f"{BASE}/", json={"prompt": "a cat"}),
        stranger.delete(f"{BASE}/cache"),
    ):
        assert answer.status_code == 401
        assert "key" in answer.json()["error"]["message"]
