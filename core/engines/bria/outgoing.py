"""How calls leave this machine: directly, or by the proxy and certificates of its environment."""

from __future__ import annotations

import os
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from core.engines.bria.hosts import is_loopback_host
from core.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """The proxy for https, if there is one, and which certificates are believed."""

    tls: ssl.SSLContext
    proxy: httpx.Proxy | None = field(default=None, repr=False)

    def proxy_for(self, host: str) -> httpx.Proxy | None:
        """Return the proxy for a host; none for this machine and for what `NO_PROXY` names."""
        is_near = self.proxy is None or is_loopback_host(host) or urllib.request.proxy_bypass(host)
        return None if is_near else self.proxy


def directly() -> Outgoing:
    """Return the way that looks at no variable: straight, with the certificates of `certifi`."""
    return Outgoing(tls=httpx.create_ssl_context(trust_env=False))


def by_environment(variables: Mapping[str, str]) -> Outgoing:
    """Return the way that `HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and `SSL_CERT_DIR` describe.

    Raises SettingsError for a proxy or certificates that cannot be used, without a password.
    """
    folder = variables.get("SSL_CERT_DIR")
    try:
        if folder and not variables.get("SSL_CERT_FILE"):
            os.scandir(folder).close()  # one that is not there would only make nobody believed
        tls = httpx.create_ssl_context(trust_env=True)
    except OSError as failure:
        name = "SSL_CERT_FILE" if variables.get("SSL_CERT_FILE") else "SSL_CERT_DIR"
        raise SettingsError(
            f"{name} is {variables.get(name)}, which holds no certificates that can be read: "
            f"{failure.strerror or failure}.",
            advice="Name a file in PEM format, or leave the variable or "
            "FIBO_TRUST_ENVIRONMENT out.",
        ) from failure
    found = urllib.request.getproxies()
    address = found.get("https") or found.get("all")
    if not address:
        return Outgoing(tls=tls)
    try:
        url = httpx.URL(address if "://" in address else f"http://{address}")
        proxy = httpx.Proxy(url, ssl_context=tls if url.scheme == "https" else None)
    except (ValueError, httpx.InvalidURL) as failure:
        raise _unusable() from failure
    if proxy.url.scheme not in {"http", "https"} or not proxy.url.host:
        raise _unusable()
    return Outgoing(tls=tls, proxy=proxy)


def _unusable() -> SettingsError:
    return SettingsError(
        "HTTPS_PROXY is not the address of an HTTP proxy.",
        advice="It looks like http://proxy.example:3128; leave FIBO_TRUST_ENVIRONMENT out to go "
        "without a proxy.",
    )
