"""The preview engine behind the common contract: rendered stand-ins, local and free."""

from __future__ import annotations

import asyncio
from concurrent.futures.process import BrokenProcessPool

from core.domain.reading import Reading
from core.domain.recipe_line import recipe_line
from core.engines.base import FinishedPicture, Order
from core.engines.preview import VERSION, Shot, encode_png, render
from core.engines.render_pool import PICTURE, RenderHungError, RenderPool
from core.errors import EngineError, StudioClosingError


class PreviewEngine:
    """Renders the shot with stand-ins, in a process of its own."""

    name = "preview"
    label = "Preview"

    def __init__(self, pool: RenderPool) -> None:
        self._pool = pool

    async def render(self, order: Order) -> FinishedPicture:
        """Return the rendered picture as PNG, with its recipe in text chunks.

        A render process that dies takes the other one's work with it, so a second attempt is made.
        Then EngineError is raised, or StudioClosingError if the pool was closed meanwhile.
        """
        shot = shot_of(order)
        said = "stopped in the middle of the picture"
        for _ in range(2):
            pending = self._pool.render(render_picture, shot, urgency=PICTURE)
            try:
                content, readings, structured_prompt = await asyncio.wrap_future(pending)
            except BrokenProcessPool as failure:
                if self._pool.is_closed:
                    raise StudioClosingError(
                        "The picture is rendered after the next start."
                    ) from failure
                if isinstance(failure, RenderHungError):
                    said = "took too long and was ended"
                continue
            return FinishedPicture(
                content=content,
                media_type="image/png",
                width=shot.width,
                height=shot.height,
                structured_prompt=structured_prompt,
                readings=readings,
            )
        raise EngineError(
            f"The renderer {said}, twice.",
            advice="Check that the machine has 1 GB of memory to spare, then generate again.",
        )


def shot_of(order: Order) -> Shot:
    """Return what the renderer needs of an order."""
    request = order.request
    width, height = request.frame
    return Shot(
        prompt=(request.instruction or "") if request.structured_prompt else request.prompt,
        parameters=request.parameters,
        seed=order.seed,
        width=width,
        height=height,
        structured_prompt=request.structured_prompt,
    )


def render_picture(shot: Shot) -> tuple[bytes, tuple[Reading, ...], str]:
    """Return a shot as PNG, what was understood, and the picture's structured prompt.

    Runs in a render process.
    """
    picture = render(shot)
    settings = {
        "Seed": shot.seed,
        "Size": f"{shot.width}x{shot.height}",
        "Model": "FIBO preview",
        **dict(sorted(shot.parameters.items())),
    }
    recipe = {
        "Software": f"FIBO Command Center, preview engine {VERSION}: rendered stand-ins, no AI",
        "engine": "preview",
        "engine_version": VERSION,
        "prompt": shot.prompt,
        "seed": str(shot.seed),
        "parameters": recipe_line(shot.prompt, settings),
    }
    if shot.structured_prompt:
        recipe["started_from"] = shot.structured_prompt
    return encode_png(picture, recipe), picture.readings, picture.structured_prompt
