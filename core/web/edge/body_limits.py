"""How much a visitor may send, and how slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import Message, Receive, Scope

from core.errors import EdgeError
from core.web.api.request_body import declared_bytes

LARGEST_FILE_BYTES = 54_000_000
"""A batch file of 50 MB in its envelope; `server.maxUploadSize` says the same to pages."""

LARGEST_BODY_BYTES = 2_000_000
"""Anything else. Routes that read JSON stop earlier, and say so in their own words."""

PATIENCE_SECONDS, SLOWEST_BYTES_A_SECOND = 30.0, 50_000

_FILES = ("/api/batches", "/_stcore/upload_file/")


def bounded(scope: Scope, receive: Receive, *, now: Callable[[], float]) -> Receive:
    """Return what receives the body and stops one that is too large or too slow.

    Raises EdgeError: 413 here when the length tells, later 413 or 408 out of the receiving.
    """
    most = LARGEST_FILE_BYTES if any(place in scope["path"] for place in _FILES) else None
    most = most or LARGEST_BODY_BYTES
    if (declared_bytes(scope) or 0) > most:
        raise _too_large(most)
    deadline = now() + PATIENCE_SECONDS
    received, complete = 0, False

    async def receive_some() -> Message:
        nonlocal received, complete
        if complete:
            return await receive()  # this waits for the visitor to leave, however long that takes
        left_seconds = deadline + received / SLOWEST_BYTES_A_SECOND - now()
        try:
            async with asyncio.timeout(max(left_seconds, 0)):
                message = await receive()
        except TimeoutError as late:
            raise EdgeError(408, "too_slow", "The request came too slowly.") from late
        received += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        if received > most:
            raise _too_large(most)
        return message

    return receive_some


def _too_large(most: int) -> EdgeError:
    return EdgeError(
        413,
        "too_large",
        f"The request is larger than {most / 1e6:.0f} MB.",
        advice="Send a smaller one.",
    )
