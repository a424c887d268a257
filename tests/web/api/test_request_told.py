"""A request that is sent comes back in the answer as it was asked, with nothing lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.domain.request import GenerationRequest, canonical_form, parse_request
from core.settings import Settings
from core.tables.generation import GenerationRow
from core.web import server
from core.wiring import Studio, build_studio
from tests.examples import examples
from tests.fakes.engine import PaintedEngine
from tests.records.any_request import requests


class Oven(PaintedEngine):
    name = "bria"


class LittleOven(PaintedEngine):
    name = "bria-lite"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    engines = [PaintedEngine(), Oven(), LittleOven()]
    folder = tmp_path_factory.mktemp("told")
    studio = build_studio(Settings(FIBO_DATA_DIR=folder), engines=engines)
    yield studio
    studio.close()


@pytest.fixture(scope="module")
def client(running: Studio) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "studio", lambda: running)
        app = Starlette(routes=[Mount("/api", app=server.RestApp())])
        yield TestClient(app, client=("127.0.0.1", 50_000), base_url="http://127.0.0.1")


def forget_orders(studio: Studio) -> None:
    """Let no order be joined any more: the next asks a studio in which nobody waits."""
    with studio.database.writing() as session:
        session.connection().execute(update(GenerationRow).values(flight_key=None))


@settings(max_examples=examples(40))
@given(requests())
@example(parse_request({"prompt": "a boat", "seed": 1, "max_retries": 0}))
@example(parse_request({"prompt": "a boat", "seed": 1, "max_retries": 5}))
def test_what_was_sent_is_told_and_can_be_sent_again(
    running: Studio, client: TestClient, request: GenerationRequest
) -> None:
    at_once = {"Prefer": "respond-async"}
    forget_orders(running)

    sent = client.post(
        "/api/generate/", json=request.model_dump(exclude_none=True), headers=at_once
    )
    told = client.get(f"/api/generate/{sent.json()['id']}").json()["request"]
    again = client.post("/api/generate/", json=told, headers=at_once)

    assert parse_request(told) == request
    assert canonical_form(parse_request(again.json()["request"])) == canonical_form(request)
