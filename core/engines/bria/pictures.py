"""Checks downloaded bytes before they are trusted (rows 32 to 34 of docs/provider.md)."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

MOST_PIXELS, LONGEST_SIDE = 40_000_000, 8192
"""Larger pictures are not opened: 81 megapixels fit into 10 kB of PNG and take 400 MB decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a picture is, after it was decoded once from end to end."""

    media_type: str
    width: int
    height: int


class PictureError(Exception):
    """Bytes that are not a picture we keep; `kind` is the kind of the resulting failure."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(detail or kind)
        self.kind = kind
        self.detail = detail


def look_at(content: bytes) -> Looked:
    """Return what the picture is, or raise PictureError; the bytes are not changed.

    The size is read from the header and checked before anything is decoded. Pillow's `verify`
    accepts a JPEG without its end and `load` a PNG without its end, so both are called, each on a
    fresh image, as `verify` makes its image unusable.
    """
    form = _form_of(content)
    try:
        with Image.open(io.BytesIO(content), formats=[form]) as picture:
            width, height = _bearable(picture.size)
            picture.verify()
        with Image.open(io.BytesIO(content), formats=[form]) as picture:
            picture.load()
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise PictureError("too_many_pixels") from problem
    except Exception as problem:
        # hostile bytes can make decoders raise anything
        raise PictureError("truncated_image", type(problem).__name__) from problem
    return Looked(media_type=f"image/{form.lower()}", width=width, height=height)


def _bearable(size: tuple[int, int]) -> tuple[int, int]:
    width, height = size
    if width * height > MOST_PIXELS or max(size) > LONGEST_SIDE:
        raise PictureError("too_many_pixels", f"{width} × {height} pixels")
    return size


def _form_of(content: bytes) -> str:
    """Return the file format by its magic bytes, whatever the Content-Type says (row 33)."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    raise PictureError("not_an_image")
