"""Who is taken for somebody at this machine, through which proxy, and who is signed in by one."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient, WebSocketDenialResponse

from core.errors import SettingsError
from core.settings import Settings
from core.web import server
from core.web.edge.host_and_origin import SECRET_HEADER, Proxies, recognise
from core.web.edge.startup_checks import check_proxy_login
from tests.web.edge.raw_requests import house

SECRET = "a-secret-of-the-proxy"  # noqa: S105
STREAM = "ws://127.0.0.1/_stcore/stream"
ADDED_BY_PROXIES = [
    *("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"),
    *("X-Forwarded-Server", "X-Forwarded-Anything", "X-Real-IP", "X-Client-IP", "Client-IP"),
    *("X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "CF-Ray", "CDN-Loop"),
    *("Fastly-Client-IP", "Fly-Client-IP", "X-Azure-ClientIP", "X-Original-Forwarded-For"),
    *("X-Envoy-External-Address", "Remote-User", "X-Auth-Request-Email", "Tailscale-User-Login"),
    *("X-Fibo-Proxy-Secret",),
]


def asked(
    *,
    peer: str = "127.0.0.1",
    host: str = "127.0.0.1:8501",
    http_version: str = "1.1",
    headers: tuple[tuple[str, str], ...] = (),
) -> dict[str, Any]:
    sent = [("host", host), *headers]
    return {
        "type": "http",
        "http_version": http_version,
        "client": (peer, 50_000),
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent],
    }


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "[::1]:8501", "a.localhost"])
def test_who_connects_from_this_machine_under_a_name_of_it_is_local(peer: str, host: str) -> None:
    assert recognise(asked(peer=peer, host=host), Proxies()).is_local


@pytest.mark.parametrize(
    ("peer", "host", "http_version"),
    [
        ("192.0.2.7", "127.0.0.1:8501", "1.1"),
        ("127.0.0.1", "studio.example", "1.1"),
        ("127.0.0.1", "10.1.2.3:8501", "1.1"),
        ("127.0.0.1", "", "1.1"),
        # nginx that is told nothing names us by the address it connects to, in HTTP/1.0
        ("127.0.0.1", "127.0.0.1:8501", "1.0"),
    ],
)
def test_what_a_proxy_without_any_settings_passes_on_is_not_local(
    peer: str, host: str, http_version: str
) -> None:
    assert not recognise(asked(peer=peer, host=host, http_version=http_version), Proxies()).is_local


@pytest.mark.parametrize("name", ADDED_BY_PROXIES)
def test_what_carries_a_header_that_proxies_add_is_not_local(name: str) -> None:
    assert not recognise(asked(headers=((name, "127.0.0.1"),)), Proxies()).is_local


def test_through_a_named_proxy_nobody_is_local_even_without_a_header() -> None:
    here = Proxies(trusted=(ip_network("127.0.0.0/8"),))

    assert not recognise(asked(), here).is_local


def where(
    monkeypatch: pytest.MonkeyPatch, address: str, settings: dict[str, str], *, login: bool = False
) -> Proxies:
    """Return what a server at that address with these settings knows of proxies."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    secrets = ["a-secret-of-the-login"] if login else []
    monkeypatch.setattr(server, "check_login", lambda: None)
    return server._read_config(address=address, read_login_secrets=lambda: secrets).proxies


def test_with_a_login_nobody_is_local_since_a_silent_proxy_looks_like_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not recognise(asked(), where(monkeypatch, "127.0.0.1", {}, login=True)).is_local


@pytest.mark.parametrize(
    "settings",
    [
        {"FIBO_ALLOWED_HOSTS": "studio.example"},
        {"FIBO_PROXY_LOGIN": "true", "FIBO_PROXY_SECRET": SECRET},
        {"FIBO_PROXY_SECRET": SECRET},
        {"FIBO_PROXY_SOCKET": "/run/fibo.sock"},
    ],
)
def test_where_the_settings_speak_of_a_proxy_nobody_is_local(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    assert not recognise(asked(), where(monkeypatch, "127.0.0.1", settings)).is_local


@pytest.mark.parametrize(
    ("address", "settings"),
    [
        ("127.0.0.1", {}),
        ("127.0.0.1", {"FIBO_API_KEYS": "k" * 20}),
        ("0.0.0.0", {"FIBO_ALLOWED_HOSTS": "studio.example", "FIBO_API_KEYS": "k" * 20}),  # noqa: S104
    ],
)
def test_on_a_laptop_or_a_server_of_the_network_itself_this_machine_needs_no_key(
    monkeypatch: pytest.MonkeyPatch, address: str, settings: dict[str, str]
) -> None:
    assert recognise(asked(), where(monkeypatch, address, settings)).is_local


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ((), "127.0.0.1"),
        (("198.51.100.4",), "198.51.100.4"),
        (("127.0.0.1, 198.51.100.4",), "198.51.100.4"),
        (("127.0.0.1", "198.51.100.4, 10.1.1.1"), "198.51.100.4"),
        (("198.51.100.9, unknown",), "127.0.0.1"),
        (("10.0.0.1, 127.0.0.1",), "127.0.0.1"),
    ],
)
def test_behind_named_proxies_the_visitor_is_the_right_most_address_that_is_none(
    told: tuple[str, ...], address: str
) -> None:
    networks = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))
    headers = tuple(("X-Forwarded-For", value) for value in told)

    visitor = recognise(asked(headers=headers), Proxies(trusted=networks))

    assert visitor.address == address
    assert not visitor.is_local


def test_somebody_who_only_claims_an_address_does_not_get_it() -> None:
    claim = (("X-Forwarded-For", "198.51.100.4"),)

    assert recognise(asked(peer="192.0.2.7", headers=claim), Proxies()).address == "192.0.2.7"


def test_the_secret_is_gone_from_the_headers_that_pages_see() -> None:
    scope = asked(headers=((SECRET_HEADER, SECRET),))

    recognise(scope, Proxies(secret=SecretStr(SECRET), sign_in=True))

    assert SECRET_HEADER.encode() not in dict(scope["headers"])


@pytest.mark.parametrize("sent", ["", "wrong", SECRET[:-1], f"{SECRET}x", "ü"])
def test_behind_a_proxy_that_signs_people_in_only_its_secret_opens_the_pages(sent: str) -> None:
    proxies = Proxies(secret=SecretStr(SECRET), sign_in=True)
    with house(proxies=proxies, allowed_hosts=("studio.example",)) as client:
        through: dict[str, Any] = {"Host": "studio.example", "X-Forwarded-For": "1.2.3.4"}
        right = {**through, SECRET_HEADER: SECRET}
        wrong = {**through, SECRET_HEADER: sent.encode()}

        for path in ("/", "/history", "/_stcore/upload_file/a/b", "/_stcore/health"):
            assert client.get(path, headers=right).status_code == 200
            for headers in (through, wrong):
                assert client.get(path, headers=headers).status_code == 403
        with client.websocket_connect(STREAM, headers=right) as socket:
            assert socket.receive_text() == "hello"
        with pytest.raises(WebSocketDenialResponse) as denied:
            client.websocket_connect(STREAM, headers=wrong).__enter__()
        assert denied.value.status_code == 403


@pytest.mark.parametrize("host", ["studio.example", "10.1.2.3"])
def test_behind_a_proxy_without_a_login_the_pages_are_closed(host: str) -> None:
    with house(allowed_hosts=("studio.example",)) as client:
        answer = client.get("/", headers={"Host": host})

        assert answer.status_code == 403
        assert "FIBO_PROXY_SECRET" in answer.text
        for path in ("/_stcore/metrics", "/_stcore/script-health-check"):
            assert client.get(path, headers={"Host": host}).status_code == 404


def test_a_login_by_a_proxy_needs_its_secret_or_its_socket() -> None:
    check_proxy_login(secret=SECRET, has_socket=False)
    check_proxy_login(secret="", has_socket=True)
    for secret, has_socket in (("", False), ("short", False), ("short", True)):
        with pytest.raises(SettingsError, match="FIBO_PROXY_"):
            check_proxy_login(secret=secret, has_socket=has_socket)


def test_named_proxies_are_addresses_or_networks() -> None:
    told = Settings(FIBO_TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8, ::1")

    assert [str(one) for one in told.proxy_networks] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]
    assert Settings(FIBO_TRUSTED_PROXIES="none").proxy_networks == ()
    with pytest.raises(SettingsError, match="FIBO_TRUSTED_PROXIES"):
        _ = Settings(FIBO_TRUSTED_PROXIES="nginx").proxy_networks


def test_the_secret_of_the_proxy_is_kept_out_of_the_log() -> None:
    assert SECRET in Settings(FIBO_PROXY_SECRET=SECRET).secrets


def test_a_visitor_of_this_machine_needs_no_proxy() -> None:
    with house(proxies=Proxies(secret=SecretStr(SECRET), sign_in=True)) as client:
        assert isinstance(client, TestClient)
        assert client.get("/").status_code == 200
