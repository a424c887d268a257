"""What every engine promises: take an order, then hand over the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from core.domain.reading import Reading
from core.domain.request import GenerationRequest


def _may_always_leave() -> None:
    """Stop nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One picture to be made; `seed` is always known before anything is sent.

    `check_before_sending` is called right before the first byte leaves, and stops the order with
    NotSentError.
    """

    generation_id: int
    request: GenerationRequest
    seed: int
    check_before_sending: Callable[[], None] = field(
        default=_may_always_leave, repr=False, compare=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPicture:
    """The bytes an engine delivered, checked and decodable, and what it says about them."""

    content: bytes
    media_type: str
    width: int
    height: int
    structured_prompt: str | None = None
    readings: tuple[Reading, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider has taken the order; from here on it costs money."""

    request_id: str
    warning: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A finished picture that still lies at the provider; its address is signed, so a secret."""

    image_url: str = field(repr=False)
    seed: int | None
    structured_prompt: str | None


class LocalEngine(Protocol):
    """Whoever makes a picture here, free, and as often as it takes."""

    name: str
    label: str

    async def render(self, order: Order) -> FinishedPicture:
        """Return the picture, or raise EngineError; safe to repeat."""
        ...


@runtime_checkable
class PaidEngine(Protocol):
    """A provider: `submit` may cost money each time, the rest is free to repeat.

    `endpoint` is what the provider limits, as `acme/generate`: what holds acme, a refused key say,
    holds no other provider.
    """

    name: str
    label: str
    endpoint: str

    def sent_body(self, order: Order) -> dict[str, Any]:
        """Return exactly what `submit` sends."""
        ...

    async def submit(self, order: Order) -> Accepted:
        """Return the provider's number for the order, or raise ProviderError; sends once."""
        ...

    async def look(self, request_id: str) -> Remote | None:
        """Return the finished picture, or None while it is being made; ProviderError otherwise."""
        ...

    async def fetch(self, remote: Remote) -> FinishedPicture:
        """Return the picture's bytes untouched and checked; ProviderError if they are not right."""
        ...


Engine = LocalEngine | PaidEngine
