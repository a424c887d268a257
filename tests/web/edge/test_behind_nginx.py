"""Behind a real nginx: a common set-up opens nothing, and the one of docs/network.md works."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.readme import listing
from tests.serving import Server, free_port
from tests.web.edge.nginx import running_nginx

KEY = "k" * 20
WITH_KEY = {"Authorization": f"Bearer {KEY}"}
FOR_KEYS_ONLY = ("/api/generate/history", "/api/metrics", "/api/generate/cache/stats")


def by_way_of(nginx_port: int, server: Server, more: str) -> str:
    return f"""server {{
        listen 127.0.0.1:{nginx_port};
        location / {{ proxy_pass {server.url}; {more} }}
    }}"""


def test_behind_an_nginx_without_forwarding_headers_nothing_is_open(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve(FIBO_API_KEYS=KEY, FIBO_ALLOWED_HOSTS="studio.example")
    bare, named, disguised = free_port(), free_port(), free_port()
    inside = by_way_of(bare, server, "") + by_way_of(
        named, server, "proxy_http_version 1.1; proxy_set_header Host $host;"
    )
    # what comes by way of this one looks in nothing different from somebody at this machine
    inside += by_way_of(
        disguised, server, "proxy_http_version 1.1; proxy_set_header Host localhost;"
    )

    with running_nginx(tmp_path / "nginx", inside, ports=[bare, named, disguised]):
        for port in (bare, named, disguised):
            studio = {"Host": "studio.example"}
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=studio) as client:
                for path in FOR_KEYS_ONLY:
                    assert client.get(path).status_code == 401
                    assert client.get(path, headers=WITH_KEY).status_code == 200
                asked = client.post(
                    "/api/generate/", json={"prompt": "a boat", "resolution": "draft"}
                )
                assert asked.status_code == 401
                assert client.get("/_stcore/metrics").status_code == 404
                assert client.get("/").status_code == 403
    assert httpx.get(f"{server.url}/api/generate/history").status_code == 401


def settings_told() -> dict[str, str]:
    pairs = [line.partition("=") for line in listing("ini proxy").splitlines()]
    return {name: value for name, _, value in pairs}


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


@pytest.mark.parametrize("way", ["port", "unix"])
def test_the_nginx_of_the_manual_lets_in_whom_it_signs_in_and_nobody_else(
    serve: Callable[..., Server], tmp_path: Path, way: str
) -> None:
    port, unix = free_port(), tmp_path / "fibo.sock"
    settings = settings_told()
    if way == "unix":
        settings |= {"FIBO_PROXY_SOCKET": str(unix), "FIBO_PROXY_SECRET": ""}
    server = serve(FIBO_API_KEYS=KEY, **settings)
    users = tmp_path / "users"
    users.write_text("anna:{PLAIN}let-me-in\n")
    inside = listing("nginx").replace("listen 80;", f"listen 127.0.0.1:{port};")
    inside = inside.replace("/etc/nginx/fibo.users", str(users))
    inside = inside.replace(
        "http://127.0.0.1:8501", server.url if way == "port" else f"http://unix:{unix}"
    )
    studio, anna = {"Host": "studio.example"}, basic("anna", "let-me-in")

    with (
        running_nginx(tmp_path / "nginx", inside, ports=[port]),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=studio) as client,
    ):
        assert client.get("/").status_code == 401
        assert client.get("/", headers=anna).status_code == 200
        assert client.get("/_stcore/metrics", headers=anna).status_code == 404
        for path in FOR_KEYS_ONLY:
            assert client.get(path).status_code == 401
            assert client.get(path, headers=WITH_KEY).status_code == 200
        assert speaks_by_socket(port, anna)
        # past the proxy there is no way in
        assert httpx.get(server.url).status_code == 403
        assert httpx.get(server.url, headers=studio).status_code == 403
        assert not speaks_by_socket(int(server.url.rpartition(":")[2]), anna)
    secret = settings["FIBO_PROXY_SECRET"]
    assert not secret or secret not in server.log.read_text()
    server.leave()
    assert not unix.exists()


def speaks_by_socket(port: int, headers: dict[str, str]) -> bool:
    """Whether a page may open its socket there, as a browser does it."""
    raw = socket.create_connection(("127.0.0.1", port))
    try:
        with connect(
            "ws://studio.example/_stcore/stream",
            sock=raw,
            additional_headers=headers,
            origin=Origin("http://studio.example"),
            close_timeout=0.1,
        ):
            return True
    except InvalidStatus as refused:
        return refused.response.status_code != 403
