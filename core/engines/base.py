"""The contract of every engine: take an order, then hand over the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from core.domain.reading import Reading
from core.domain.request import GenerationRequest


def _may_always_leave() -> None:
    """The default check, which stops nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One picture to be made; `seed` is always set before anything is sent.

    `check_before_sending` is called right before the first byte is sent; it stops the order by
    raising NotSentError.
    """

    generation_id: int
    request: GenerationRequest
    seed: int
    check_before_sending: Callable[[], None] = field(
        default=_may_always_leave, repr=False, compare=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPicture:
    """The bytes that an engine delivered, checked and decodable, and what it says about them."""

    content: bytes
    media_type: str
    width: int
    height: int
    structured_prompt: str | None = None
    readings: tuple[Reading, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider has accepted the order; from here on it costs money."""

    request_id: str
    warning: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A finished picture that is still at the provider; its address is signed and so a secret."""

    image_url: str = field(repr=False)
    seed: int | None
    structured_prompt: str | None


class LocalEngine(Protocol):
    """Makes pictures on this machine, free of charge and safe to repeat."""

    name: str
    label: str

    async def render(self, order: Order) -> FinishedPicture:
        """Return the picture, or raise EngineError; safe to repeat."""
        ...


@runtime_checkable
class PaidEngine(Protocol):
    """A provider: each `submit` may cost money, the other calls are free to repeat.

    `endpoint` names what the provider limits, such as `acme/generate`. A pause of one provider, for
    a refused key say, holds no other provider.
    """

    name: str
    label: str
    endpoint: str

    def sent_body(self, order: Order) -> dict[str, Any]:
        """Return exactly what `submit` sends."""
        ...

    async def submit(self, order: Order) -> Accepted:
        """Return the provider's request id, or raise ProviderError; sends exactly once."""
        ...

    async def look(self, request_id: str) -> Remote | None:
        """Return the finished picture, or None while it is being made; otherwise ProviderError."""
        ...

    async def fetch(self, remote: Remote) -> FinishedPicture:
        """Return the picture's bytes, unchanged and checked; ProviderError if they are invalid."""
        ...


Engine = LocalEngine | PaidEngine
