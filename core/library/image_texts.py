"""The texts that an image file carries about itself: PNG chunks, and EXIF of PNG, JPEG and WebP."""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

log = logging.getLogger(__name__)

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
LONGEST_TEXT = 4_000_000
"""Bytes of one text; a large ComfyUI workflow has about one million."""

MOST_TEXTS = 50

_EXIF_PLACES = {0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software"}
_EXIF_FOLDER, _MAKER_NOTE, _USER_COMMENT = 0x8769, 0x927C, 0x9286
_LONGEST_NAME = 40


def texts_of(content: bytes) -> dict[str, str]:
    """Return the texts of a PNG, JPEG or WebP by their keywords; empty for any other file.

    What EXIF calls UserComment and MakerNote is named so; of texts with the same keyword the first
    counts. A damaged file gives what stands before the damage.
    """
    texts: dict[str, str] = {}
    found = _png_texts(content) if content.startswith(PNG_SIGNATURE) else _exif_of(content)
    for keyword, text in found:
        texts.setdefault(keyword, text)
        if len(texts) >= MOST_TEXTS:
            break
    return texts


def chunks_of(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield kind, body and the whole of every chunk of a PNG; a file cut short ends early."""
    at = len(PNG_SIGNATURE)
    kind = b""
    while kind != b"IEND" and at + 12 <= len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        end = at + 12 + length
        if end > len(content):
            return
        kind = content[at + 4 : at + 8]
        yield kind, content[at + 8 : end - 4], content[at:end]
        at = end


def size_of(content: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG in pixels as its header says them."""
    if not content.startswith(PNG_SIGNATURE) or content[12:16] != b"IHDR" or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def keyword_of(kind: bytes, body: bytes) -> str | None:
    """Return the keyword of a text chunk of a PNG, or None for any other chunk."""
    if kind not in {b"tEXt", b"zTXt", b"iTXt"}:
        return None
    return body[:80].partition(b"\0")[0].decode("latin-1")


def _png_texts(content: bytes) -> Iterator[tuple[str, str]]:
    for kind, body, _ in chunks_of(content):
        if kind == b"eXIf":
            yield from _texts_of_exif(body)
            continue
        keyword = keyword_of(kind, body)
        if keyword is not None:
            text = _text_of_chunk(kind, body[len(keyword) + 1 :])
            if text is not None:
                yield keyword, text


def _text_of_chunk(kind: bytes, rest: bytes) -> str | None:
    """Return the text behind the keyword (PNG 3, 11.3.3), or None if it is damaged or too long."""
    is_packed = kind == b"zTXt"
    if kind == b"iTXt":
        is_packed, rest = rest[:1] == b"\1", rest[2:]
        rest = rest.partition(b"\0")[2].partition(b"\0")[2]  # language, translated keyword
    elif is_packed:
        rest = rest[1:]
    if is_packed:
        unpacking = zlib.decompressobj()
        try:
            rest = unpacking.decompress(rest, LONGEST_TEXT + 1)
        except zlib.error:
            return None
    if len(rest) > LONGEST_TEXT:
        return None
    return _as_text(rest) if kind == b"iTXt" else _as_text(rest, other="latin-1")


def _as_text(content: bytes, *, other: str = "") -> str:
    """Return UTF-8 as text, also where the specification says Latin-1 but a tool wrote UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode(other) if other else content.decode(errors="replace")


def _exif_of(content: bytes) -> Iterator[tuple[str, str]]:
    if content.startswith(b"\xff\xd8"):
        for body in _segments_of_jpeg(content):
            if body.startswith(b"Exif\0\0"):
                yield from _texts_of_exif(body)
    elif content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        at = 12
        while at + 8 <= len(content):
            (length,) = struct.unpack("<I", content[at + 4 : at + 8])
            if content[at : at + 4] == b"EXIF":
                yield from _texts_of_exif(content[at + 8 : at + 8 + length])
            at += 8 + length + length % 2


def _segments_of_jpeg(content: bytes) -> Iterator[bytes]:
    """Yield the bodies of the APP1 segments before the picture begins."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if content[at + 1] == 0xE1:
            yield content[at + 4 : at + 2 + length]
        at += 2 + length


def _texts_of_exif(body: bytes) -> Iterator[tuple[str, str]]:
    exif = Image.Exif()
    try:
        exif.load(body)
        inner = exif.get_ifd(_EXIF_FOLDER)
        tags = {**dict(exif.items()), **inner}
    except Exception:  # noqa: BLE001 - Pillow raises a dozen kinds for damaged EXIF
        log.info("the EXIF of a dropped picture cannot be read")
        return
    for tag, name in {**_EXIF_PLACES, _MAKER_NOTE: "MakerNote"}.items():
        text = _plain(tags.get(tag))
        # ComfyUI puts its two texts as "prompt:{...}" and "workflow:{...}" wherever there is room
        keyword, colon, rest = text.partition(":")
        if colon and rest.startswith("{") and len(keyword) <= _LONGEST_NAME:
            yield keyword, rest
        elif text:
            yield name, text
    comment = _user_comment(tags.get(_USER_COMMENT))
    if comment:
        yield "UserComment", comment


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        value = _as_text(value, other="latin-1")
    return value.strip("\0 ") if isinstance(value, str) else ""


def _user_comment(value: object) -> str:
    """Return a UserComment: eight bytes name its code, and UTF-16 says not which byte is first."""
    if not isinstance(value, bytes):
        return _plain(value)
    code, rest = value[:8], value[8:]
    if code == b"UNICODE\0":
        is_little = rest[1::2].count(0) > rest[::2].count(0)
        return rest.decode("utf-16-le" if is_little else "utf-16-be", "replace").strip("\0\ufeff ")
    return _plain(rest if code in {b"ASCII\0\0\0", bytes(8)} else value)
