"""Small previews that follow the form while somebody is still choosing."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections import OrderedDict
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, replace
from threading import Lock
from typing import Any

from PIL import Image

from core.domain.request import DRAFT_EDGE, GenerationRequest
from core.engines.base import Order
from core.engines.preview import Shot, render
from core.engines.previewing import shot_of
from core.engines.render_pool import LIVE_PREVIEW, RenderPool
from core.errors import NotFoundError
from core.shelf import Shelf

log = logging.getLogger(__name__)

LIVE_PREVIEW_PATH = "/app/static/draft"
"""st.image passes addresses on unchanged only if they are below /app/static."""

OFFERED_SECONDS = 86_400.0
"""A preview can be loaded for so long after it was offered last."""

_MOST_KEPT = 256


class LivePreviews:
    """Returns an address for a preview at once, and renders it when a browser asks for it.

    So a page never waits for a preview. What was offered lies on a shelf, since a browser may ask
    another process for it than the one that drew the page.
    """

    def __init__(self, pool: RenderPool, shelf: Shelf, *, base_path: str = "") -> None:
        self._pool = pool
        self._shelf = shelf
        self._path = f"{base_path}{LIVE_PREVIEW_PATH}"
        self._lock = Lock()
        self._renders: OrderedDict[str, Future[Any]] = OrderedDict()

    def offer(self, request: GenerationRequest, *, seed: int) -> str:
        """Return the path from which the preview of a request can be loaded."""
        whole = shot_of(Order(generation_id=0, request=request, seed=seed))
        scale = DRAFT_EDGE / max(whole.width, whole.height)
        small = replace(whole, width=round(whole.width * scale), height=round(whole.height * scale))
        content = json.dumps(asdict(small), sort_keys=True)
        try:
            name = self._shelf.keep(content.encode())
        except OSError as failure:
            log.warning("a live preview cannot be offered: %s", failure)
            name = "none"
        return f"{self._path}/{name}.webp"

    async def load(self, name: str) -> bytes:
        """Return a preview as WebP, or raise NotFoundError if its path was not offered lately."""
        try:
            return await asyncio.wrap_future(await asyncio.to_thread(self._render_of, name))
        except (BrokenProcessPool, CancelledError, asyncio.CancelledError) as failure:
            with self._lock:
                self._renders.pop(name, None)
            raise NotFoundError("The preview was not rendered.") from failure

    def _render_of(self, name: str) -> Future[Any]:
        with self._lock:
            pending = self._renders.get(name)
            if pending is None:
                shot = Shot(**json.loads(self._shelf.load(name)))
                pending = self._pool.render(render_live_preview, shot, urgency=LIVE_PREVIEW)
                self._renders[name] = pending
                while len(self._renders) > _MOST_KEPT:
                    self._renders.popitem(last=False)
            return pending


def render_live_preview(shot: Shot) -> bytes:
    """Return a small shot as WebP; runs in a render process."""
    target = io.BytesIO()
    Image.fromarray(render(shot).pixels).save(target, "WEBP", quality=80)
    return target.getvalue()
