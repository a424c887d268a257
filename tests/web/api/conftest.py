"""The studio's REST routes on the worker's rows, without Streamlit, of which a process has one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.settings import Settings
from core.web import server
from core.wiring import Studio, build_studio

HERE = ("127.0.0.1", 50_000)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio with the preview engine whose worker runs."""
    opened = build_studio(Settings(FIBO_DATA_DIR=tmp_path_factory.mktemp("api")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "studio", lambda: opened)
        opened.worker.start()
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def app(running: Studio) -> Starlette:  # noqa: ARG001 - the routes find it by themselves
    return Starlette(routes=[Mount("/api", app=server.RestApp())])


@pytest.fixture(scope="module")
def client(app: Starlette) -> TestClient:
    return TestClient(app, client=HERE, base_url="http://127.0.0.1")
