"""How much a client may send, how slowly, and how much of its uploads stays in memory.

Streamlit keeps every uploaded file in memory until the visit ends, whoever sent it and whether or
not a page asked for it: six files of 100 MB took the server from 83 to 684 MB.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.types import Message, Receive, Scope

from core.errors import EdgeError
from core.web.api.request_body import declared_bytes

LARGEST_FILE_BYTES = 54_000_000
"""A batch file of 50 MB with its form; `server.maxUploadSize` tells pages the same."""

LARGEST_BODY_BYTES = 2_000_000
"""For anything else. Routes that read JSON have a lower limit and an error of their own."""

PATIENCE_SECONDS, SLOWEST_BYTES_A_SECOND = 30.0, 50_000

UPLOAD_PATH = "/_stcore/upload_file/"

VISIT_BYTES, VISIT_FILES = 110_000_000, 20
"""One file of the largest size, while the one that it replaces is still there."""

ALL_BYTES = 200_000_000

RETRY_SECONDS = 30

Held = Callable[[], Mapping[str, Sequence[int]]]
"""Returns the sizes of the files that each visit holds now."""

_FILES = ("/api/batches", "/api/recipe", UPLOAD_PATH)


def bounded(scope: Scope, receive: Receive, *, now: Callable[[], float]) -> Receive:
    """Return a `receive` that stops a body that is too large or too slow.

    Raises EdgeError: 413 at once if the declared length is too large, otherwise 413 or 408 while
    receiving.
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
            return await receive()  # waits for the client to disconnect
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


@dataclass(slots=True)
class UploadQuota:
    """Admits an upload while there is space for it; for use in one event loop."""

    held: Held
    _coming_bytes: Counter[str] = field(default_factory=Counter)
    _coming_files: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def remaining_for(self, scope: Scope) -> Iterator[None]:
        """Reserve space for an upload while it arrives, or raise EdgeError (411, 413, 429)."""
        if scope["method"] != "PUT" or UPLOAD_PATH not in scope["path"]:
            yield
            return
        visit = scope["path"].split(UPLOAD_PATH)[1].split("/")[0]
        size = declared_bytes(scope)
        if size is None:
            raise EdgeError(411, "length_needed", "An upload says how long it is.")
        held = self.held()
        own = held.get(visit, ())
        files = len(own) + self._coming_files[visit] + 1
        if files > VISIT_FILES or sum(own) + self._coming_bytes[visit] + size > VISIT_BYTES:
            raise EdgeError(
                413,
                "too_many_uploads",
                "This tab holds as many uploaded files as it may.",
                advice="Remove one of them, or reload the page.",
            )
        everything = sum(map(sum, held.values())) + self._coming_bytes.total() + size
        if everything > ALL_BYTES:
            raise EdgeError(
                429,
                "uploads_busy",
                "Others are uploading a lot at the moment.",
                advice="Try again in half a minute.",
                retry_after_seconds=RETRY_SECONDS,
            )
        self._coming_bytes[visit] += size
        self._coming_files[visit] += 1
        try:
            yield
        finally:
            # drops counters that are 0
            self._coming_bytes -= Counter({visit: size})
            self._coming_files -= Counter({visit: 1})


def _too_large(most: int) -> EdgeError:
    return EdgeError(
        413,
        "too_large",
        f"The request is larger than {most / 1e6:.0f} MB.",
        advice="Send a smaller one.",
    )
