"""An engine that paints plain squares at once, and fails when it is told to."""

from __future__ import annotations

import asyncio
import io

from PIL import Image

from core.engines.base import FinishedPicture, Order


class PaintedEngine:
    """Paints a square whose colour comes from the seed; counts what it is asked for."""

    name = "preview"
    label = "Painted"

    def __init__(self) -> None:
        self.drawn: list[int] = []
        self.failures: list[Exception] = []
        self.seconds = 0.0

    async def render(self, order: Order) -> FinishedPicture:
        self.drawn.append(order.generation_id)
        await asyncio.sleep(self.seconds)
        if self.failures:
            raise self.failures.pop(0)
        return FinishedPicture(
            content=painted_square(order.seed),
            media_type="image/png",
            width=64,
            height=64,
            structured_prompt='{"short_description": "a square"}',
        )


def painted_square(seed: int) -> bytes:
    """Return a PNG of 64 px whose colour is told by the seed."""
    target = io.BytesIO()
    colour = (seed % 251, seed % 241, seed % 239)
    Image.new("RGB", (64, 64), colour).save(target, "PNG")
    return target.getvalue()
