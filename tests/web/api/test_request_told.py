"""A request that is sent comes back in the answer as it was asked, with nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.domain.request import GenerationRequest, canonical_form, parse_request
from core.settings import Settings
from core.web import server
from core.wiring import build_studio
from tests.fakes.engine import PaintedEngine
from tests.records.any_request import requests


class Oven(PaintedEngine):
    name = "bria"


class LittleOven(PaintedEngine):
    name = "bria-lite"


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    engines = [PaintedEngine(), Oven(), LittleOven()]
    running = build_studio(Settings(FIBO_DATA_DIR=tmp_path), engines=engines)
    monkeypatch.setattr(server, "studio", lambda: running)
    app = Starlette(routes=[Mount("/api", app=server.RestApp())])
    yield TestClient(app, client=("127.0.0.1", 50_000), base_url="http://127.0.0.1")
    running.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests())
def test_what_was_sent_is_told_and_can_be_sent_again(
    client: TestClient, request: GenerationRequest
) -> None:
    at_once = {"Prefer": "respond-async"}

    sent = client.post(
        "/api/generate/", json=request.model_dump(exclude_none=True), headers=at_once
    )
    told = client.get(f"/api/generate/{sent.json()['id']}").json()["request"]
    again = client.post("/api/generate/", json=told, headers=at_once)

    assert parse_request(told) == request
    assert canonical_form(parse_request(again.json()["request"])) == canonical_form(request)
