"""A customer of the fake Bria: orders, asks and fetches through the real engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr

from core.domain.failure import Failure, ProviderError
from core.domain.request import parse_request
from core.engines.base import FinishedPicture, Order, Remote
from core.engines.bria.engine import BriaEngine, bria_engines
from core.engines.bria.wire import Bounds
from tests.fakes.bria import FakeBria

Found = TypeVar("Found")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENT = Bounds()
HASTY = Bounds(connect_seconds=1, read_seconds=1)


def order(seed: int = 11, **fields: Any) -> Order:
    """Return an order for a fox, with some fields of the request changed."""
    request = parse_request({"prompt": "a fox", "engine": "bria", **fields})
    return Order(generation_id=1, request=request, seed=seed)


def customer(
    fake: FakeBria, *, base_url: str | None = None, bounds: Bounds = PATIENT, lite: bool = False
) -> BriaEngine:
    """Return an engine at the fake."""
    pair = bria_engines(
        SecretStr(fake.token),
        version="1.2.3",
        base_url=base_url or fake.base_url,
        bounds=bounds,
        now=lambda: NOW,
    )
    return pair[1] if lite else pair[0]


def with_customer(
    fake: FakeBria, act: Callable[[BriaEngine], Awaitable[Found]], **wishes: Any
) -> Found:
    """Let a customer act, in an event loop of its own."""

    async def run() -> Found:
        return await act(customer(fake, **wishes))

    return asyncio.run(run())


async def finished(engine: BriaEngine, request_id: str) -> Remote:
    """Ask until the picture is finished."""
    while (remote := await engine.look(request_id)) is None:
        pass
    return remote


async def whole_way(engine: BriaEngine) -> FinishedPicture:
    """Order, ask and fetch."""
    accepted = await engine.submit(order())
    return await engine.fetch(await finished(engine, accepted.request_id))


async def failure_of(doing: Awaitable[object]) -> Failure:
    """Return the failure that must come out of a call."""
    with pytest.raises(ProviderError) as raised:
        await doing
    return raised.value.failure
