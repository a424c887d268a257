"""Copies chosen fields of one picture's scene to other pictures, as a set with a price."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.differences import flat_fields
from core.domain.request import GenerationRequest
from core.errors import InvalidRequestError
from core.generation.refining import child_of, known_scene
from core.generation.service import GenerationService
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
"""The fields that can be copied on their own: none of them describes the subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlan:
    """One picture to make: its parent, its request, and the fields that would change."""

    parent: Generation
    request: GenerationRequest
    changes: tuple[tuple[str, str, str], ...]


def plan_copies(
    service: GenerationService, source_id: int, target_ids: Sequence[int], fields: Collection[str]
) -> list[CopyPlan]:
    """Return the pictures that copying settings would make; nothing is requested yet.

    `fields` are keys of `FIELDS`. The source and targets that already have these values are left
    out. Seed, format and all other fields stay. Raises InvalidRequestError or NotFoundError.
    """
    if not fields or not set(fields) <= FIELDS.keys():
        raise InvalidRequestError.of("fields", f"Choose from {', '.join(FIELDS.values())}.")
    source_scene = json.loads(_scene(service, service.see(source_id)))
    plans = []
    for target_id in target_ids:
        parent = service.see(target_id)
        own = _scene(service, parent)
        scene = json.loads(own)
        for field in fields:
            _copy(source_scene, scene, field.split("."))
        written = json.dumps(scene, ensure_ascii=False)
        before, after = flat_fields(own), flat_fields(written)
        changes = tuple(
            (name, before.get(name, ""), after.get(name, ""))
            for name in dict.fromkeys((*before, *after))
            if before.get(name) != after.get(name)
        )
        request = child_of(parent, written)
        if target_id != source_id and changes:
            plans.append(CopyPlan(parent=parent, request=request, changes=changes))
    return plans


def _scene(service: GenerationService, generation: Generation) -> str:
    return known_scene(generation, service.see_detail(generation.id))


def _copy(source: dict[str, Any], target: dict[str, Any], path: Sequence[str]) -> None:
    """Copy the field at `path`, or remove it where the source does not have it."""
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
