"""Which addresses a picture may be fetched from, and how to connect to them safely.

A picture's address comes from the provider. It must lead to the public internet over https. Its
name is resolved once, every resulting address is checked, and the connection goes to a checked one,
so a name that resolves differently the next time gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
_IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_PASSED_BY_IS_GLOBAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("64:ff9b::/96", "64:ff9b:1::/48", "2001::/23", "2002::/16", "fec0::/10", "ff00::/8"),
        "::/96",
    )
)
"""Networks that lead elsewhere or are special, although `is_global` may be True."""


_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII | re.IGNORECASE)
"""How the last label of a host ends if the host is an IPv4 address (WHATWG URL)."""


_INSIDE = {"arpa", "corp", "home", "internal", "intranet", "lan", "local", "localdomain"}
_INSIDE |= {"localhost", "private", "test", "invalid", "onion"}
"""Ends of names that networks give their own machines, and that the internet has not."""


class ForbiddenHostError(Exception):
    """An address from which no picture is fetched; the message says why.

    The message may contain the host, and never an address, a path or a query, which may be signed.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A checked way to a picture: the address to connect to, and the host to name there."""

    url: httpx.URL = field(repr=False)
    host_header: str
    extensions: dict[str, Any]
    is_proxied: bool = False


async def look_up(host: str, port: int) -> Sequence[str]:
    """Return every address of a host name, IPv4 first."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in sorted(found, key=lambda entry: entry[0])]


async def route_to(
    address: str,
    *,
    loopback_allowed: bool,
    resolve: Resolve,
    is_proxied: Callable[[str], bool] = lambda _: False,
) -> Route:
    """Return the way to a picture, or raise ForbiddenHostError; OSError if the name is unknown.

    A proxy looks the name up itself, so the connection cannot be bound to an address that was
    checked here: its certificate proves the name instead. What is known here is checked all the
    same: a name or an address that leads inside the network is not asked for.
    """
    url = _parsed(address)
    port = url.port or (443 if url.scheme == "https" else 80)
    name = url.raw_host.decode("ascii")
    here = loopback_allowed and is_loopback_host(name)
    if not here and (url.scheme, port) != ("https", 443):
        raise ForbiddenHostError("it is not https on port 443")
    proxied = not here and is_proxied(name)
    host_header = url.netloc.decode("ascii")
    through_proxy = Route(url=url, host_header=host_header, extensions={}, is_proxied=True)
    try:
        addresses = [ipaddress.ip_address(found) for found in await resolve(name, port)]
    except OSError:
        # many networks with a proxy know no names of the internet themselves
        if not proxied or not _is_outside(name):
            raise
        return through_proxy
    if not addresses:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    if not all(found.is_loopback if here else is_public(found) for found in addresses):
        raise ForbiddenHostError(
            f"the answer pointed to {_named(name)} inside the network, as a DNS filter, a VPN or "
            "a sinkhole may do"
        )
    if proxied:
        return through_proxy
    return Route(
        url=url.copy_with(host=str(addresses[0])),
        host_header=host_header,
        extensions={"sni_hostname": name} if url.scheme == "https" else {},  # for TLS
    )


def _is_outside(name: str) -> bool:
    """Return whether a name that is unknown here may belong to the internet."""
    labels = name.lower().rstrip(".").split(".")
    return len(labels) > 1 and labels[-1] not in _INSIDE and not _NUMBER.fullmatch(labels[-1])


def is_public(address: _IP) -> bool:
    """Return whether an address, and any address embedded in it, is on the public internet."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    hidden = any(
        address in network for network in _PASSED_BY_IS_GLOBAL if network.version == address.version
    )
    return address.is_global and not hidden


def is_loopback_host(host: str) -> bool:
    """Return whether a host name or address means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _named(host: str) -> str:
    """Return how to name a host in messages; literal addresses are not repeated."""
    last = host.rstrip(".").rpartition(".")[2]
    is_address = "." not in host or ":" in host or _NUMBER.fullmatch(last) is not None
    return "a place" if is_address else f"{host}, which leads to a place"


def _parsed(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError, ValueError) as problem:
        raise ForbiddenHostError("it is not an address") from problem
    if url.scheme not in {"http", "https"} or not url.host:
        raise ForbiddenHostError("it is not a web address")
    if url.userinfo:
        raise ForbiddenHostError("it holds a user name")
    return url
