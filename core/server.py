"""What one process serves beside the pages: REST, pictures, drafts, and its own start and end."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from core.api.access import NEEDS_KEY
from core.engines.drafts import DRAFT_PATH
from core.errors import InvalidRequestError, NotFoundError
from core.export.archive import EXPORT_PATH
from core.media import MEDIA_PATH
from core.wiring import studio

log = logging.getLogger(__name__)

DEBOUNCE_SECONDS = 0.15

_FOR_EVER = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


def routes() -> list[BaseRoute]:
    """Return the routes that Streamlit serves before its own."""
    return [
        Mount("/api", app=_api_when_needed),
        Route(f"{MEDIA_PATH}/{{name}}", _serve_picture),
        Route(f"{EXPORT_PATH}/{{name}}", _serve_archive),
        Route(f"{DRAFT_PATH}/{{name}}.webp", _serve_draft),
    ]


@asynccontextmanager
async def lifespan(_app: object, *, url: str) -> AsyncIterator[dict[str, object]]:
    """Build the studio, start the embedded worker, and end both with the server.

    `url` is told on the console; Streamlit's own greeting would look the public address up.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    import pandas  # noqa: F401, PLC0415 - the first visitor shall not wait for these
    import plotly.express  # noqa: F401, PLC0415

    running = await asyncio.to_thread(studio)
    if running.settings.worker == "embedded":
        running.worker.start()
    running.pool.warm()
    # Streamlit collects garbage after every script run; frozen objects are not looked at again,
    # which makes reruns 10 to 100 times cheaper (reference streamlit.md 5.1).
    gc.collect()
    gc.freeze()
    log.info("FIBO Command Center is ready: open %s", url)
    try:
        yield {}
    finally:
        await asyncio.to_thread(running.close)
        studio.cache_clear()


async def _api_when_needed(scope: Scope, receive: Receive, send: Send) -> None:
    scope[NEEDS_KEY] = not _is_this_machine(scope.get("client"))
    await studio().api(scope, receive, send)


def _is_this_machine(client: tuple[str, int] | None) -> bool:
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False


async def _serve_picture(request: Request) -> Response:
    try:
        file = studio().media.open_name(request.path_params["name"])
    except NotFoundError:
        return Response(status_code=404)
    return FileResponse(file.path, media_type=file.media_type, headers=_FOR_EVER)


async def _serve_archive(request: Request) -> Response:
    archives = studio().archives
    try:
        name, pieces = await asyncio.to_thread(
            archives.open, request.path_params["name"], request.query_params.get("names")
        )
    except NotFoundError:
        return Response(status_code=404)
    except InvalidRequestError as refusal:
        return PlainTextResponse(refusal.message, status_code=422)
    offered = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": offered, "Cache-Control": "no-store"}
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)


async def _serve_draft(request: Request) -> Response:
    # somebody who steps through a list of values leaves most drafts behind before they are begun
    await asyncio.sleep(DEBOUNCE_SECONDS)
    if await request.is_disconnected():
        return Response(status_code=204)
    try:
        content = await studio().drafts.load(request.path_params["name"])
    except NotFoundError:
        return Response(status_code=404)
    return Response(content, media_type="image/webp", headers=_FOR_EVER)
