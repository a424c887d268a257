"""How much uploads may hold in memory: of one visit, and of all together.

Streamlit keeps every uploaded file in memory until the visit ends, whoever sent it and whether or
not a page asked for it: six files of 100 MB took the server from 83 to 684 MB.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.types import Scope

from core.errors import EdgeError
from core.web.api.request_body import declared_bytes

UPLOAD_PATH = "/_stcore/upload_file/"

VISIT_BYTES, VISIT_FILES = 110_000_000, 20
"""One file of the largest size while the one it replaces is still there."""

ALL_BYTES = 200_000_000

RETRY_SECONDS = 30

Held = Callable[[], Mapping[str, Sequence[int]]]
"""Tells the sizes of the files that each visit holds now."""


@dataclass(slots=True)
class Uploads:
    """Lets an upload in while there is room for it; used by one event loop."""

    held: Held
    _coming_bytes: Counter[str] = field(default_factory=Counter)
    _coming_files: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def remaining_for(self, scope: Scope) -> Iterator[None]:
        """Keep room for an upload while it arrives, or raise EdgeError (411, 413, 429)."""
        if scope["method"] != "PUT" or UPLOAD_PATH not in scope["path"]:
            yield
            return
        visit = scope["path"].split(UPLOAD_PATH)[1].split("/")[0]
        size = declared_bytes(scope)
        if size is None:
            raise EdgeError(411, "length_needed", "An upload says how long it is.")
        self._check(visit, size)
        self._coming_bytes[visit] += size
        self._coming_files[visit] += 1
        try:
            yield
        finally:
            self._leave(self._coming_bytes, visit, size)
            self._leave(self._coming_files, visit, 1)

    def _check(self, visit: str, size: int) -> None:
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

    @staticmethod
    def _leave(coming: Counter[str], visit: str, amount: int) -> None:
        coming[visit] -= amount
        if not coming[visit]:
            del coming[visit]
