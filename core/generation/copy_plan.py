"""Transplanting: chosen fields of one picture's scene go onto others, as a priced set."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.differences import flat_fields
from core.domain.request import GenerationRequest, parse_request
from core.errors import InvalidRequestError, Problem
from core.generation.refining import known_scene
from core.generation.service import Desk
from core.records.generations import Generation

FIELDS = {
    "lighting": "Light",
    "aesthetics.color_scheme": "Palette",
    "aesthetics.mood_atmosphere": "Mood",
    "aesthetics.composition": "Composition",
    "photographic_characteristics": "Camera and lens",
    "style_medium": "Medium",
    "artistic_style": "Style",
    "background_setting": "Background",
}
"""What can be copied by itself: parts of a scene that say nothing of its subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graft:
    """One picture to make: whose child it is, what it asks for, and what would change."""

    parent: Generation
    request: GenerationRequest
    changes: tuple[tuple[str, str, str], ...]


def plan_transplant(
    desk: Desk, source_id: int, target_ids: Sequence[int], fields: Collection[str]
) -> list[Graft]:
    """Return what a transplant would make; nothing is asked for yet.

    `fields` are keys of `FIELDS`. Targets that already have just these fields are left out, and
    so is the source. Seed, format and all other fields stay. InvalidRequestError, NotFoundError.
    """
    if not fields or not set(fields) <= FIELDS.keys():
        raise InvalidRequestError(
            [Problem(field="fields", message=f"Choose from {', '.join(FIELDS.values())}.")]
        )
    donor = json.loads(_scene(desk, desk.see(source_id)))
    grafts = []
    for target_id in target_ids:
        parent = desk.see(target_id)
        graft = _graft(desk, parent, donor, fields)
        if target_id != source_id and graft.changes:
            grafts.append(graft)
    return grafts


def _graft(desk: Desk, parent: Generation, donor: dict[str, Any], fields: Collection[str]) -> Graft:
    own = _scene(desk, parent)
    scene = json.loads(own)
    for field in fields:
        _copy(donor, scene, field.split("."))
    written = json.dumps(scene, ensure_ascii=False)
    request = parse_request(
        {
            "prompt": parent.prompt,
            "mode": parent.mode,
            "aspect_ratio": parent.aspect_ratio,
            "resolution": parent.resolution,
            "seed": parent.seed,
            "engine": parent.engine,
            "project_id": parent.project_id,
            "structured_prompt": written,
        }
    )
    before, after = flat_fields(own), flat_fields(written)
    changes = tuple(
        (name, before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )
    return Graft(parent=parent, request=request, changes=changes)


def _scene(desk: Desk, generation: Generation) -> str:
    return known_scene(generation, desk.see_detail(generation.id))


def _copy(source: dict[str, Any], target: dict[str, Any], path: Sequence[str]) -> None:
    """Set the field at `path` to what the source has there; absent there, absent here."""
    *way, last = path
    for key in way:
        source = source.get(key) or {}
        if not isinstance(target.get(key), dict):
            target[key] = {}
        target = target[key]
    if source.get(last) is None:
        target.pop(last, None)
    else:
        target[last] = source[last]
