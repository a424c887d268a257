"""The recipe of a picture inside its PNG: written into copies, read from dropped files.

A copy for export gets two iTXt chunks: `fibo`, our JSON, and `parameters`, the line that
AUTOMATIC1111 writes and other tools search. The pixel data stays as it is, and so does the stored
original.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.domain.request import GenerationRequest, parse_request
from core.errors import InvalidRequestError, Problem
from core.records.generations import Generation
from core.records.payloads import Detail

SCHEMA = 1
KEYWORD = "fibo"
LARGEST_RECIPE_BYTES = 200_000
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME")
"""Chunks of metadata, which do not change the visible picture (PNG 3, 11.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The recipe that a dropped PNG contains."""

    request: GenerationRequest
    generation_id: int | None
    original_sha256: str | None


def with_recipe(content: bytes, generation: Generation, detail: Detail) -> bytes:
    """Return a copy of a PNG with its recipe; other formats are returned unchanged."""
    if not content.startswith(_SIGNATURE):
        return content
    recipe = {
        "schema": SCHEMA,
        "generation_id": str(generation.id),
        "created_at": generation.created_at.isoformat(),
        "request": generation.recipe,
        "structured_prompt": detail.structured_prompt,
        "request_id": generation.request_id,
        "image_sha256": generation.image_sha256,
    }
    # what readers of A1111's format expect: the prompt, and the settings on a line of their own
    settings = {
        "Seed": generation.seed,
        "Size": f"{generation.image_width}x{generation.image_height}",
        "Model": f"FIBO {generation.engine}",
        **{name.replace("_", " ").capitalize(): v for name, v in generation.parameters.items()},
    }
    line = ", ".join(f"{name}: {value}" for name, value in settings.items())
    added = _text_chunk(KEYWORD, json.dumps(recipe, ensure_ascii=False))
    added += _text_chunk("parameters", f"{generation.prompt}\n{line}")
    after_header = len(_SIGNATURE) + 25
    return content[:after_header] + added + content[after_header:]


def without_metadata(content: bytes) -> bytes:
    """Return a copy of a PNG without text, EXIF and time; other formats unchanged."""
    if not content.startswith(_SIGNATURE):
        return content
    kept = [whole for kind, _, whole in _chunks(content) if kind not in _TEXT_CHUNKS]
    return _SIGNATURE + b"".join(kept)


def read_recipe(content: bytes) -> Recipe:
    """Return the recipe in one of our PNGs, or raise InvalidRequestError."""
    if not content.startswith(_SIGNATURE):
        raise _refusal("This is not a PNG file; only PNG files carry a recipe.")
    prefix = KEYWORD.encode() + b"\0\0\0\0\0"
    bodies = (
        body
        for kind, body, _ in _chunks(content)
        if kind == b"iTXt" and body.startswith(prefix) and len(body) <= LARGEST_RECIPE_BYTES
    )
    found = next(bodies, None)
    if found is None:
        raise _refusal(
            "This file holds no recipe of this studio; drop a PNG that was downloaded here."
        )
    try:
        recipe: dict[str, Any] = json.loads(found[len(prefix) :].decode(errors="replace"))
        request = parse_request(recipe["request"])
    except (ValueError, KeyError, TypeError) as failure:
        raise _refusal("The recipe in this file is damaged; use the original file.") from failure
    number, digest = str(recipe.get("generation_id")), recipe.get("image_sha256")
    return Recipe(
        request=request,
        generation_id=int(number) if number.isdecimal() else None,
        original_sha256=digest if isinstance(digest, str) else None,
    )


def _text_chunk(keyword: str, text: str) -> bytes:
    """Return an iTXt chunk: keyword, no compression, no language, UTF-8 (PNG 3, 11.3.3.4)."""
    body = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    crc = zlib.crc32(b"iTXt" + body)
    return struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", crc)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield kind, body and all bytes of every chunk; a truncated file ends early."""
    at = len(_SIGNATURE)
    while at + 12 <= len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        end = at + 12 + length
        if end > len(content):
            return
        yield content[at + 4 : at + 8], content[at + 8 : end - 4], content[at:end]
        at = end


def _refusal(sentence: str) -> InvalidRequestError:
    return InvalidRequestError([Problem(field="file", message=sentence)])
