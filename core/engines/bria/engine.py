"""Bria's two picture engines: order once, poll, and fetch what was paid for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from core.domain.engines import BRIA_BASE_URL
from core.domain.failure import Charge, Phase
from core.engines.base import Accepted, FinishedPicture, Order, Remote
from core.engines.bria.contract import (
    UnreadableAnswerError,
    body_of,
    check_identity,
    is_request_id,
    read_accepted,
    read_object,
    read_remote,
)
from core.engines.bria.faults import Reporter, error_parts, is_moderation, spoken
from core.engines.bria.hosts import ForbiddenHostError, Resolve, Route, look_up, route_to
from core.engines.bria.outgoing import Outgoing
from core.engines.bria.pictures import PictureError, look_at
from core.engines.bria.provider_clock import ProviderClock
from core.engines.bria.wire import Bounds, Exchange, Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One of the products that Bria sells."""

    name: str
    label: str
    endpoint: str
    path: str


FIBO = Product(name="bria", label="Bria FIBO", endpoint="generate", path="/image/generate")
FIBO_LITE = Product(
    name="bria-lite", label="FIBO Lite", endpoint="generate_lite", path="/image/generate/lite"
)


class BriaEngine:
    """Has pictures made by Bria; each POST may cost money, polls and downloads are free."""

    def __init__(
        self,
        product: Product,
        wire: Wire,
        reporter: Reporter,
        *,
        resolve: Resolve = look_up,
        decoder: Executor | None = None,
    ) -> None:
        self.name = product.name
        self.label = product.label
        self.endpoint = product.endpoint
        self._path = product.path
        self._wire = wire
        self._reporter = reporter
        self._resolve = resolve
        self._decoder = decoder or one_at_a_time()

    @property
    def clock_ahead_seconds(self) -> float | None:
        """Seconds this machine's clock is ahead of Bria's; None if it is 5 s or less."""
        return self._wire.provider_clock.ahead_seconds

    def sent_body(self, order: Order) -> dict[str, Any]:
        """Return exactly what `submit` would POST for the same order."""
        return body_of(order)

    async def submit(self, order: Order) -> Accepted:
        """Return Bria's request id, or raise ProviderError; sends exactly once."""
        exchange = await self._wire.submit(
            self._path, self.sent_body(order), check=order.check_before_sending
        )
        problem = self._reporter.submit_problem(exchange)
        if problem is not None:
            raise problem
        try:
            return read_accepted(exchange.body)
        except UnreadableAnswerError as unreadable:
            raise self._reporter.broken_acceptance(unreadable.kind, exchange) from None

    async def look(self, request_id: str) -> Remote | None:
        """Return the finished picture, or None while it is being made; otherwise ProviderError."""
        if not is_request_id(request_id):
            raise self._reporter.error(
                "wrong_types", Phase.POLL, Charge.MAYBE, detail="not a request_id"
            )
        exchange = await self._wire.status(request_id)
        problem = self._reporter.poll_problem(exchange, request_id)
        if problem is not None:
            raise problem
        try:
            return self._read_poll(exchange, request_id)
        except UnreadableAnswerError as unreadable:
            raise self._reporter.unreadable_poll(unreadable.kind, exchange, request_id) from None

    async def fetch(self, remote: Remote) -> FinishedPicture:
        """Return the picture's bytes, unchanged and checked; ProviderError if they are invalid."""
        route = await self._route(remote)
        exchange = await self._wire.download(route)
        problem = self._reporter.asset_problem(exchange)
        if problem is not None:
            raise problem
        content = bytes(exchange.body)
        try:
            looked = await asyncio.get_running_loop().run_in_executor(
                self._decoder, look_at, content
            )
        except PictureError as broken:
            raise self._reporter.error(
                broken.kind, Phase.ASSET, Charge.YES, exchange, detail=broken.detail or None
            ) from None
        return FinishedPicture(
            content=content,
            media_type=looked.media_type,
            width=looked.width,
            height=looked.height,
            structured_prompt=remote.structured_prompt,
        )

    def _read_poll(self, exchange: Exchange, request_id: str) -> Remote | None:
        """Return the picture that a poll reports, or None; unknown words count as at work."""
        answer = read_object(exchange.body)
        word = answer.get("status")
        if not isinstance(word, str):
            raise UnreadableAnswerError("wrong_types")
        if word == "NOT_FOUND":
            raise UnreadableAnswerError("http_404")
        check_identity(answer, request_id)
        match word:
            case "COMPLETED":
                return read_remote(answer)
            case "ERROR" | "FAILED":
                # Bria gave the job up; it may or may not bill it (row 29)
                code, message, details = error_parts(answer)
                kind = "moderation" if is_moderation(code, message, details) else "status_error"
                raise self._reporter.error(
                    kind,
                    Phase.POLL,
                    Charge.MAYBE,
                    exchange,
                    request_id=request_id,
                    detail=spoken(answer) or None,
                )
            case "UNKNOWN":
                raise self._reporter.error(
                    "status_unknown", Phase.POLL, Charge.MAYBE, exchange, request_id=request_id
                )
            case _:
                return None

    async def _route(self, remote: Remote) -> Route:
        """Return the checked way to a picture (row 35)."""
        try:
            async with asyncio.timeout(self._wire.bounds.connect_seconds):
                return await route_to(
                    remote.image_url,
                    loopback_allowed=self._wire.api_is_loopback,
                    resolve=self._resolve,
                    is_proxied=lambda name: self._wire.outgoing.proxy_for(name) is not None,
                )
        except ForbiddenHostError as forbidden:
            kind, detail = "forbidden_host", str(forbidden)
        except TimeoutError:
            kind, detail = "connect_timeout", "the look-up of the name took too long"
        except (OSError, UnicodeError) as problem:
            kind, detail = "dns", type(problem).__name__
        raise self._reporter.error(kind, Phase.ASSET, Charge.YES, detail=detail)


def bria_engines(
    token: SecretStr,
    *,
    version: str,
    base_url: str = BRIA_BASE_URL,
    bounds: Bounds | None = None,
    now: Callable[[], datetime],
    outgoing: Outgoing | None = None,
) -> tuple[BriaEngine, BriaEngine]:
    """Return FIBO and FIBO Lite on shared connections; SettingsError if the key is malformed."""
    wire = Wire(
        token,
        base_url=base_url,
        version=version,
        bounds=bounds,
        provider_clock=ProviderClock(now),
        outgoing=outgoing,
    )
    reporter = Reporter(token, now)
    decoder = one_at_a_time()
    return (
        BriaEngine(FIBO, wire, reporter, decoder=decoder),
        BriaEngine(FIBO_LITE, wire, reporter, decoder=decoder),
    )


def one_at_a_time() -> Executor:
    """Return a thread that decodes one picture at a time, since 39 megapixels take 160 MB.

    It has its own thread, so that waiting for it blocks no other work.
    """
    return ThreadPoolExecutor(1, thread_name_prefix="decoder")
