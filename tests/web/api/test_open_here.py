"""Where keys are set, health says who needs none, until a setting says how others come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.keys.from_settings import Scope
from core.settings import Settings
from core.web import server
from core.web.api.auth import OPEN_HERE
from core.wiring import Studio, build_studio

Open = Callable[..., Studio]


@pytest.fixture
def opened(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    studios: list[Studio] = []

    def open_studio(**settings: Any) -> Studio:
        given: dict[str, Any] = {
            "FIBO_DATABASE_URL": database_url,
            "FIBO_WORKER": "external",
            **settings,
        }
        studios.append(build_studio(Settings(FIBO_DATA_DIR=tmp_path, **given)))
        monkeypatch.setattr(server, "studio", lambda: studios[-1])
        return studios[-1]

    yield open_studio
    for studio in studios:
        studio.close()


def told_by_health() -> list[str]:
    app = Starlette(routes=[Mount("/api", app=server.RestApp())])
    client = TestClient(app, client=("127.0.0.1", 50_000), base_url="http://127.0.0.1")
    notices = client.get("/api/health").json()["notices"]
    return [one["kind"] for one in notices if one["kind"] == OPEN_HERE.kind and not one["stops"]]


def test_who_needs_no_key_is_told_while_there_are_keys_and_nothing_is_said_of_proxies(
    opened: Open,
) -> None:
    studio = opened()
    assert told_by_health() == []

    studio.key_store.make("desk", Scope.READ)
    assert told_by_health() == [OPEN_HERE.kind]

    studio.key_store.revoke("desk")
    assert told_by_health() == []


@pytest.mark.parametrize("said", ["none", "10.0.0.5"])
def test_who_needs_no_key_is_told_no_more_once_a_setting_speaks_of_proxies(
    opened: Open, said: str
) -> None:
    opened(FIBO_TRUSTED_PROXIES=said).key_store.make("desk", Scope.READ)

    assert told_by_health() == []


def start() -> None:
    server._open_studio(address="127.0.0.1", url="http://here", read_login_secrets=lambda: ())


@pytest.mark.parametrize(
    ("settings", "is_told"),
    [
        ({}, True),
        ({"FIBO_TRUSTED_PROXIES": "none"}, False),
        ({"FIBO_ALLOWED_HOSTS": "studio.example"}, False),  # then nobody is let in without a key
    ],
)
def test_the_start_says_in_the_log_who_needs_no_key(
    opened: Open,
    caplog: pytest.LogCaptureFixture,
    settings: dict[str, str],
    *,
    is_told: bool,
) -> None:
    studio = opened(**settings)
    start()
    assert OPEN_HERE.message not in caplog.text
    studio.key_store.make("desk", Scope.READ)

    start()

    assert (OPEN_HERE.message in caplog.text) is is_told
