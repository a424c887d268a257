"""What every engine promises: take an order, then hand over the picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from core.domain.reading import Reading
from core.domain.request import GenerationRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One picture to be made; `seed` is always known before anything is sent."""

    generation_id: int
    request: GenerationRequest
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPicture:
    """The bytes an engine delivered, checked and decodable, and what it says about them."""

    content: bytes
    media_type: str
    width: int
    height: int
    structured_prompt: str | None = None
    readings: tuple[Reading, ...] = field(default=())


class Engine(Protocol):
    """Whoever can make a picture."""

    name: str
    label: str

    async def submit(self, order: Order) -> None:
        """Have the order accepted; nothing more is asked of the caller until `collect`."""
        ...

    async def collect(self, order: Order) -> FinishedPicture:
        """Return the picture of an accepted order, or raise EngineError; safe to repeat."""
        ...
