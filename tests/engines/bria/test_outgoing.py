"""Calls through a real CONNECT proxy, to a server whose certificate only our own CA vouches for."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.engines.bria.hosts import ForbiddenHostError, Route, route_to
from core.engines.bria.outgoing import by_environment, directly
from core.engines.bria.wire import Exchange, Wire
from core.errors import SettingsError
from core.settings import Settings

API, PUBLIC = "engine.bria.test", "93.184.215.14"
VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a CA, and a key and a certificate of it for the API's host."""
    folder = tmp_path_factory.mktemp("ca")

    program = shutil.which("openssl") or "openssl"

    def openssl(*words: str) -> None:
        subprocess.run([program, *words], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Company")
    named = ("-subj", f"/CN={API}", "-addext", f"subjectAltName=DNS:{API}")
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key")
    openssl("req", "-x509", *key, *named, *signed, "-keyout", "api.key", "-out", "api.pem")
    return folder


@dataclass
class Network:
    """A TLS server that answers everything, and the only way to it: a proxy."""

    proxy: str = ""
    refuses: bool = False
    asked: list[str] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def listening(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve connections on loopback, each in a thread of its own; gives the port."""
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(30)
            handle(connection)

    def accept() -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                threads.append(threading.Thread(target=serve, args=(listener.accept()[0],)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    acceptor.join()
    for thread in threads:
        thread.join()


def head_of(line: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n") and (piece := line.recv(1)):
        head += piece
    return head


@contextmanager
def standing(certificates: Path, network: Network) -> Iterator[None]:
    """Have server and proxy stand until the end of the block."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificates / "api.pem", certificates / "api.key")

    def answer(connection: socket.socket) -> None:
        with tls.wrap_socket(connection, server_side=True) as line:
            head = head_of(line)
            network.heard.append(head)
            if length := re.search(rb"content-length: (\d+)", head, re.IGNORECASE):
                line.recv(int(length[1]))  # what is left unread would break the line at its end
            line.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    def pass_on(near: socket.socket) -> None:
        network.asked.append(head_of(near).split(b"\r\n")[0].decode())
        if network.refuses:
            near.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", port), 30) as far:
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(far, near))
            back.start()
            pump(near, far)
            back.join()

    with listening(answer) as port, listening(pass_on) as at:
        network.proxy = f"http://127.0.0.1:{at}"
        yield


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(65536):
            target.sendall(content)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def visited(
    certificates: Path,
    network: Network,
    call: Callable[[Wire], Awaitable[Exchange]],
    monkeypatch: pytest.MonkeyPatch,
    *,
    ca: str = "ca.pem",
) -> Exchange:
    """Return what comes of a call that the environment sends through the proxy."""
    with standing(certificates, network):
        monkeypatch.setenv("HTTPS_PROXY", network.proxy)
        if ca:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificates / ca))
        wire = Wire(
            SecretStr("a-key"),
            version="1",
            base_url=f"https://{API}",
            outgoing=by_environment(os.environ),
        )

        async def visit() -> Exchange:
            return await call(wire)

        return asyncio.run(visit())


def test_an_order_and_a_poll_go_through_the_proxy_and_believe_the_company(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, checks = Network(), list[int]()

    def submit(wire: Wire) -> Awaitable[Exchange]:
        # nothing of the order has left when the last check is made
        return wire.submit("/image/generate", {}, check=lambda: checks.append(len(network.heard)))

    ordered = visited(certificates, network, submit, monkeypatch)
    polled = visited(certificates, network, lambda wire: wire.status("a" * 32), monkeypatch)

    assert (ordered.status, polled.status, checks) == (404, 404, [0])
    assert network.asked == [f"CONNECT {API}:443 HTTP/1.1"] * 2
    assert b"api_token: a-key" in network.heard[0]


def test_what_the_proxy_refuses_or_nobody_vouches_for_was_certainly_not_sent(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def submit(wire: Wire) -> Awaitable[Exchange]:
        return wire.submit("/image/generate", {})

    refused = visited(certificates, Network(refuses=True), submit, monkeypatch)
    assert (refused.failure, refused.may_have_left) == ("broken", False)
    monkeypatch.delenv("SSL_CERT_FILE")
    network = Network()
    unknown = visited(certificates, network, submit, monkeypatch, ca="")
    assert (unknown.failure, unknown.may_have_left) == ("certificate", False)
    assert network.heard == []


def test_a_picture_comes_through_the_proxy_by_its_name(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Network()

    async def download(wire: Wire) -> Exchange:
        route = await way(f"https://{API}/picture", PUBLIC)
        return await wire.download(route)

    exchange = visited(certificates, network, download, monkeypatch)

    assert (exchange.status, network.asked) == (404, [f"CONNECT {API}:443 HTTP/1.1"])
    assert b"api_token" not in network.heard[0]


async def way(address: str, *found: str, is_proxied: bool = True) -> Route:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "unknown here")
        return found

    return await route_to(
        address, loopback_allowed=False, resolve=resolve, is_proxied=lambda _: is_proxied
    )


def test_a_name_that_only_the_proxy_knows_is_asked_for_there() -> None:
    route = asyncio.run(way("https://cdn.example/a"))

    assert (route.url.host, route.is_proxied) == ("cdn.example", True)
    with pytest.raises(socket.gaierror):
        asyncio.run(way("https://cdn.example/a", is_proxied=False))


@pytest.mark.parametrize("found", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fd00::1"])
def test_a_place_inside_the_network_is_not_asked_for_through_a_proxy_either(found: str) -> None:
    host = f"[{found}]" if ":" in found else found

    for address in ("https://cdn.example/a", f"https://{host}/a"):
        with pytest.raises(ForbiddenHostError, match="inside the network"):
            asyncio.run(way(address, PUBLIC, found))


@pytest.mark.parametrize(
    "address", ["http://cdn.example/a", "https://cdn.example:8443/a", "https://me@cdn.example/a"]
)
def test_a_proxy_takes_nothing_but_https_on_its_port(address: str) -> None:
    with pytest.raises(ForbiddenHostError):
        asyncio.run(way(address, PUBLIC))


@pytest.mark.parametrize(
    "host", ["intranet", "printer.local", "db.internal", "nas.lan", "x.localhost", "1.0x7f"]
)
def test_a_name_of_the_own_network_is_not_asked_for_through_a_proxy(host: str) -> None:
    with pytest.raises(OSError, match="unknown here"):
        asyncio.run(way(f"https://{host}/a"))


def test_without_the_setting_no_variable_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")

    assert directly().proxy_for(API) is None
    assert not Settings().trust_environment


def test_this_machine_and_what_no_proxy_names_are_reached_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", ".near.example")
    outgoing = by_environment(os.environ)

    proxy = outgoing.proxy_for(API)
    assert proxy is not None
    assert proxy.url == "http://proxy.example:3128"
    assert [outgoing.proxy_for(host) for host in ("127.0.0.1", "localhost", "a.near.example")] == [
        *(None, None, None)
    ]


@pytest.mark.parametrize("wrong", ["socks5://p:1", "http://", "http://[::1", "ftp://anna:pw@p:1"])
def test_a_proxy_that_cannot_be_used_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", wrong)

    with pytest.raises(SettingsError, match="HTTPS_PROXY is not the address") as refused:
        by_environment(os.environ)
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_cannot_be_read_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    missing = tmp_path / "nothing.pem"
    monkeypatch.setenv(name, str(missing))

    with pytest.raises(SettingsError, match=rf"{name} is .*nothing\.pem"):
        by_environment(os.environ)


def test_the_password_of_a_proxy_is_kept_out_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://anna:p%40ss@proxy.example:3128")

    assert {"p%40ss", "p@ss"} <= set(Settings(FIBO_TRUST_ENVIRONMENT=True).secrets)
