"""Where a request comes from: this machine or not, through which proxy, from which website."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.types import Scope

from core.errors import EdgeError
from core.web.edge.connections import current_connection

SECRET_HEADER = "x-fibo-proxy-secret"  # noqa: S105 - the name of a header
"""With this header a proxy shows that it is the one that signs people in."""

CLIENT = "fibo.visitor"
"""The key in a request's scope under which its Client is kept."""

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

_FORWARDING_STARTS = ("x-forwarded", "x-original-", "x-auth-request-", "x-envoy-", "tailscale-")
_FORWARDING = {
    *("forwarded", "via", "x-real-ip", "x-client-ip", "client-ip", "x-cluster-client-ip"),
    *("true-client-ip", "cf-connecting-ip", "cf-connecting-ipv6", "cf-ray", "cdn-loop"),
    *("fastly-client-ip", "fly-client-ip", "x-azure-clientip", "x-azure-socketip"),
    *("x-appengine-user-ip", "x-remote-ip", "x-remote-addr", "x-originating-ip"),
    *("proxy-client-ip", "wl-proxy-client-ip", "x-proxyuser-ip", "x-nginx-proxy"),
    *("x-arr-ssl", "x-arr-log-id", "x-amzn-trace-id", "x-scheme", "x-url-scheme"),
    *("front-end-https", "x-host", "x-rewrite-url", "remote-user", "x-remote-user"),
    *("x-webauth-user", "x-ms-client-principal", SECRET_HEADER),
}
"""Headers of proxies, load balancers and content networks; nobody at this machine sends them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """What the installation knows about the proxies in front of it.

    The address of a client behind one of the `trusted` networks is the one in X-Forwarded-For. A
    request with the `secret`, or over the Unix socket that only the proxy can reach, was signed in
    by the proxy if `sign_in` is set. `in_front` says that there is a proxy at all: one on this
    machine that adds nothing looks like a person here, so then nobody counts as local.
    """

    trusted: tuple[IPv4Network | IPv6Network, ...] = ()
    secret: SecretStr | None = None
    sign_in: bool = False
    in_front: bool = False

    def are_at(self, address: str) -> bool:
        """Return whether many people may share an address: this machine's, or a proxy's."""
        return is_loopback(address) or _is_within(address, self.trusted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who sent a request; `address` is "" if nothing tells it."""

    address: str
    is_local: bool
    is_signed_in: bool = False


def recognise(scope: Scope, proxies: Proxies) -> Client:
    """Return who sent a request, and remove the proxy's secret from its headers.

    A person is at this machine if the connection comes from here, asks for a local name, and has
    none of the headers that proxies add. A proxy on this machine connects from here for everybody,
    and with HTTP/1.0 by default; a request through one is never local, and if one is known to be in
    front, no request is.
    """
    headers = Headers(scope=scope)
    # when this machine connects, the server replaces the peer's address by X-Forwarded-For, so the
    # connection itself is asked first
    connection = current_connection()
    over_socket = connection is not None and connection.is_unix_socket
    peer = connection.peer if connection is not None else (scope.get("client") or ("", 0))[0]
    is_proxy = over_socket or _is_within(peer, proxies.trusted)
    given = headers.get(SECRET_HEADER, "")
    wanted = proxies.secret.get_secret_value() if proxies.secret else ""
    knows_secret = bool(given and wanted) and hmac.compare_digest(given.encode(), wanted.encode())
    is_forwarded = any(
        name in _FORWARDING or name.startswith(_FORWARDING_STARTS) for name in headers
    )
    client = Client(
        address=_client_behind(headers, peer, proxies) if is_proxy or knows_secret else peer,
        is_local=not (is_proxy or proxies.in_front)
        and is_loopback(peer)
        and is_loopback(_host_name(headers.get("host", "")))
        and scope.get("http_version", "1.1") != "1.0"
        and not is_forwarded,
        is_signed_in=proxies.sign_in and (over_socket or knows_secret),
    )
    scope["headers"] = [
        (name, value)
        for name, value in scope["headers"]
        if name.decode("latin-1").lower() != SECRET_HEADER
    ]
    return client


def client_of(scope: Scope) -> Client:
    """Return who sent a request as the edge found out, or as if there were no proxy."""
    known = scope.get(CLIENT)
    return known if isinstance(known, Client) else recognise(scope, Proxies())


def is_loopback(name: str | None) -> bool:
    """Return whether an address or its name can be reached only from this machine."""
    if name is None:
        return False
    address = _address_in(name)
    if address is None:
        return _plain(name) == "localhost" or _plain(name).endswith(".localhost")
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def check_host(scope: Scope, *, allowed: Sequence[str]) -> None:
    """Raise EdgeError (421) for a request to a name that is not ours.

    Another site can point its own name at this machine (DNS rebinding), and a browser then takes us
    for that site. A numeric address cannot be pointed anywhere.
    """
    name = _host_name(Headers(scope=scope).get("host", ""))
    if _address_in(name) or is_loopback(name) or _is_listed(name, allowed):
        return
    raise EdgeError(
        421,
        "host_unknown",
        "This server does not answer under that name.",
        advice="If the name is right, add it to FIBO_ALLOWED_HOSTS and restart the server.",
    )


def check_origin(scope: Scope, *, allowed: Sequence[str]) -> None:
    """Raise EdgeError (403) for a change that the page of another website started.

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
        raise EdgeError(
            403,
            "foreign_origin",
            "Another website asked for this, so it was not done.",
            advice="Open the studio itself, or add the name of the site to FIBO_ALLOWED_HOSTS.",
        )


def _client_behind(headers: Headers, peer: str, proxies: Proxies) -> str:
    """Return the right-most address that is not our proxy's; those to its left are only claims."""
    hops = ",".join(headers.getlist("x-forwarded-for")).split(",")
    for part in reversed(hops):
        name = part.strip()
        if _address_in(name) is None:
            return peer
        if not _is_within(name, proxies.trusted):
            return name
    return peer


def _is_within(name: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    address = _address_in(name)
    if address is None:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((mapped or address) in network for network in networks)


def _is_ours(origin: str, *, host: str, allowed: Sequence[str]) -> bool:
    try:
        parts = urlsplit(origin)
        name = parts.hostname or ""
    except ValueError:
        return False
    # another port of this machine is another site
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
