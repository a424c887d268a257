"""Uploads that reach another process than the one which has the visitor's page.

Behind a proxy that spreads requests over several processes, a file may come to a process that has
never heard of the visit; Streamlit refuses it. It is kept in the data folder instead, and the
process that has the visit takes it over before it reads the page's next message, which is the one
that speaks of the file.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.web.server.server_util import is_xsrf_enabled
from streamlit.web.server.starlette.starlette_app_utils import validate_xsrf_token
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from core.errors import EdgeError, NotFoundError
from core.shelf import Shelf
from core.web.edge.body_limits import UPLOAD_PATH

_PLACE = re.compile(r"(?P<visit>[0-9A-Za-z-]{1,64})/(?P<file>[0-9A-Za-z-]{1,64})")


class UploadsElsewhere:
    """Middleware that keeps uploads for other processes, and takes over those kept for its own."""

    def __init__(self, app: ASGIApp, *, shelf: Callable[[], Shelf]) -> None:
        self._app = app
        self._shelf = shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "websocket":
            await self._app(scope, partial(self._receive_page, receive), send)
            return
        is_upload = scope["type"] == "http" and scope["method"] == "PUT"
        place = _PLACE.fullmatch(scope["path"].partition(UPLOAD_PATH)[2]) if is_upload else None
        if place is None or Runtime.instance().is_active_session(place["visit"]):
            await self._app(scope, receive, send)
            return
        answer = await self._keep(Request(scope, receive), place["visit"], place["file"])
        await answer(scope, receive, send)

    async def _receive_page(self, receive: Receive) -> Message:
        message = await receive()
        if message["type"] == "websocket.receive":
            await asyncio.to_thread(take_over, self._shelf())
        return message

    async def _keep(self, request: Request, visit: str, file: str) -> Response:
        cookie, header = request.cookies.get(XSRF_COOKIE_NAME), request.headers.get("X-Xsrftoken")
        if is_xsrf_enabled() and not validate_xsrf_token(header, cookie):
            raise EdgeError(403, "token_wrong", "The upload came without the page's token.")
        try:
            async with request.form() as form:
                sent = [one for one in form.values() if isinstance(one, UploadFile)]
                if len(sent) != 1:
                    raise EdgeError(400, "one_file", "An upload is one file.")
                about = {"name": sent[0].filename, "type": sent[0].content_type}
                content = await sent[0].read()
        except HTTPException as broken:
            raise EdgeError(broken.status_code, "unreadable", str(broken.detail)) from broken
        if len(content) > config.get_option("server.maxUploadSize") * 2**20:
            raise EdgeError(413, "too_large", "The file is too large.")
        whole = json.dumps(about).encode() + b"\n" + content
        await asyncio.to_thread(self._shelf().put, f"{visit}~{file}", whole)
        return Response(status_code=204)


def take_over(shelf: Shelf) -> None:
    """Give the page that waits for them the files that another process has received for it."""
    runtime = Runtime.instance()
    uploads = runtime.uploaded_file_mgr
    if not isinstance(uploads, MemoryUploadedFileManager):
        return
    for name in shelf.sizes():
        visit, _, file = name.partition("~")
        if not runtime.is_active_session(visit):
            continue
        try:
            head, _, content = shelf.take(name).partition(b"\n")
        except NotFoundError:
            continue  # another message of the same page was faster
        about = json.loads(head)
        uploads.add_file(
            visit,
            UploadedFileRec(
                file_id=file,
                name=about["name"] or "",
                type=about["type"] or "application/octet-stream",
                data=content,
            ),
        )


def waiting_of_visits(shelf: Shelf) -> Mapping[str, Sequence[int]]:
    """Return the sizes of the files that wait to be taken over, by the id of the visit."""
    waiting: dict[str, list[int]] = {}
    for name, size in shelf.sizes().items():
        waiting.setdefault(name.partition("~")[0], []).append(size)
    return waiting
