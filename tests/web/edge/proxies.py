"""The proxies of docs/network.md before two real processes of one studio below a path."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.readme import listing
from tests.serving import Server, free_port, start_server
from tests.web.edge.caddy import hashed, running_caddy
from tests.web.edge.nginx import running_nginx

BASE_PATH, KEY, PASSWORD = "/studio", "k" * 20, "let-me-in"
WITH_KEY = {"Authorization": f"Bearer {KEY}"}
ANNA = {"Authorization": f"Basic {base64.b64encode(f'anna:{PASSWORD}'.encode()).decode()}"}

_SECRET = "put-the-output-of-openssl-rand-hex-32-here"  # noqa: S105 - what stands in the manual
_EVERY_TIME = ("nginx-path-passed-on-spread", "caddy-path-taken-out-spread")
_DIRECTLY = ("127.0.0.1:8501", "127.0.0.1:8502")


@dataclass(frozen=True)
class Way:
    """How a proxy serves the studio."""

    proxy: str
    takes_path_out: bool
    is_sticky: bool

    def __str__(self) -> str:
        path = "taken-out" if self.takes_path_out else "passed-on"
        return f"{self.proxy}-path-{path}-{'sticky' if self.is_sticky else 'spread'}"


WAYS = [
    Way(proxy, takes_path_out, is_sticky)
    for proxy in ("nginx", "caddy")
    for takes_path_out in (False, True)
    for is_sticky in (False, True)
]

SHOWN_WAYS = [
    pytest.param(
        way,
        id=str(way),
        marks=[] if str(way) in _EVERY_TIME else [pytest.mark.long],
    )
    for way in WAYS
]


def start_pair(folder: Path) -> list[Server]:
    """Start two processes on one data folder and one database, below the path of the manual."""
    settings = {
        "FIBO_BASE_PATH": BASE_PATH,
        "FIBO_API_KEYS": KEY,
        "FIBO_ALLOWED_HOSTS": "studio.example",
        "FIBO_TRUSTED_PROXIES": "127.0.0.1",
        "FIBO_PROXY_LOGIN": "true",
        "FIBO_PROXY_SECRET": _SECRET,
    }
    makes = start_server(folder / "data", port=None, **settings)
    settings |= {"FIBO_DATA_DIR": str(folder / "data"), "FIBO_WORKER": "external"}
    return [makes, start_server(folder / "second", port=None, **settings)]


@contextmanager
def proxied(way: Way, servers: list[Server], folder: Path) -> Iterator[str]:
    """Run the proxy of the manual before the servers, and give the address of the studio."""
    port = free_port()
    inside = (_nginx if way.proxy == "nginx" else _caddy)(way, port, folder)
    for told, server in zip(_DIRECTLY, servers, strict=True):
        inside = inside.replace(told, server.url.removeprefix("http://"))
    run = running_nginx if way.proxy == "nginx" else running_caddy
    with run(folder / str(way), inside, ports=[port]):
        yield f"http://127.0.0.1:{port}{BASE_PATH}"


def _nginx(way: Way, port: int, folder: Path) -> str:
    users = folder / "users"
    users.write_text(f"anna:{{PLAIN}}{PASSWORD}\n")
    inside = listing("nginx path").replace("listen 80;", f"listen 127.0.0.1:{port};")
    inside = inside.replace("/etc/nginx/fibo.users", str(users))
    if way.is_sticky:
        inside = inside.replace("upstream fibo {", "upstream fibo {\n    ip_hash;")
    if way.takes_path_out:
        first, second = "proxy_pass http://fibo;", "proxy_pass http://fibo; }"
        inside = inside.replace(second, "proxy_pass http://fibo/api/; }")
        inside = inside.replace(first, "proxy_pass http://fibo/;")
    return inside


def _caddy(way: Way, port: int, _folder: Path) -> str:
    inside = listing("caddy path").replace(
        "http://studio.example {", f"http://:{port} {{\n\tbind 127.0.0.1"
    )
    inside = inside.replace("put-the-output-of-caddy-hash-password-here", hashed(PASSWORD))
    if way.is_sticky:
        inside = inside.replace("round_robin", "ip_hash")
    if way.takes_path_out:
        inside = inside.replace("/* {", "/* {\n\t\turi strip_prefix /studio")
    return inside
