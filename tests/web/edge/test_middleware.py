"""What the door lets in, and what every answer carries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.types import Message

from core.errors import EdgeError
from core.web.edge.body_limits import (
    ALL_BYTES,
    LARGEST_BODY_BYTES,
    LARGEST_FILE_BYTES,
    PATIENCE_SECONDS,
    VISIT_BYTES,
    VISIT_FILES,
    bounded,
)
from tests.web.edge.raw_requests import ELSEWHERE, LOOPBACK, house, visitor

STREAM = "ws://127.0.0.1/_stcore/stream"
HEADERS = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "x-frame-options",
    "cross-origin-resource-policy",
    "x-request-id",
}


@pytest.fixture
def client() -> Iterator[TestClient]:
    with house() as opened:
        yield opened


@pytest.mark.parametrize("path", ["/", "/api/x", "/break", "/api/break", "/_stcore/health"])
def test_every_answer_carries_the_headers_once_also_a_broken_one(
    client: TestClient, path: str
) -> None:
    answer = client.get(path)

    names = [name.lower() for name in answer.headers]
    assert set(names) >= HEADERS
    assert len(names) == len(set(names))
    assert answer.headers["x-frame-options"] == "DENY"
    assert "script-src 'self' blob:;" in answer.headers["content-security-policy"]


def test_what_breaks_is_told_with_a_number_and_logged_with_the_rest(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    rest, page = client.get("/api/break"), client.get("/break")

    for answer in (rest, page):
        number = answer.headers["x-request-id"]
        assert answer.status_code == 500
        assert number in answer.text
        assert "password" not in answer.text
    assert rest.json()["error"]["code"] == "broken"
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize("rest", ["a" * 256, "a/" * 600, "é" * 128, f"{'a' * 256}/b"])
def test_an_address_too_long_for_any_file_is_told_not_to_be_there(
    client: TestClient, rest: str
) -> None:
    assert client.get(f"/app/static/{rest}").status_code == 404
    assert client.get(f"/app/static/{rest[:127]}").status_code == 200


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8501", "localhost", "LOCALHOST.:80", "[::1]:8501", "10.1.2.3", "app.localhost"],
)
def test_a_name_of_this_machine_is_answered(host: str) -> None:
    with house(pages_have_login=True) as client:
        assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:8501",
            "",
            "a@127.0.0.1",
        ),
        *("127.0.0.1/evil.example", "127.0.0.1:x", "2130706433.evil", "studio.example.evil"),
    ],
)
def test_a_name_that_somebody_pointed_at_this_machine_is_not_answered(host: str) -> None:
    with house(allowed_hosts=("studio.example",)) as client:
        for path in ("/", "/api/generate/history", "/_stcore/health"):
            answer = client.get(path, headers={"Host": host})

            assert answer.status_code == 421
            assert "FIBO_ALLOWED_HOSTS" in answer.text
        with pytest.raises(WebSocketDenialResponse) as denied:
            client.websocket_connect(STREAM, headers={"Host": host}).__enter__()
        assert denied.value.status_code == 421


def test_listed_names_are_answered_and_their_pages_may_ask() -> None:
    names = ("studio.example", "*.team.example")
    with house(allowed_hosts=names, pages_have_login=True) as client:
        for host in ("studio.example", "a.team.example:8501"):
            assert client.get("/", headers={"Host": host}).status_code == 200
        asked = client.post("/api/x", headers={"Origin": "https://studio.example"})
        assert asked.status_code == 200
        assert client.get("/", headers={"Host": "team.example"}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "http://localhost"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "http://[", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_website_cannot_start_anything(client: TestClient, headers: dict[str, str]) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/api/generate/", headers=headers)

        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "foreign_origin"
    assert client.get("/api/generate/history", headers=headers).status_code == 200
    if "Origin" in headers:
        with pytest.raises(WebSocketDenialResponse) as denied:
            client.websocket_connect(STREAM, headers=headers).__enter__()
        assert denied.value.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://127.0.0.1"}, {"Sec-Fetch-Site": "same-origin"}],
)
def test_the_studio_itself_and_scripts_can(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/generate/", headers=headers).status_code == 200
    with client.websocket_connect(STREAM, headers=headers) as socket:
        assert socket.receive_text() == "hello"


def test_by_network_without_a_login_only_rest_and_sealed_files_are_open(client: TestClient) -> None:
    stranger = visitor(client, from_=ELSEWHERE, base_url="http://192.0.2.1:8501")

    for path in ("/", "/history", "/_stcore/health", "/media/x", "/apiary", "/static/js/x.js"):
        answer = stranger.get(path)
        assert answer.status_code == 403
        assert "FIBO_PROXY_LOGIN" in answer.text
    with pytest.raises(WebSocketDenialResponse):
        stranger.websocket_connect("ws://192.0.2.1/_stcore/stream").__enter__()
    assert stranger.get("/api/docs").status_code == 200
    assert stranger.get("/app/static/media/sealed.png").status_code == 200


def test_with_a_login_the_pages_are_open_but_the_insides_are_not() -> None:
    with house(pages_have_login=True) as client:
        stranger = visitor(client, from_=ELSEWHERE, base_url="http://192.0.2.1:8501")
        behind_proxy = visitor(client, from_=LOOPBACK, base_url="http://127.0.0.1")

        assert stranger.get("/").status_code == 200
        for path in ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/x"):
            assert stranger.get(path).status_code == 404
            assert behind_proxy.get(path, headers={"X-Forwarded-For": "1.2.3.4"}).status_code == 404
            assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "most"), [("/api/generate/", LARGEST_BODY_BYTES), ("/api/batches", LARGEST_FILE_BYTES)]
)
def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    client: TestClient, path: str, most: int
) -> None:
    told = client.post(path, content=b"", headers={"Content-Length": str(most + 1)})

    assert told.status_code == 413
    assert told.json()["error"]["code"] == "too_large"


def test_a_body_that_does_not_tell_its_length_is_stopped_on_its_way(client: TestClient) -> None:
    pieces = (b"x" * 100_000 for _ in range(100))

    assert client.post("/api/generate/", content=pieces).status_code == 413


def put(client: TestClient, visit: str, size: int) -> int:
    headers = {"Content-Length": str(size)}
    return client.put(f"/_stcore/upload_file/{visit}/a", content=b"", headers=headers).status_code


@pytest.mark.parametrize(
    ("held", "visit", "status"),
    [
        ({}, "a", 200),
        ({"a": [VISIT_BYTES - 999]}, "a", 413),
        ({"a": [VISIT_BYTES - 1000]}, "a", 200),
        ({"a": [0] * VISIT_FILES}, "a", 413),
        ({"a": [VISIT_BYTES]}, "b", 200),
        ({str(one): [ALL_BYTES // 10] for one in range(10)}, "b", 429),
    ],
)
def test_uploads_find_room_only_as_long_as_there_is_some(
    held: dict[str, list[int]], visit: str, status: int
) -> None:
    with house(held=held) as client:
        assert put(client, visit, 1000) == status


def test_an_upload_without_a_length_is_refused(client: TestClient) -> None:
    pieces = (b"x" for _ in range(3))

    assert client.put("/_stcore/upload_file/a/b", content=pieces).status_code == 411


def test_rest_leaves_one_line_a_request_without_its_query(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="core")

    client.get("/api/generate/history?prompt=private")

    assert "GET '/api/generate/history': 200" in caplog.text
    assert "private" not in caplog.text


async def nothing_more() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("nobody sends anything")


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    moments = iter([0.0, PATIENCE_SECONDS + 1])
    scope = {"type": "http", "path": "/api/generate/", "headers": []}
    receive = bounded(scope, nothing_more, now=lambda: next(moments))

    with pytest.raises(EdgeError) as refused:
        asyncio.run(receive())  # type: ignore[arg-type]

    assert refused.value.status == 408


def test_a_visitor_whose_body_has_come_may_wait_for_the_answer() -> None:
    moments = iter([0.0, 1.0])

    async def whole() -> Message:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def ask_twice() -> list[Message]:
        scope = {"type": "http", "path": "/api/generate/", "headers": []}
        receive = bounded(scope, whole, now=lambda: next(moments))
        return [await receive(), await receive()]

    assert len(asyncio.run(ask_twice())) == 2
