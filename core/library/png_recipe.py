"""The recipe of a picture inside its file: written into copies, read from what people drop.

A copy of a PNG for export gets two iTXt chunks: `fibo`, our JSON, and `parameters`, the line that
AUTOMATIC1111 writes and other tools search; what stood under these names makes way. The pixels'
bytes stay as they are, and so does the stored original.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from core.domain.recipe_line import recipe_line
from core.domain.request import FRAME_SIZES, GenerationRequest, parse_request
from core.errors import InvalidRequestError
from core.library.image_texts import PNG_SIGNATURE, chunks_of, keyword_of, size_of, texts_of
from core.library.other_recipes import read_other_recipe
from core.records.generations import Generation
from core.records.payloads import Detail

SCHEMA = 1
KEYWORD = "fibo"
LARGEST_RECIPE_BYTES = 200_000
_OURS = (KEYWORD, "parameters")
_TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME")
"""Chunks of metadata, which do not change the visible picture (PNG 3, 11.3)."""

_DAMAGED = "The recipe in this file is damaged; use the original file."
_PIECE = 256 * 1024
_HEADER_BYTES = len(PNG_SIGNATURE) + 25
_NEAR = 0.12
"""A size whose ratio is off by no more, as a share, becomes the nearest of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a dropped picture says of how it was made.

    `tool` is the other tool that wrote it, or empty for one of ours; `notices` say what of it is
    not used or was changed, each in a sentence.
    """

    request: GenerationRequest
    generation_id: int | None = None
    original_sha256: str | None = None
    tool: str = ""
    notices: tuple[str, ...] = ()


def with_recipe(content: bytes, generation: Generation, detail: Detail) -> bytes:
    """Return a copy of a PNG that tells how it was made; other formats come back as they are."""
    return b"".join(pieces_with_recipe(io.BytesIO(content), generation, detail))


def pieces_with_recipe(file: BinaryIO, generation: Generation, detail: Detail) -> Iterator[bytes]:
    """Yield what `with_recipe` returns piece by piece, whatever the file's length."""
    header = file.read(_HEADER_BYTES)
    yield header
    if not header.startswith(PNG_SIGNATURE):
        while piece := file.read(_PIECE):
            yield piece
        return
    recipe = {
        "schema": SCHEMA,
        "generation_id": str(generation.id),
        "created_at": generation.created_at.isoformat(),
        "request": generation.recipe,
        "structured_prompt": detail.structured_prompt,
        "request_id": generation.request_id,
        "image_sha256": generation.image_sha256,
    }
    yield _text_chunk(KEYWORD, json.dumps(recipe, ensure_ascii=False))
    settings = {
        "Seed": generation.seed,
        "Size": f"{generation.image_width}x{generation.image_height}",
        "Model": f"FIBO {generation.engine}",
        **generation.parameters,
    }
    yield _text_chunk("parameters", recipe_line(generation.prompt, settings))
    head = b""
    while head[4:] != b"IEND" and (head := file.read(8)):
        left = struct.unpack(">I", head[:4])[0] + 4 if len(head) == 8 else 0
        start = file.read(min(left, 80))
        left -= len(start)
        is_kept = keyword_of(head[4:], start) not in _OURS
        if is_kept:
            yield head + start
        while left > 0 and (piece := file.read(min(left, _PIECE))):
            left -= len(piece)
            if is_kept:
                yield piece
    while piece := file.read(_PIECE):
        yield piece  # what lies behind the end of the picture stays there


def without_metadata(content: bytes) -> bytes:
    """Return a copy of a PNG without any text, EXIF or time in it; other formats as they are."""
    if not content.startswith(PNG_SIGNATURE):
        return content
    kept = [whole for kind, _, whole in chunks_of(content) if kind not in _TEXT_CHUNKS]
    return PNG_SIGNATURE + b"".join(kept)


def read_recipe(content: bytes) -> Recipe:
    """Return the recipe in a picture of ours or of another tool.

    InvalidRequestError with what is wrong where there is none, or none that can be used here.
    """
    if not content.startswith((PNG_SIGNATURE, b"\xff\xd8", b"RIFF")):
        raise InvalidRequestError.of(
            "file", "This is no picture that carries a recipe; drop a PNG, JPEG or WebP file."
        )
    texts = texts_of(content)
    ours = texts.get(KEYWORD)
    if ours is not None and len(ours) <= LARGEST_RECIPE_BYTES:
        try:
            recipe: dict[str, Any] = json.loads(ours)
            request = parse_request(recipe["request"])
        except (ValueError, KeyError, TypeError, RecursionError) as failure:
            raise InvalidRequestError.of("file", _DAMAGED) from failure
        number, digest = str(recipe.get("generation_id")), recipe.get("image_sha256")
        return Recipe(
            request=request,
            generation_id=int(number) if number.isdecimal() and len(number) < 19 else None,
            original_sha256=digest if isinstance(digest, str) else None,
        )
    other = read_other_recipe(texts)
    if other is None:
        raise InvalidRequestError.of(
            "file",
            "This file holds no recipe of this studio, and none of AUTOMATIC1111, ComfyUI, "
            "InvokeAI, Fooocus or SwarmUI.",
        )
    fields: dict[str, Any] = {"prompt": other.prompt, "seed": other.seed}
    notices = []
    size = other.size or size_of(content)
    if size is not None:
        ratio, notice = _nearest_ratio(size)
        fields |= {"aspect_ratio": ratio} if ratio else {}
        notices += [notice] if notice else []
    if other.unused:
        notices.append(f"Not used here: {', '.join(other.unused)}.")
    try:
        asked = parse_request(fields)
    except InvalidRequestError as failure:
        said = failure.problems[0].message
        raise InvalidRequestError.of(
            "file", f"What {other.tool} wrote cannot be used: {said}"
        ) from failure
    return Recipe(request=asked, tool=other.tool, notices=tuple(notices))


def _nearest_ratio(size: tuple[int, int]) -> tuple[str | None, str | None]:
    """Return the format of ours that is nearest to a size, and a sentence if it is another one."""
    width, height = size
    asked = width / height if height else 0

    def distance(ratio: str) -> float:
        left, right = map(int, ratio.split(":"))
        own = left / right
        return max(asked / own, own / asked) - 1 if asked else 1.0

    nearest = min(FRAME_SIZES, key=distance)
    if distance(nearest) > _NEAR:
        return None, f"No format here is like {width} x {height}; choose one."
    left, right = map(int, nearest.split(":"))
    is_same = width * right == height * left
    return nearest, None if is_same else f"{width} x {height} becomes {nearest}."


def _text_chunk(keyword: str, text: str) -> bytes:
    """Return an iTXt chunk: keyword, no compression, no language, UTF-8 (PNG 3, 11.3.3.4)."""
    body = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    crc = zlib.crc32(b"iTXt" + body)
    return struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", crc)
