"""Pictures on disk: named by content, never half-written, served under names nobody can guess."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import io
import logging
import os
import re
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image

from core.errors import NotFoundError
from core.fault_points import fault_point
from core.files import flush_folder, is_readable_file, set_aside, write_whole

log = logging.getLogger(__name__)

THUMBNAIL_EDGE = 480
"""Pixels on the longer side; a history cell is at most 240 CSS pixels wide on a 2x screen."""

MEDIA_PATH = "/app/static/media"
"""Under /app/static because st.image passes only such addresses on unchanged (streamlit.md 4)."""

BLOCK_BYTES = 256_000_000
"""More than the largest picture takes, which is then one block and not many."""

_SHRINKABLE = {"RGB", "L", "CMYK", "YCbCr"}

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
        self._decoding = threading.Lock()

    def keep(self, content: bytes, media_type: str) -> str:
        """Store the bytes and a thumbnail, both flushed to disk, and return the SHA-256.

        Safe to repeat: content that is already there is left alone, and what lies in its place
        without being it, a folder or a cut file, makes way.
        """
        digest = hashlib.sha256(content).hexdigest()
        original = self._path(digest, _SUFFIXES[media_type])
        thumbnail = self._thumbnail_path(digest)
        if not _has_bytes(thumbnail):
            self._write(thumbnail, self._small(content))
        fault_point("after_thumbnail")
        if _holds(original, content):
            original.touch()  # a purge at this moment sees that it is wanted again
        else:
            self._write(original, content)
        return digest

    def _small(self, content: bytes) -> bytes:
        with self._decoding:  # one picture of 39 megapixels takes 0.4 GB for this
            return _thumbnail(content)

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
        if not is_readable_file(path):
            raise NotFoundError("There is no such picture.")
        return StoredFile(path=path, media_type=_TYPES[suffix])

    def find(self, digest: str, media_type: str) -> StoredFile:
        """Return the original of a known picture, or raise NotFoundError if the file is gone."""
        path = self._path(digest, _SUFFIXES[media_type])
        if not is_readable_file(path):
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
        if not _is_untouched(original, time.time() - untouched_seconds):
            return False
        for path in (original, self._thumbnail_path(digest)):
            if not _remove_file(path):
                log.warning("%s could not be removed", path)
        return True

    def sweep(self, *, untouched_seconds: float) -> None:
        """Remove what a killed process left half-written and nobody touched for so long.

        Only files that this store names like that: a folder `x.part` is somebody else's, and what
        cannot be read or removed stays.
        """
        newest = time.time() - untouched_seconds
        for leftover in self._leftovers():
            if _is_untouched(leftover, newest) and not _remove_file(leftover):
                log.warning("%s was left half-written and could not be removed", leftover)

    def _leftovers(self) -> Iterator[Path]:
        # unlike glob, this passes over folders that cannot be read, and follows no links
        for folder, _folders, names in os.walk(self._folder):
            yield from (Path(folder, name) for name in names if name.endswith(".part"))

    def _write(self, path: Path, content: bytes) -> None:
        for odd in (
            set_aside(path.parent, wanted=stat.S_IFDIR),
            set_aside(path, wanted=stat.S_IFREG),
        ):
            if odd is not None:
                log.warning("%s lay where a picture should be, and was renamed", odd)
        # no further up: a data folder that went away is not made anew in the place of its disk
        if not path.parent.is_dir():
            path.parent.mkdir(exist_ok=True)
            flush_folder(self._folder)
        point = partial(fault_point, f"before_rename{path.suffix}")
        write_whole(path, content, before_rename=point)

    def _url(self, digest: str, suffix: str) -> str:
        return f"{MEDIA_PATH}/{digest}-{self._seal(digest, suffix)}.{suffix}"

    def _seal(self, digest: str, suffix: str) -> str:
        signed = f"{digest}.{suffix}".encode()
        return hmac.new(self._key, signed, hashlib.sha256).hexdigest()[:32]

    def _path(self, digest: str, suffix: str) -> Path:
        return self._folder / digest[:2] / f"{digest}.{suffix}"

    def _thumbnail_path(self, digest: str) -> Path:
        return self._folder / digest[:2] / f"{digest}.thumb.webp"


def _has_bytes(path: Path) -> bool:
    return is_readable_file(path) and path.stat().st_size > 0


def _holds(path: Path, content: bytes) -> bool:
    """Whether the file is there to its last byte; a power cut may have left a shorter one."""
    return (
        is_readable_file(path)
        and path.stat().st_size == len(content)
        and path.read_bytes() == content
    )


def _is_untouched(path: Path, newest: float) -> bool:
    """Whether a file is there and was last written before a moment in seconds since 1970."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return not stat.S_ISDIR(found.st_mode) and found.st_mtime <= newest


def _remove_file(path: Path) -> bool:
    """Remove a file, and return whether it is gone."""
    with contextlib.suppress(FileNotFoundError):
        try:
            path.unlink()
        except OSError:
            return False
    return True


def release_memory_of_pictures() -> None:
    """Have decoded pictures kept in blocks that go back to the system when they are let go.

    Pillow's own of 16 MB stay in the process: sixteen pictures of 39 megapixels left 0.6 GB.
    """
    Image.core.set_block_size(BLOCK_BYTES)  # type: ignore[attr-defined]  # documented, untyped


def _thumbnail(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as picture:
        if picture.mode in _SHRINKABLE:
            # a JPEG is decoded small to begin with, and no second one of full size is made
            picture.draft("RGB", (2 * THUMBNAIL_EDGE, 2 * THUMBNAIL_EDGE))
            picture.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
        small = picture.convert("RGB")
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    small.save(target, "WEBP", quality=82)
    return target.getvalue()
