"""The page that explains the API: what it loads comes from here, whoever asks and from where."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.web import server
from core.wiring import Studio

HERE, ELSEWHERE = ("127.0.0.1", 50_000), ("192.0.2.7", 50_000)
ADDRESS = re.compile(r'(?:href|src)="([^"]*)"')


@pytest.fixture
def rest(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestClient]:
    monkeypatch.setattr(server, "studio", lambda: studio)
    app = Starlette(routes=[Mount("/api", app=server.RestApp())])
    return lambda client=HERE: TestClient(app, client=client, base_url="http://127.0.0.1")


def test_all_that_the_page_loads_is_there_for_strangers_too(
    rest: Callable[..., TestClient],
) -> None:
    stranger = rest(ELSEWHERE)
    page = stranger.get("/api/docs")
    loaded = [*ADDRESS.findall(page.text), "docs/described.json"]

    assert len(loaded) == 6
    for address in loaded:
        assert not address.startswith(("/", "http")), "a proxy may add a path of its own before it"
        answer = stranger.get(f"/api/{address}")
        assert answer.status_code == 200, address
        assert not answer.headers["content-type"].startswith("text/html"), address


def test_no_script_stands_in_the_page_itself(rest: Callable[..., TestClient]) -> None:
    page = rest().get("/api/docs").text

    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == ["", ""]
    assert not re.search(r"<style| on\w+=", page)


def test_what_the_page_loads_is_not_sent_twice(rest: Callable[..., TestClient]) -> None:
    address = "/api/docs/swagger/swagger-ui-bundle.js"
    first = rest().get(address)
    again = rest().get(address, headers={"If-None-Match": first.headers["etag"]})

    assert len(first.content) > 1_000_000
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("folder", ["swagger", "files"])
def test_nothing_beside_those_files_is_served(rest: Callable[..., TestClient], folder: str) -> None:
    for path in ("../docs_page.py", "..%2Fdocs_page.py", "%2e%2e/__init__.py", "nothing.js", ""):
        answer = rest().get(f"/api/docs/{folder}/{path}")

        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"


def test_the_description_for_programs_holds_none_of_the_lines_for_people(
    rest: Callable[..., TestClient],
) -> None:
    shown = rest().get("/api/docs/described.json").json()
    plain = rest().get("/api/openapi.json")

    assert "```" not in plain.text
    assert shown["paths"].keys() == plain.json()["paths"].keys()
    assert shown["components"] == plain.json()["components"]
