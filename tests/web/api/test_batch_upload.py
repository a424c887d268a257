"""A table of rows over REST before it starts: checked as a whole, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.keys.from_settings import Scope
from core.web.api import upload_form
from core.wiring import Studio
from tests.web.api.sending import GOOD, WRONG, send


def check(client: TestClient, content: bytes = GOOD, **form: str) -> dict[str, Any]:
    answer = send(client, "/api/batches/check", content, **form)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_check_tells_everything_at_once_and_stores_nothing(
    client: TestClient, running: Studio
) -> None:
    before = len(running.batches.newest(limit=200))

    told = check(client, WRONG)

    assert (told["rows"], told["valid"]) == (3, 1)
    assert [(e["line"], e["column"], e["suggestion"]) for e in told["errors"]] == [
        (2, "lighting", "soft"),
        (3, "prompt", None),
    ]
    assert all(error["code"] and error["message"] for error in told["errors"])
    assert (told["paying"], told["owned"], told["estimated_cost_usd"]) == (1, 0, 0)
    assert told["mapping"] == {"prompt": "prompt", "lighting": "lighting"}
    assert len(running.batches.newest(limit=200)) == before


def test_a_check_names_twins_and_worth_a_look(client: TestClient) -> None:
    rows = b"prompt,seed,project\na boat,7,Spring\na boat,7,Spring\nA BOAT!,8,\n"

    told = check(client, rows)

    (duplicate,) = told["duplicates"]
    assert (duplicate["line"], duplicate["of_line"]) == (3, 2)
    (notice,) = (one for one in told["notices"] if one["code"] == "unknown_project")
    assert "2 rows keep the name as a tag" in notice["message"]


def test_a_mapping_says_what_columns_mean(client: TestClient) -> None:
    told = check(client, b"words,where\na boat,sea\n", mapping=json.dumps({"prompt": "words"}))

    assert (told["valid"], told["errors"]) == (1, [])


def test_an_engine_that_is_not_set_up_is_an_error_of_its_row(client: TestClient) -> None:
    rows = b"prompt,engine\na boat,preview\na ship,bria\n"

    told = check(client, rows)
    refused = send(client, "/api/batches", engine="bria")

    assert told["valid"] == 1
    (error,) = told["errors"]
    assert (error["line"], error["code"]) == (3, "engine_missing")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "engine_missing")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"mapping": "{"}, "mapping"),
        ({"mapping": '["prompt"]'}, "mapping"),
        ({"mapping": '{"colour": "prompt"}'}, "mapping"),
        ({"parallel": "0"}, "parallel"),
        ({"parallel": "many"}, "parallel"),
        ({"budget_usd": "nan"}, "budget_usd"),
        ({"project_id": "999"}, "project_id"),
        ({"speed": "9"}, "speed"),
    ],
)
def test_a_wrong_option_is_named(client: TestClient, form: dict[str, Any], field: str) -> None:
    for path in ("/api/batches/check", "/api/batches"):
        refused = send(client, path, **form)

        assert refused.status_code == 422
        assert refused.json()["error"]["field"] == field


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("boats.csv", b"", "empty"),
        ("boats.pdf", b"%PDF-1.4", "a PDF"),
        ("boats.csv", b"prompt\nS\xf8en p\xe5 norsk\n", "not UTF-8"),
        ("boats", b"prompt\na boat\n", "no ending"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(
    client: TestClient, name: str, content: bytes, words: str
) -> None:
    refused = send(client, "/api/batches", content, name=name)

    assert refused.status_code == 422
    assert words in refused.json()["error"]["message"]
    assert refused.json()["error"]["hint"]


def test_text_in_an_old_encoding_is_read_when_it_is_named(client: TestClient) -> None:
    told = check(client, b"prompt\nS\xf8en p\xe5 norsk\n", encoding="cp1252")

    assert told["valid"] == 1


def test_a_body_without_a_file_is_refused(client: TestClient) -> None:
    for sent in (
        client.post("/api/batches", json={"file": "x"}),
        client.post("/api/batches", data={"file": "prompt"}),
        client.post("/api/batches"),
        client.post("/api/batches", content=b"x", headers={"Content-Type": "multipart/form-data"}),
        client.post("/api/batches", files=[("file", ("a.csv", GOOD)), ("x", ("b.csv", GOOD))]),
    ):
        assert sent.status_code in {400, 422}
        assert sent.json()["error"]["message"]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_form, "LARGEST_UPLOAD_BYTES", 2_000)
    large = b"prompt\n" + b"a boat\n" * 1_000

    def pieces() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        yield large
        yield b"\r\n--x--\r\n"

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for refused in (
        send(client, "/api/batches", large),
        client.post("/api/batches/check", content=pieces(), headers=kind),
    ):
        assert refused.status_code == 413
        assert refused.json()["error"]["code"] == "too_large"


def test_a_reading_key_checks_and_looks_but_starts_nothing(
    client: TestClient, running: Studio
) -> None:
    stranger = TestClient(client.app, client=("192.0.2.7", 50_000))
    assert send(stranger, "/api/batches/check").status_code == 401
    key = running.key_store.make("reader", Scope.READ)
    stranger.headers["Authorization"] = f"Bearer {key}"

    assert send(stranger, "/api/batches/check").status_code == 200
    assert send(stranger, "/api/batches").status_code == 403


def test_what_is_not_certain_about_a_file_is_asked_and_answered_by_a_field(
    client: TestClient,
) -> None:
    titled = b"Spring 2026\nby Ana\nprompt,lighting\na kettle,soft\n"

    (question,) = check(client, titled)["questions"]
    assert question["code"] == "header_line"
    assert question["answer"] == {"header_line": 3}

    told = check(client, titled, header_line="3")
    assert (told["rows"], told["valid"], told["questions"]) == (1, 1, [])


def test_a_header_line_that_is_not_there_is_told(client: TestClient) -> None:
    answer = send(client, "/api/batches/check", b"prompt\na kettle\n", header_line="9")

    assert answer.status_code == 422
    assert "no line 9" in answer.text
