"""What the wall and its viewer are told of pictures, as values."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.domain.engines import traits_of
from core.domain.request import FRAME_SIZES
from core.errors import NotFoundError
from core.library.pages import Tile
from core.library.query.ast import Query, write_query
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.shared import safe_text
from pages.parts.shared.money import cost_words

Facts = list[tuple[str, str]]


def tile_data(tile: Tile, query: Query, today: date) -> dict[str, Any]:
    """Return what the wall shows of a picture; numbers are text, JavaScript rounds large ones."""
    library = studio().library
    width, height = FRAME_SIZES[tile.aspect_ratio]
    suffix = (tile.image_type or "image/png").removeprefix("image/")
    return {
        "id": str(tile.id),
        "day": safe_text.day_words(safe_text.local_day(tile.created_at), today),
        "ratio": width / height,
        "prompt": tile.prompt,
        "thumbnail": library.thumbnail_url(tile),
        "picture": library.picture_url(tile),
        "file": f"fibo-{tile.id}.{suffix}",
        "words": "" if tile.image_sha256 else safe_text.tile_words(tile),
        "isWaiting": tile.is_waiting,
        "isTrashed": "trashed:yes" in write_query(query),
        "rating": tile.rating,
        "verdict": tile.verdict,
        "facts": [
            ("Made", safe_text.local_time(tile.created_at)),
            ("Format", tile.aspect_ratio),
            ("Seed", str(tile.seed)),
        ],
    }


def details_of(generation_id: int) -> dict[str, Any] | None:
    """Return what the drawer of the viewer shows, or None if the picture is gone."""
    try:
        generation = studio().service.see(generation_id)
    except NotFoundError:
        return None
    return {
        "id": str(generation_id),
        "facts": first_facts(generation),
        "raw": raw_facts(generation),
        "tags": studio().library.tags_of(generation_id),
        "note": generation.note,
        "reason": generation.verdict_reason,
        "isTrashed": generation.trashed_at is not None,
    }


def first_facts(generation: Generation) -> Facts:
    """Return what most people want to know of a picture."""
    took = generation.generation_seconds
    rows = [
        ("What happened", generation.error_message),
        ("What to do", None if generation.image_sha256 else generation.advice),
        ("Change asked", generation.instruction),
        ("Settings", safe_text.chosen(generation)),
        ("Engine", studio().service.engine_label(generation.engine)),
        ("Format", generation.aspect_ratio),
        ("Seed", str(generation.seed)),
        ("Made", safe_text.local_time(generation.created_at)),
        ("Took", f"{took:.1f} s" if took else None),
        ("Cost", cost_words(generation)),
        ("From cache", "yes: no new picture was made" if generation.cached else None),
    ]
    if traits_of(generation.engine).family == "preview":
        rows.insert(4, ("Preview", "rendered stand-ins, no AI"))
    return [(name, fact) for name, fact in rows if fact]


def raw_facts(generation: Generation) -> Facts:
    """Return numbers that help when something is looked into."""
    width, height = generation.image_width, generation.image_height
    rows = [
        ("Size", f"{width} × {height} px" if width and height else None),
        ("Tries", str(len(studio().service.attempts_of(generation.id)))),
        ("Request", generation.request_id),
        ("Number", str(generation.id)),
        ("SHA-256", generation.image_sha256),
    ]
    return [(name, fact) for name, fact in rows if fact]
