"""Things kept in the data folder for a while, so that any process finds what another handed out."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from core.clock import Clock
from core.errors import NotFoundError

PASSING = "passing"
"""The part of the data folder for what a backup need not hold."""

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z~_-]{0,199}(\.[0-9a-z]{1,10})?")
_SWEPT_AFTER = 64
"""New things between two looks for what is too old; a look reads the whole folder."""


class Shelf:
    """A folder of things that are forgotten a while after they were kept or shown last."""

    def __init__(self, folder: Path, clock: Clock, *, kept_seconds: float) -> None:
        self._folder = folder
        self._clock = clock
        self._kept_seconds = kept_seconds
        self._added = 0

    def keep(self, content: bytes, *, suffix: str = "") -> str:
        """Keep bytes and return their name, which is made of their hash; again if kept already."""
        name = f"{hashlib.sha256(content).hexdigest()}{suffix}"
        now = self._clock.now().timestamp()
        with contextlib.suppress(FileNotFoundError):
            os.utime(self._folder / name, (now, now))
            return name
        self.put(name, content)
        return name

    def put(self, name: str, content: bytes) -> None:
        """Keep bytes under a name, in the place of what had it. OSError where that cannot be."""
        path = self._path(name)
        if self._added % _SWEPT_AFTER == 0:
            oldest = self._oldest()
            for one, changed, _ in self._things():
                if changed < oldest:
                    with contextlib.suppress(OSError):
                        Path(one.path).unlink()
        self._added += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{self._clock.new_id()}"
        part.write_bytes(content)
        now = self._clock.now().timestamp()
        os.utime(part, (now, now))
        part.replace(path)

    def load(self, name: str) -> bytes:
        """Return what is kept under a name, or raise NotFoundError."""
        if _NAME.fullmatch(name):
            path = self._path(name)
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime >= self._oldest():
                    return path.read_bytes()
        raise NotFoundError("This is no longer kept.")

    def take(self, name: str) -> bytes:
        """Return what is kept under a name and keep it no longer, or raise NotFoundError."""
        content = self.load(name)
        self._path(name).unlink(missing_ok=True)
        return content

    def sizes(self) -> dict[str, int]:
        """Return how many bytes each thing has, by name."""
        return {one.name: size for one, _, size in self._things() if not one.name.startswith(".")}

    def _things(self) -> Iterator[tuple[os.DirEntry[str], float, int]]:
        try:
            found = list(os.scandir(self._folder))
        except FileNotFoundError:
            return  # nothing was ever kept
        for one in found:
            with contextlib.suppress(FileNotFoundError):
                seen = one.stat()
                yield one, seen.st_mtime, seen.st_size

    def _oldest(self) -> float:
        return self._clock.now().timestamp() - self._kept_seconds

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be the name of a thing that is kept")
        return self._folder / name
