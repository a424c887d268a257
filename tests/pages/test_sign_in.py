"""Who sees the pages where a login is set up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import Settings
from core.wiring import studio

APP = str(Path(__file__).parents[2] / "app.py")
AUTH = {
    "redirect_uri": "http://127.0.0.1:8501/oauth2callback",
    "cookie_secret": "planted-cookie-secret",
    "client_id": "studio",
    "client_secret": "planted-client-secret",
    "server_metadata_url": "http://127.0.0.1:9/.well-known/openid-configuration",
}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("FIBO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FIBO_ALLOWED_EMAILS", "Ada@Studio.example, *@team.example")
    studio.cache_clear()
    yield AppTest.from_file(APP, default_timeout=60)
    studio().close()
    studio.cache_clear()


def visit(app: AppTest, **claims: Any) -> AppTest:
    app.secrets["auth"] = AUTH
    for name, value in claims.items():
        app.user[name] = value
    app.run()
    assert not app.exception
    return app


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key}


def test_without_a_login_everybody_is_let_in(app: AppTest) -> None:
    app.run()

    assert "generate" in keys(app)


def test_who_has_not_signed_in_sees_one_button(app: AppTest) -> None:
    visit(app, is_logged_in=False)

    assert keys(app) == {"sign_in"}
    assert [title.value for title in app.header] == ["FIBO Command Center"]


@pytest.mark.parametrize("email", ["ada@studio.example", "anybody@team.example"])
def test_who_is_on_the_list_is_let_in(app: AppTest, email: str) -> None:
    visit(app, is_logged_in=True, email=email)

    assert "generate" in keys(app)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "eve@studio.example"},
        {"email": "ada@studio.example", "email_verified": False},
        {"email": "eve@evil.team.example"},
        {},
    ],
)
def test_whoever_else_signs_in_stays_outside(app: AppTest, claims: dict[str, Any]) -> None:
    visit(app, is_logged_in=True, **claims)

    assert keys(app) == {"sign_out"}
    assert "not on the list" in app.error[0].value


def test_without_a_list_everybody_whom_the_login_knows_is_let_in() -> None:
    assert Settings().admits("anybody@example.com")
    assert not Settings(FIBO_ALLOWED_EMAILS="a@example.com").admits("b@example.com")
