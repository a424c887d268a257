"""Pictures on disk: named by content, never half-written, served under names nobody can guess."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import io
import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from core.errors import NotFoundError
from core.fault_points import fault_point

THUMBNAIL_EDGE = 480
"""Pixels on the longer side; a history cell is at most 240 CSS pixels wide on a 2x screen."""

MEDIA_PATH = "/app/static/media"
"""Under /app/static because st.image passes only such addresses on unchanged (streamlit.md 4)."""

_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_TYPES = {suffix: media_type for media_type, suffix in _SUFFIXES.items()}
_NAME = re.compile(r"(?P<digest>[0-9a-f]{64})-(?P<seal>[0-9a-f]{32})\.(?P<suffix>png|jpg|webp)")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of the store and the type to serve it with."""

    path: Path
    media_type: str


class MediaStore:
    """The folder of pictures; originals stay byte for byte as they came."""

    def __init__(self, folder: Path, *, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def keep(self, content: bytes, media_type: str) -> str:
        """Store the bytes and a thumbnail, both flushed to disk, and return the SHA-256.

        Safe to repeat: content that is already there is left alone.
        """
        digest = hashlib.sha256(content).hexdigest()
        original = self._path(digest, _SUFFIXES[media_type])
        thumbnail = self._thumbnail_path(digest)
        if not thumbnail.exists():
            _write_whole(thumbnail, _thumbnail(content))
        fault_point("after_thumbnail")
        if original.exists():
            original.touch()  # a purge at this moment sees that it is wanted again
        else:
            _write_whole(original, content)
        return digest

    def picture_url(self, digest: str, media_type: str) -> str:
        """Return the path under which the original is served, the same for ever."""
        return self._url(digest, _SUFFIXES[media_type])

    def thumbnail_url(self, digest: str) -> str:
        """Return the path under which the WebP thumbnail is served, the same for ever."""
        return self._url(digest, "webp")

    def open_name(self, name: str) -> StoredFile:
        """Return the file behind the last part of a media URL, or raise NotFoundError."""
        match = _NAME.fullmatch(name)
        if match is None or not hmac.compare_digest(
            match["seal"], self._seal(match["digest"], match["suffix"])
        ):
            raise NotFoundError("There is no such picture.")
        digest, suffix = match["digest"], match["suffix"]
        path = self._thumbnail_path(digest) if suffix == "webp" else self._path(digest, suffix)
        if not path.is_file():
            raise NotFoundError("There is no such picture.")
        return StoredFile(path=path, media_type=_TYPES[suffix])

    def find(self, digest: str, media_type: str) -> StoredFile:
        """Return the original of a known picture, or raise NotFoundError if the file is gone."""
        path = self._path(digest, _SUFFIXES[media_type])
        if not path.is_file():
            raise NotFoundError(
                "The file of this picture is missing.",
                advice="Restore the data folder from a backup.",
            )
        return StoredFile(path=path, media_type=media_type)

    def thumbnail_file(self, digest: str) -> Path:
        """Return where the thumbnail of a picture lies, if it is there."""
        return self._thumbnail_path(digest)

    def sealed_name(self, stem: str, suffix: str) -> str:
        """Return a name for something to be served that nobody else can make."""
        return f"{stem}-{self._seal(stem, suffix)}.{suffix}"

    def open_seal(self, name: str, suffix: str) -> str:
        """Return the stem of a name made by `sealed_name`, or raise NotFoundError."""
        stem, _, seal = name.removesuffix(f".{suffix}").rpartition("-")
        if not hmac.compare_digest(seal.encode(), self._seal(stem, suffix).encode()):
            raise NotFoundError("There is no such file.")
        return stem

    def remove(self, digest: str, media_type: str, *, untouched_seconds: float = 3600.0) -> bool:
        """Remove a picture and its thumbnail unless it was stored anew a short while ago."""
        original = self._path(digest, _SUFFIXES[media_type])
        try:
            if original.stat().st_mtime > time.time() - untouched_seconds:
                return False
        except FileNotFoundError:
            return False
        original.unlink(missing_ok=True)
        self._thumbnail_path(digest).unlink(missing_ok=True)
        return True

    def sweep(self, *, untouched_seconds: float) -> None:
        """Remove what a killed process left half-written and nobody touched for so long."""
        newest = time.time() - untouched_seconds
        for leftover in self._folder.glob("**/*.part"):
            with contextlib.suppress(FileNotFoundError):
                if leftover.stat().st_mtime <= newest:
                    leftover.unlink()

    def _url(self, digest: str, suffix: str) -> str:
        return f"{MEDIA_PATH}/{digest}-{self._seal(digest, suffix)}.{suffix}"

    def _seal(self, digest: str, suffix: str) -> str:
        signed = f"{digest}.{suffix}".encode()
        return hmac.new(self._key, signed, hashlib.sha256).hexdigest()[:32]

    def _path(self, digest: str, suffix: str) -> Path:
        return self._folder / digest[:2] / f"{digest}.{suffix}"

    def _thumbnail_path(self, digest: str) -> Path:
        return self._folder / digest[:2] / f"{digest}.thumb.webp"


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fault_point(f"before_rename{path.suffix}")
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)


def _thumbnail(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as picture:
        small = picture.convert("RGB")
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    small.save(target, "WEBP", quality=82)
    return target.getvalue()
