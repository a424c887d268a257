"""HTTP calls, limited in time and size; a failed call is returned as a value, not raised.

Environment proxies and `.netrc` are ignored, as in Bria's own SDK, unless a setting asks for the
proxy (`outgoing.py`), which then passes the encrypted bytes on. Redirects are never followed,
because httpx would send the `api_token` header to the other host (measured).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import httpx
from pydantic import SecretStr

from core.domain.engines import BRIA_BASE_URL
from core.domain.redaction import without_secrets
from core.engines.bria.bodies import read_capped
from core.engines.bria.call_failures import failure_word
from core.engines.bria.hosts import Route, is_loopback_host
from core.engines.bria.outgoing import Outgoing, directly
from core.engines.bria.provider_clock import ProviderClock
from core.errors import NotSentError, SettingsError

log = logging.getLogger(__name__)

Channel = Literal["submit", "poll", "asset", "proxied_asset"]
Clients = dict[Channel, httpx.AsyncClient]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long a call may take and how many bytes it may bring (docs/provider.md#bounds)."""

    connect_seconds: float = 5.0
    write_seconds: float = 30.0
    read_seconds: float = 30.0
    pool_seconds: float = 5.0
    submit_seconds: float = 60.0
    poll_seconds: float = 20.0
    download_seconds: float = 120.0
    json_bytes: int = 2_000_000
    image_bytes: int = 64_000_000
    calls_at_once: int = 100


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One call, as far as it got; `failure` is the word for what broke it, or None.

    `may_have_left` is False only while the connection is certainly still being made.
    """

    may_have_left: bool = True
    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytearray = field(default_factory=bytearray)
    failure: str | None = None
    failure_class: str = ""


class Wire:
    """The connections to Bria's API and to the hosts of its pictures.

    Each event loop has its own connections, which end with it: a loop that shuts down closes its
    suspended asynchronous generators, after cancelling its tasks
    (https://docs.python.org/3/library/asyncio-eventloop.html, `shutdown_asyncgens`), and such a
    generator owns the clients. `asyncio.run` and DBOS both end their loops in this way.
    """

    def __init__(
        self,
        token: SecretStr,
        *,
        base_url: str = BRIA_BASE_URL,
        version: str,
        bounds: Bounds | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        provider_clock: ProviderClock | None = None,
        outgoing: Outgoing | None = None,
    ) -> None:
        text = token.get_secret_value().strip()
        if not text or not text.isascii() or not text.isprintable():
            raise SettingsError(
                "BRIA_API_TOKEN is empty or holds characters that no API key has.",
                advice="Copy the key from Bria's console again.",
            )
        self._token = SecretStr(text)
        self._root = legal_root(base_url)
        self._agent = f"FIBO-Command-Center/{version}"
        self._transport = transport
        self.provider_clock = provider_clock or ProviderClock(lambda: datetime.now(UTC))
        self.outgoing = outgoing or directly()
        self._lines: dict[asyncio.AbstractEventLoop, AsyncGenerator[Clients, None]] = {}
        self.bounds = bounds or Bounds()
        self.api_is_loopback = is_loopback_host(httpx.URL(self._root).host)
        for name in ("httpx", "httpcore.connection", "httpcore.http11"):
            logging.getLogger(name).addFilter(_mask_addresses)

    async def submit(
        self, path: str, body: dict[str, Any], *, check: Callable[[], None] | None = None
    ) -> Exchange:
        """Return the outcome of one POST to the API.

        `check` is called when the connection is open and nothing was sent; its NotSentError is
        raised from here.
        """
        client = await self._line("submit")
        url = f"{self._root}/v2{path}"
        headers = {**self._secret(), "Content-Type": "application/json"}
        content = json.dumps(body, allow_nan=False).encode("ascii")
        request = client.build_request("POST", url, content=content, headers=headers)
        seconds, most_bytes = self.bounds.submit_seconds, self.bounds.json_bytes
        asked_at = self.provider_clock.now()
        exchange = await _call(client, request, seconds=seconds, most_bytes=most_bytes, check=check)
        self.provider_clock.note(exchange.headers, asked_at=asked_at)
        return exchange

    async def status(self, request_id: str) -> Exchange:
        """Return the outcome of one poll; the URL is built here, never taken from Bria."""
        client = await self._line("poll")
        url = f"{self._root}/v2/status/{request_id}"
        request = client.build_request("GET", url, headers=self._secret())
        seconds, most_bytes = self.bounds.poll_seconds, self.bounds.json_bytes
        asked_at = self.provider_clock.now()
        exchange = await _call(client, request, seconds=seconds, most_bytes=most_bytes)
        self.provider_clock.note(exchange.headers, asked_at=asked_at)
        return exchange

    async def download(self, route: Route) -> Exchange:
        """Return the outcome of one download; the API token is not sent with it."""
        client = await self._line("proxied_asset" if route.is_proxied else "asset")
        request = client.build_request(
            "GET", route.url, headers={"Host": route.host_header}, extensions=route.extensions
        )
        seconds, most_bytes = self.bounds.download_seconds, self.bounds.image_bytes
        return await _call(client, request, seconds=seconds, most_bytes=most_bytes)

    def _secret(self) -> dict[str, str]:
        return {"api_token": self._token.get_secret_value()}

    async def _line(self, channel: Channel) -> httpx.AsyncClient:
        """Return the client of a channel in this event loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._lines:
            clients = {each: self._new_client(each) for each in get_args(Channel)}
            self._lines[loop] = self._keep_open(loop, clients)
        return (await anext(self._lines[loop]))[channel]

    async def _keep_open(
        self, loop: asyncio.AbstractEventLoop, clients: Clients
    ) -> AsyncGenerator[Clients, None]:
        """Yield an event loop's clients while it runs, and close them when it ends."""
        try:
            while True:
                yield clients
        finally:
            self._lines.pop(loop, None)
            for client in clients.values():
                await client.aclose()

    def _proxy_of(self, channel: Channel) -> httpx.Proxy | None:
        if channel == "proxied_asset":
            return self.outgoing.proxy
        # what leads to a checked address goes there itself
        url = httpx.URL(self._root)
        goes_out = channel != "asset" and url.scheme == "https"
        return self.outgoing.proxy_for(url.host) if goes_out else None

    def _new_client(self, channel: Channel) -> httpx.AsyncClient:
        """Return a client for one channel.

        Each submit uses a fresh connection, so that none uses a kept one that the server is just
        closing (row 7). Downloads do too: they connect to a checked address under a host's name,
        and a kept connection could have been opened under another name.
        """
        fresh = httpx.Limits(max_connections=self.bounds.calls_at_once, max_keepalive_connections=0)
        pooled = httpx.Limits(max_connections=20, max_keepalive_connections=10)
        return httpx.AsyncClient(
            headers={"User-Agent": self._agent, "Accept-Encoding": "identity", "Accept": "*/*"},
            timeout=httpx.Timeout(
                connect=self.bounds.connect_seconds,
                write=self.bounds.write_seconds,
                read=self.bounds.read_seconds,
                pool=self.bounds.pool_seconds,
            ),
            limits=pooled if channel == "poll" else fresh,
            follow_redirects=False,
            trust_env=False,
            verify=self.outgoing.tls,
            proxy=self._proxy_of(channel),
            transport=self._transport,
        )


async def _call(
    client: httpx.AsyncClient,
    request: httpx.Request,
    *,
    seconds: float,
    most_bytes: int,
    check: Callable[[], None] | None = None,
) -> Exchange:
    """Return the exchange, complete or failed; only NotSentError and cancellation are raised."""
    exchange = Exchange()

    asks_proxy = False

    async def note(event: str, about: dict[str, Any]) -> None:
        nonlocal asks_proxy
        if event.endswith("send_request_headers.started"):
            # the way through a proxy is asked for by a request of its own
            asks_proxy = about["request"].method == b"CONNECT"
            if check is not None and not asks_proxy:
                check()
        is_connecting = event.startswith(("connection.", "proxy."))
        exchange.may_have_left = not (is_connecting or asks_proxy)

    request.extensions["trace"] = note
    try:
        async with asyncio.timeout(seconds):
            response = await client.send(request, stream=True)
            try:
                exchange.status = response.status_code
                exchange.headers = response.headers
                await read_capped(response, exchange.body, most_bytes=most_bytes)
            finally:
                await response.aclose()
    except NotSentError:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever breaks, a paid request may have left
        exchange.failure = failure_word(problem, answered=exchange.status is not None)
        exchange.failure_class = type(problem).__name__
        if exchange.failure == "broken":
            log.warning("a call to the provider broke with %s", exchange.failure_class)
    return exchange


def legal_root(base_url: str) -> str:
    """Return the API's address without its version; SettingsError if it is malformed."""
    root = base_url.strip().rstrip("/").removesuffix("/v2").rstrip("/")
    try:
        url = httpx.URL(root)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query:
        raise SettingsError(
            "BRIA_BASE_URL is not an address that starts with https:// and a host.",
            advice=f"Leave it out to use {BRIA_BASE_URL}.",
        )
    return root


def _mask_addresses(record: logging.LogRecord) -> bool:
    """Remove the query from addresses in httpx's log, since a signed one opens the picture."""
    record.msg = without_secrets(record.msg) if isinstance(record.msg, str) else record.msg
    if isinstance(record.args, tuple):
        record.args = tuple(
            without_secrets(str(part)) if isinstance(part, httpx.URL) else part
            for part in record.args
        )
    return True
