"""Small pictures drawn from a seed, and pictures nobody should open."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from functools import lru_cache

from PIL import Image, ImageDraw


@lru_cache(maxsize=512)
def draw(seed: int, width: int, height: int, output_type: str = "png") -> bytes:
    """Return the picture of a seed; same arguments, same bytes."""
    shades = hashlib.sha256(str(seed).encode()).digest()
    picture = Image.new("RGB", (width, height), (shades[0], shades[1], shades[2]))
    pen = ImageDraw.Draw(picture)
    for number in range(4):
        left, top, right, bottom, *ink = hashlib.sha256(f"{seed}/{number}".encode()).digest()[:7]
        corners = sorted((left * width // 255, right * width // 255))
        levels = sorted((top * height // 255, bottom * height // 255))
        box = (corners[0], levels[0], corners[1], levels[1])
        pen.ellipse(box, fill=(ink[0], ink[1], ink[2]))
    written = io.BytesIO()
    picture.save(written, format=output_type)
    return written.getvalue()


def size_for(ratio: str, long_side: int) -> tuple[int, int]:
    """Return width and height for a ratio such as 16:9."""
    across, down = (int(part) for part in ratio.split(":"))
    most = max(across, down)
    return max(1, long_side * across // most), max(1, long_side * down // most)


def without_end(png: bytes) -> bytes:
    """Return a PNG without its last chunk, IEND."""
    return png[:-12]


@lru_cache(maxsize=4)
def blank(width: int, height: int) -> bytes:
    """Return a black PNG whose file is small however large the picture is."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    packed = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", packed), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
