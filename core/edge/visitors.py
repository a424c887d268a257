"""Who knocks: from this machine or not, under which name of ours, and sent by which website."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from core.errors import DoorError

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def is_loopback(name: str | None) -> bool:
    """Whether an address or the name of one can be reached from this machine only."""
    if name is None:
        return False
    address = _address_in(name)
    if address is None:
        return _plain(name) == "localhost" or _plain(name).endswith(".localhost")
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def is_local(scope: Scope) -> bool:
    """Whether somebody at this machine asks.

    A proxy on this machine connects from here for everybody; what it forwards is not local.
    """
    headers = Headers(scope=scope)
    client, _ = scope.get("client") or (None, 0)
    return is_loopback(client) and not any(name in headers for name in _FORWARDED)


def came_by_network(scope: Scope) -> bool:
    """Whether the connection itself arrived from another machine, past any proxy of this one."""
    server, _ = scope.get("server") or (None, 0)
    return server is not None and not is_loopback(server)


def check_host(scope: Scope, *, allowed: Sequence[str]) -> None:
    """Refuse a request to a name that is not ours, or raise DoorError (421).

    Another site can point its own name at this machine (DNS rebinding), and a browser then takes
    us for that site. An address of numbers cannot be pointed anywhere.
    """
    name = _host_name(Headers(scope=scope).get("host", ""))
    if _address_in(name) or is_loopback(name) or _is_listed(name, allowed):
        return
    raise DoorError(
        421,
        "host_unknown",
        "This server does not answer under that name.",
        advice="If the name is right, add it to FIBO_ALLOWED_HOSTS and restart the server.",
    )


def check_origin(scope: Scope, *, allowed: Sequence[str]) -> None:
    """Refuse what the page of another website started, or raise DoorError (403).

    Reading is left to the browser, which shows our answers to no other site.
    """
    if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
        return
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None:
        foreign = headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
    else:
        foreign = not _is_ours(origin, host=headers.get("host", ""), allowed=allowed)
    if foreign:
        raise DoorError(
            403,
            "foreign_origin",
            "Another website asked for this, so it was not done.",
            advice="Open the studio itself, or add the name of the site to FIBO_ALLOWED_HOSTS.",
        )


def _is_ours(origin: str, *, host: str, allowed: Sequence[str]) -> bool:
    try:
        parts = urlsplit(origin)
        name = parts.hostname or ""
    except ValueError:
        return False
    # another port of this machine is another site: only the very same one is ours
    return bool(name) and (parts.netloc.lower() == host.lower() or _is_listed(name, allowed))


def _host_name(header: str) -> str:
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port
    except ValueError:
        return ""
    rest = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    return "" if rest else _plain(parts.hostname or "")


def _is_listed(name: str, allowed: Sequence[str]) -> bool:
    return any(
        _plain(name) == entry or (entry.startswith("*.") and _plain(name).endswith(entry[1:]))
        for entry in allowed
    )


def _address_in(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name.strip("[]"))
    except ValueError:
        return None


def _plain(name: str) -> str:
    return name.strip().lower().rstrip(".")
