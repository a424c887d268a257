"""REST against the whole app in one process: pages, routes, lifespan and worker together."""

from __future__ import annotations

import base64
import hashlib
import importlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from core.wiring import studio

HERE, ADDRESS = ("127.0.0.1", 50_000), "http://127.0.0.1"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIBO_DATA_DIR", str(tmp_path_factory.mktemp("api")))
        patch.delitem(sys.modules, "app", raising=False)
        studio.cache_clear()
        app = importlib.import_module("app").app
        with TestClient(app, client=HERE, base_url=ADDRESS) as running:
            yield running


def ask(client: TestClient, **fields: Any) -> Any:
    """Ask for a small picture."""
    return client.post("/api/generate/", json={"resolution": "draft", **fields})


def test_a_request_is_answered_with_a_picture_that_loads(client: TestClient) -> None:
    asked = {
        "prompt": "a woman in a teal coat on a city street",
        "mode": "manual",
        "camera_angle": "low-angle",
        "lighting": "golden-hour",
    }
    answer = client.post("/api/generate/", json=asked)

    told = answer.json()
    assert answer.status_code == 200
    assert told["status"] == "completed"
    assert told["parameters"] == {"camera_angle": "low-angle", "lighting": "golden-hour"}
    assert (told["cached"], told["retry_count"], told["quality_score"]) == (False, 0, 0.8)
    assert told["generation_time"] > 0
    loaded = client.get(told["image_url"])
    assert loaded.headers["content-type"] == "image/png"
    assert "immutable" in loaded.headers["cache-control"]
    with Image.open(io.BytesIO(loaded.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1024, 1024))
        assert picture.info["seed"] == str(told["seed"])
        assert picture.info["engine"] == "preview"
        assert "no AI" in picture.info["Software"]


def test_the_same_request_again_is_the_same_picture_and_says_cached(client: TestClient) -> None:
    fields = {"prompt": "a pear on a plate", "composition": "centered"}
    first = ask(client, **fields).json()

    again = ask(client, **fields).json()

    assert again["cached"] is True
    assert again["image_url"] == first["image_url"]
    assert again["id"] != first["id"]


def test_both_spellings_of_the_address_work(client: TestClient) -> None:
    answer = client.post("/api/generate", json={"prompt": "a pear", "resolution": "draft"})

    assert answer.status_code == 200


def test_long_work_is_answered_with_202_and_a_place_to_look(client: TestClient) -> None:
    for asking in ({"headers": {"Prefer": "respond-async"}}, {"params": {"wait": 0}}):
        fields = {"prompt": f"a pear, later {asking}", "resolution": "draft"}
        answer = client.post("/api/generate/", json=fields, **asking)

        assert answer.status_code == 202
        assert answer.json()["status"] in {"queued", "processing"}
        assert answer.json()["image_url"] is None
        place = answer.headers["location"]
        assert place == f"/api/generate/{answer.json()['id']}"
        assert client.get(place).json()["id"] == answer.json()["id"]


def test_one_generation_and_its_image_can_be_looked_up(client: TestClient) -> None:
    made = ask(client, prompt="a plum on a plate").json()

    seen = client.get(f"/api/generate/{made['id']}").json()
    image = client.get(f"/api/generate/{made['id']}/image")

    assert seen == made
    assert image.content == client.get(made["image_url"]).content


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        (b'{"prompt": "ab"}', "prompt", "2 characters"),
        (b'{"prompt": "a cat", "lighting": "golden hr"}', "lighting", "golden-hour"),
        (b'{"prompt": "a cat", "seed": NaN}', "body", "not JSON"),
        (b'{"prompt": "a cat"', "body", "line 1, column 19"),
        (b"", "body", "not JSON"),
        (b"[]", "body", "one JSON object"),
        (b'"a cat"', "body", "one JSON object"),
        (b"\xff\xfe", "body", "not JSON"),
        (b'{"a":' * 100_000, "body", "not JSON"),
        (b'{"prompt": "a \\ud800 cat"}', "prompt", "U+D800"),
        (b'{"prompt": "a cat", "seed": ' + b"9" * 5000 + b"}", "body", "not JSON"),
    ],
)
def test_rubbish_gets_one_sentence_and_no_row(
    client: TestClient, body: bytes, field: str, words: str
) -> None:
    before = [one.id for one in studio().service.newest(limit=200)]

    answer = client.post("/api/generate/", content=body)

    error = answer.json()["error"]
    assert answer.status_code == 422
    assert (error["code"], error["field"]) == ("invalid_request", field)
    assert words in error["message"]
    assert [one.id for one in studio().service.newest(limit=200)] == before


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post("/api/generate/", content=b" " * 1_000_001)

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_an_engine_that_is_not_set_up_is_not_a_server_error(client: TestClient) -> None:
    answer = client.post("/api/generate/", json={"prompt": "a cat", "engine": "bria"})

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "engine_missing"


def test_a_picture_whose_file_is_damaged_is_a_404_with_a_sentence_and_is_made_anew(
    client: TestClient,
) -> None:
    fields = {"prompt": "a spoilt pear", "lighting": "studio"}
    made = ask(client, **fields).json()
    file = studio().service.picture_file(studio().service.see(made["id"])).path
    file.write_bytes(b"")

    for path in (made["image_url"], f"/api/generate/{made['id']}/image"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "The file of this picture is damaged." in answer.text
    again = ask(client, **fields).json()

    assert (again["cached"], again["status"]) == (False, "completed")
    assert client.get(again["image_url"]).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/api/nope", "/api/generate/12345", "/api/generate/12345/image", "/api/generate/x", "/api/"],
)
def test_what_is_not_there_is_a_json_404(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "name", ["x.png", "..%2f..%2ffibo.sqlite", "0" * 64 + "-" + "0" * 32 + ".png"]
)
def test_a_guessed_media_name_opens_nothing(client: TestClient, name: str) -> None:
    assert client.get(f"/app/static/media/{name}").status_code in {400, 404}


def test_a_draft_nobody_offered_is_not_there(client: TestClient) -> None:
    assert client.get("/app/static/draft/nothing.webp").status_code == 404


def test_health_tells_of_database_disk_and_worker(client: TestClient) -> None:
    answer = client.get("/api/health")

    told = answer.json()
    assert (answer.status_code, told["status"], told["database"]) == (200, "ok", "ok")
    assert told["worker_seen_at"]
    assert told["disk_free_bytes"] > 0


def test_the_pages_and_the_api_share_one_port(client: TestClient) -> None:
    assert client.get("/_stcore/health").text == "ok"
    assert "<title>Streamlit" in client.get("/").text
    assert client.get("/api/docs").status_code == 200


def test_of_scripts_in_a_page_only_those_of_streamlit_itself_are_allowed(
    client: TestClient,
) -> None:
    answer = client.get("/")
    inline = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in inline]
    hashes = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]

    policy = answer.headers["content-security-policy"]

    assert re.findall(r"script-src ([^;]*);", policy) == [" ".join(["'self'", "blob:", *hashes])]
    assert client.get("/api/health").headers["content-security-policy"] == policy


def test_nothing_half_written_lies_in_the_media_folder(client: TestClient) -> None:
    ask(client, prompt="a fig on a plate")
    folder = Path(studio().settings.data_dir) / "media"

    assert list(folder.rglob("*.png"))
    assert list(folder.rglob("*.part")) == []
