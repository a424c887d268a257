"""Picture files: named by content, never half-written, served under unguessable names."""

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
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from core.errors import NotFoundError
from core.fault_points import fault_point
from core.files import flush_folder, is_readable_file, set_aside, write_whole

log = logging.getLogger(__name__)

THUMBNAIL_EDGE = 480
"""Pixels on the longer side; a history cell is at most 240 CSS pixels wide on a 2x screen."""

MEDIA_PATH = "/app/static/media"
"""st.image passes addresses on unchanged only if they are below /app/static."""

BLOCK_BYTES = 256_000_000
"""More than the largest picture takes, so that it is one block and not many."""

MOST_CHECKED = 50_000
"""Files whose check is remembered; the oldest is forgotten first and then checked again."""

_SHRINKABLE = {"RGB", "L", "CMYK", "YCbCr"}

SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_TYPES = {suffix: media_type for media_type, suffix in SUFFIXES.items()}
_NAME = re.compile(r"(?P<digest>[0-9a-f]{64})-(?P<seal>[0-9a-f]{32})\.(?P<suffix>png|jpg|webp)")

_Mark = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A stored file and the media type to serve it with."""

    path: Path
    media_type: str


class MediaStore:
    """The folder of pictures; originals are kept byte for byte."""

    def __init__(self, folder: Path, *, key: bytes, base_path: str = "") -> None:
        self._folder = folder
        self._key = key
        self._base_path = base_path
        self._decoding = threading.Lock()
        self._checks = _Checks()

    def keep(self, content: bytes, media_type: str) -> str:
        """Store the bytes and a thumbnail, both flushed to disk, and return the SHA-256.

        Safe to repeat: a complete file is left alone, and anything else in its place, such as a
        folder or a truncated file, is removed. If the thumbnail cannot be made, the original is
        stored all the same; the thumbnail is tried again when it is requested.
        """
        digest = hashlib.sha256(content).hexdigest()
        original = self._path(digest, SUFFIXES[media_type])
        if not _has_bytes(self.thumbnail_file(digest)):
            self._keep_thumbnail(digest, content)
        fault_point("after_thumbnail")
        # complete, since a power cut may have left a shorter one
        is_whole = (
            is_readable_file(original)
            and original.stat().st_size == len(content)
            and original.read_bytes() == content
        )
        if is_whole:
            original.touch()  # tells a purge at this moment that it is wanted again
        else:
            self._write(original, content)
        return digest

    def _keep_thumbnail(self, digest: str, content: bytes) -> None:
        try:
            with self._decoding:  # one picture of 39 megapixels takes 0.4 GB for this
                small = _thumbnail(content)
            self._write(self.thumbnail_file(digest), small)
        except UnidentifiedImageError:
            raise  # not a picture at all
        except Exception:
            # the picture is paid for, and only its thumbnail is missing
            log.exception("there is no thumbnail of the picture %s", digest)

    def picture_url(self, digest: str, media_type: str) -> str:
        """Return the permanent path of the original."""
        return self._url(digest, SUFFIXES[media_type])

    def thumbnail_url(self, digest: str) -> str:
        """Return the permanent path of the WebP thumbnail."""
        return self._url(digest, "webp")

    def open_name(self, name: str) -> StoredFile:
        """Return the file for the last part of a media URL, or raise NotFoundError."""
        match = _NAME.fullmatch(name)
        if match is None or not hmac.compare_digest(
            match["seal"], self._seal(match["digest"], match["suffix"])
        ):
            raise NotFoundError("There is no such picture.")
        digest, suffix = match["digest"], match["suffix"]
        if suffix != "webp":
            return self.find(digest, _TYPES[suffix])
        path = self.thumbnail_file(digest)
        if not _has_bytes(path):
            for original in (self._path(digest, one) for one in _TYPES):
                if is_readable_file(original) and self._is_whole(digest, original):
                    self._keep_thumbnail(digest, original.read_bytes())
                    break
        if not _has_bytes(path):
            raise NotFoundError("There is no such picture.")
        return StoredFile(path=path, media_type=_TYPES[suffix])

    def find(self, digest: str, media_type: str) -> StoredFile:
        """Return the original of a known picture; NotFoundError if it is gone or damaged.

        Its bytes are compared with its hash once per process, and again when the file has changed.
        """
        path = self._path(digest, SUFFIXES[media_type])
        if not is_readable_file(path):
            raise _no_file("missing")
        if not self._is_whole(digest, path):
            raise _no_file("damaged")
        return StoredFile(path=path, media_type=media_type)

    def is_there(self, digest: str, media_type: str, length: int | None) -> bool:
        """Return whether the original has its length and was not found damaged; reads no bytes.

        Where the length is None, any but 0 will do.
        """
        path = self._path(digest, SUFFIXES[media_type])
        mark = _mark_of(path)
        if mark is None or not mark[1] or length not in {None, mark[1]}:
            return False
        if not os.access(path, os.R_OK):
            return False
        return self._checks.recall(digest, mark) is not False

    def _is_whole(self, digest: str, path: Path) -> bool:
        mark = _mark_of(path)
        known = None if mark is None else self._checks.recall(digest, mark)
        if mark is None or known is not None:
            return bool(known)
        try:
            with path.open("rb") as file:
                known = hashlib.file_digest(file, "sha256").hexdigest() == digest
        except OSError as failure:
            log.warning("%s cannot be read: %s", path, failure)
            return False  # checked again the next time
        self._checks.remember(digest, mark, is_whole=known)
        if not known:
            log.error("the picture file %s is damaged", path)
        return known

    def thumbnail_file(self, digest: str) -> Path:
        """Return the file of a picture's thumbnail, or None."""
        return self._folder / digest[:2] / f"{digest}.thumb.webp"

    def sealed_name(self, stem: str, suffix: str) -> str:
        """Return a file name for the web that nobody else can forge."""
        return f"{stem}-{self._seal(stem, suffix)}.{suffix}"

    def open_seal(self, name: str, suffix: str) -> str:
        """Return the stem of a name made by `sealed_name`, or raise NotFoundError."""
        stem, _, seal = name.removesuffix(f".{suffix}").rpartition("-")
        if not hmac.compare_digest(seal.encode(), self._seal(stem, suffix).encode()):
            raise NotFoundError("There is no such file.")
        return stem

    def remove(self, digest: str, media_type: str, *, untouched_seconds: float = 3600.0) -> bool:
        """Remove a picture and its thumbnail unless it was stored again a short while ago."""
        original = self._path(digest, SUFFIXES[media_type])
        if not _is_untouched(original, time.time() - untouched_seconds):
            return False
        for path in (original, self.thumbnail_file(digest)):
            if not _remove_file(path):
                log.warning("%s could not be removed", path)
        return True

    def sweep(
        self, *, untouched_seconds: float, note_step: Callable[[], object] = lambda: None
    ) -> None:
        """Remove half-written files of killed processes that nobody has touched for a while.

        Only files with this store's own temporary names: a folder `x.part` is somebody else's, and
        what cannot be read or removed stays. `note_step` is called after each folder.
        """
        newest = time.time() - untouched_seconds
        # unlike glob, this skips unreadable folders and follows no links
        for folder, _folders, names in os.walk(self._folder):
            note_step()
            for leftover in (Path(folder, name) for name in names if name.endswith(".part")):
                if _is_untouched(leftover, newest) and not _remove_file(leftover):
                    log.warning("%s was left half-written and could not be removed", leftover)

    def _write(self, path: Path, content: bytes) -> None:
        for odd in (
            set_aside(path.parent, wanted=stat.S_IFDIR),
            set_aside(path, wanted=stat.S_IFREG),
        ):
            if odd is not None:
                log.warning("%s lay where a picture should be, and was renamed", odd)
        # no further up: a data folder whose disk is away must not be created in its place
        if not path.parent.is_dir():
            path.parent.mkdir(exist_ok=True)
            flush_folder(self._folder)
        point = partial(fault_point, f"before_rename{path.suffix}")
        write_whole(path, content, before_rename=point)

    def _url(self, digest: str, suffix: str) -> str:
        return f"{self._base_path}{MEDIA_PATH}/{digest}-{self._seal(digest, suffix)}.{suffix}"

    def _seal(self, digest: str, suffix: str) -> str:
        signed = f"{digest}.{suffix}".encode()
        return hmac.new(self._key, signed, hashlib.sha256).hexdigest()[:32]

    def _path(self, digest: str, suffix: str) -> Path:
        return self._folder / digest[:2] / f"{digest}.{suffix}"


class _Checks:
    """Which files were found complete or damaged, each with its modification time and length."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[str, tuple[_Mark, bool]] = OrderedDict()

    def recall(self, digest: str, mark: _Mark) -> bool | None:
        """Return the last finding, or None if the file was not read in its present form."""
        with self._lock:
            found = self._found.get(digest)
        return found[1] if found is not None and found[0] == mark else None

    def remember(self, digest: str, mark: _Mark, *, is_whole: bool) -> None:
        """Store a finding, dropping the oldest one if there are too many."""
        with self._lock:
            self._found[digest] = mark, is_whole
            self._found.move_to_end(digest)
            if len(self._found) > MOST_CHECKED:
                self._found.popitem(last=False)


def _mark_of(path: Path) -> _Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if stat.S_ISREG(found.st_mode) else None


def _no_file(what: str) -> NotFoundError:
    return NotFoundError(
        f"The file of this picture is {what}.", advice="Restore the data folder from a backup."
    )


def _has_bytes(path: Path) -> bool:
    return is_readable_file(path) and path.stat().st_size > 0


def _is_untouched(path: Path, newest: float) -> bool:
    """Return whether a file exists and was last written before `moment` (s since 1970)."""
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
    """Make Pillow allocate pictures in blocks that are returned to the system when freed.

    Its default blocks of 16 MB stay in the process: sixteen pictures of 39 megapixels left 0.6 GB.
    """
    Image.core.set_block_size(BLOCK_BYTES)  # type: ignore[attr-defined]  # documented, untyped


def _thumbnail(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as picture:
        if picture.mode in _SHRINKABLE:
            # a JPEG is decoded at a small size, so no second full-size copy is made
            picture.draft("RGB", (2 * THUMBNAIL_EDGE, 2 * THUMBNAIL_EDGE))
            picture.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
        small = picture.convert("RGB")
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    small.save(target, "WEBP", quality=82)
    return target.getvalue()
