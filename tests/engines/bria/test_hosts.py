"""Where pictures may be fetched from."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

import httpx
import pytest
from pydantic import SecretStr

from core.domain.failure import Charge, Failure
from core.engines.base import Remote
from core.engines.bria.engine import FIBO, BriaEngine
from core.engines.bria.faults import Reporter
from core.engines.bria.hosts import (
    ForbiddenHostError,
    Resolve,
    Route,
    is_public,
    look_up,
    route_to,
)
from core.engines.bria.wire import Bounds, Wire
from core.generation.attempt_recorder import what_blocks
from tests.engines.bria.customer import NOW, failure_of

PUBLIC = "93.184.215.14"


def telling(*addresses: str) -> Resolve:
    """Return a resolver that knows one answer to everything."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


def way(address: str, *addresses: str, loopback_allowed: bool = False) -> Route:
    resolve = telling(*addresses) if addresses else look_up
    return asyncio.run(route_to(address, loopback_allowed=loopback_allowed, resolve=resolve))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.0.192"),  # noqa: S104
        *("198.18.0.1", "192.0.2.1", "192.88.99.1", "::", "::1", "fe80::1", "fc00::1", "ff02::1"),
        *("::ffff:224.0.0.1", "::ffff:192.0.0.192"),
        *("fec0::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::7f00:1", "64:ff9b::7f00:1"),
        *("2002:7f00:1::", "2001:0:1:2::", "2001:db8::1", "64:ff9b:1::1"),
    ],
)
def test_an_address_that_is_not_of_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(ForbiddenHostError):
        way("https://cdn.example/a.png", PUBLIC, address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_connected_to_under_the_name_of_its_host(address: str) -> None:
    route = way("https://cdn.example/a.png?Signature=planted", address)

    assert ipaddress.ip_address(route.url.host) == ipaddress.ip_address(address)
    assert route.host_header == "cdn.example"
    assert route.extensions == {"sni_hostname": "cdn.example"}
    assert route.url.raw_path == b"/a.png?Signature=planted"
    assert "planted" not in repr(route)


@pytest.mark.parametrize(
    "address",
    [
        *("https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/"),
        *("https://0177.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/"),
        *("https://127。0。0。1/", "https://localhost/", "https://0/", "https://[::]/"),
        *("http://cdn.example/", "https://cdn.example:444/", "https://cdn.example:22/"),
        *("https://u@cdn.example/", "https://:p@cdn.example/", "ftp://cdn.example/"),
        *("//cdn.example/", "cdn.example/a.png", "javascript:alert(1)", "https:///a.png"),
        *("https://[::1/", "https://cdn.example:x/", "https://cdn.example:99999/", "", "\udcff"),
    ],
)
def test_no_spelling_leads_inside(address: str) -> None:
    with pytest.raises(ForbiddenHostError) as refused:
        way(address)

    assert "127" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:81/a", "http://localhost/a", "https://[::1]/"]
)
def test_this_machine_is_allowed_only_while_the_api_is_here_too(address: str) -> None:
    assert way(address, loopback_allowed=True).url.host in {"127.0.0.1", "::1"}
    with pytest.raises(ForbiddenHostError):
        way(address)
    with pytest.raises(ForbiddenHostError):
        way("https://cdn.example/", "127.0.0.1", loopback_allowed=True)
    with pytest.raises(ForbiddenHostError):
        way("https://localhost/", PUBLIC, loopback_allowed=True)


def test_a_name_without_addresses_is_an_unknown_name() -> None:
    async def nothing(_host: str, _port: int) -> Sequence[str]:
        return []

    with pytest.raises(socket.gaierror):
        asyncio.run(route_to("https://cdn.example/", loopback_allowed=False, resolve=nothing))


class Internet(httpx.AsyncBaseTransport):
    """Answers every request with nothing and remembers it."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(404)


def fetch_failure(resolve: Resolve, internet: Internet) -> Failure:
    token = SecretStr("a-key")
    bounds = Bounds(connect_seconds=0.2)
    wire = Wire(token, version="1", bounds=bounds, transport=internet)
    engine = BriaEngine(FIBO, wire, Reporter(token, lambda: NOW), resolve=resolve)
    remote = Remote(image_url="https://cdn.example/a?S=p", seed=None, structured_prompt=None)
    return asyncio.run(failure_of(engine.fetch(remote)))


def test_a_download_goes_to_the_checked_address_without_the_key() -> None:
    internet = Internet()

    assert fetch_failure(telling(PUBLIC), internet).kind == "expired_url"

    (request,) = internet.requests
    assert request.url.host == PUBLIC
    assert request.headers["host"] == "cdn.example"
    assert request.extensions["sni_hostname"] == "cdn.example"
    assert "api_token" not in request.headers
    assert request.headers["accept-encoding"] == "identity"


def test_a_name_that_leads_inside_is_not_called() -> None:
    internet = Internet()

    failure = fetch_failure(telling(PUBLIC, "10.0.0.1"), internet)

    assert (failure.kind, failure.charge) == ("forbidden_host", Charge.YES)
    assert internet.requests == []
    told = what_blocks(failure)
    assert "cdn.example, which leads to a place inside the network" in told
    assert all(word in told for word in ("DNS", "VPN", "sinkhole"))
    assert not any(secret in told for secret in ("10.0.0.1", PUBLIC, "/a", "S=p"))


@pytest.mark.parametrize(
    "host",
    [
        *("10.0.0.1", "10.1", "0x7f.1", "0x0a000001", "167772161", "[fc00::1]", "router"),
        *("1.0x1", "10.0.0.1."),
    ],
)
def test_an_address_inside_the_network_is_not_told_in_any_spelling(host: str) -> None:
    with pytest.raises(ForbiddenHostError) as refused:
        way(f"https://{host}/a?S=p", "10.0.0.1")

    assert str(refused.value).startswith("the answer pointed to a place inside the network")


def test_a_name_that_cannot_be_looked_up_is_asked_about_later() -> None:
    async def unknown(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    async def silent(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    assert fetch_failure(unknown, Internet()).kind == "dns"
    assert fetch_failure(silent, Internet()).kind == "connect_timeout"
