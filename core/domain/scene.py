"""FIBO's structured prompt (VGL): read leniently, patched by parameters, written strictly.

Field names and order follow bria-vgl 0.10.0, dialect thales. Real documents omit fields and contain
nulls, so every field is optional; unknown keys are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from core.domain.vocabulary import parameter
from core.errors import UnreadablePromptError


def _as_text(value: object) -> object:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return str(value) if isinstance(value, int | float) else value


def _as_list(value: object) -> object:
    if value is None:
        return []
    return [value] if isinstance(value, dict) else value


def _conditions_only(value: object) -> object:
    return {"conditions": value} if isinstance(value, str) else value


Text = Annotated[str | None, BeforeValidator(_as_text)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)


class SceneObject(_Part):
    """One object in the picture and where it is."""

    description: Text = None
    location: Text = None
    relationship: Text = None
    relative_size: Text = None
    shape_and_color: Text = None
    texture: Text = None
    appearance_details: Text = None
    number_of_objects: int | None = None
    pose: Text = None
    expression: Text = None
    clothing: Text = None
    action: Text = None
    gender: Text = None
    skin_tone_and_texture: Text = None
    orientation: Text = None


class Lighting(_Part):
    """Where the light comes from and what it does."""

    conditions: Text = None
    direction: Text = None
    shadows: Text = None


class Aesthetics(_Part):
    """Composition, colour and mood."""

    composition: Text = None
    color_scheme: Text = None
    mood_atmosphere: Text = None


class Photography(_Part):
    """Camera and lens."""

    depth_of_field: Text = None
    focus: Text = None
    camera_angle: Text = None
    lens_focal_length: Text = None


class TextRender(_Part):
    """Words written in the picture."""

    text: Text = None
    location: Text = None
    size: Text = None
    color: Text = None
    font: Text = None
    appearance_details: Text = None


class StructuredPrompt(_Part):
    """The whole scene in FIBO's own fields."""

    short_description: Text = None
    objects: Annotated[list[SceneObject], BeforeValidator(_as_list)] = []
    background_setting: Text = None
    lighting: Annotated[Lighting | None, BeforeValidator(_conditions_only)] = None
    aesthetics: Aesthetics | None = None
    photographic_characteristics: Photography | None = None
    style_medium: Text = None
    artistic_style: Text = None
    context: Text = None
    text_render: Annotated[list[TextRender], BeforeValidator(_as_list)] = []


def read_structured_prompt(source: str | Mapping[str, Any]) -> StructuredPrompt:
    """Return the scene from a JSON string or an object, or raise UnreadablePromptError."""
    try:
        fields = json.loads(source) if isinstance(source, str) else dict(source)
        return StructuredPrompt.model_validate(fields)
    except (ValueError, RecursionError) as failure:
        where = ""
        if isinstance(failure, json.JSONDecodeError):
            where = f": it is not JSON (line {failure.lineno}, column {failure.colno})"
        elif isinstance(failure, ValidationError):
            place = ".".join(str(part) for part in failure.errors()[0]["loc"])
            where = f": {place or 'it'} has the wrong shape"
        raise UnreadablePromptError(
            f"The structured prompt cannot be read{where}.",
            advice="Paste the JSON exactly as FIBO returned it.",
        ) from failure


def write_structured_prompt(scene: StructuredPrompt) -> str:
    """Return the scene as a JSON string in FIBO's field order, without empty fields."""
    return json.dumps(scene.model_dump(exclude_defaults=True), ensure_ascii=False, allow_nan=False)


def apply_parameters(scene: StructuredPrompt, chosen: Mapping[str, str]) -> StructuredPrompt:
    """Return the scene with these parameters written in; all other fields stay."""
    fields = scene.model_dump(exclude_defaults=True)
    for name, value in chosen.items():
        entry = parameter(name).find(value)
        if entry is not None:
            _merge(fields, entry.patch)
    return StructuredPrompt.model_validate(fields)


def scene_of(prompt: str, chosen: Mapping[str, str]) -> StructuredPrompt:
    """Return the scene as known before any engine was asked: the prompt and the parameters."""
    return apply_parameters(StructuredPrompt(short_description=prompt), chosen)


def _merge(fields: dict[str, Any], patch: Mapping[str, Any]) -> None:
    for key, value in patch.items():
        if isinstance(value, Mapping):
            fields[key] = fields.get(key) or {}
            _merge(fields[key], value)
        else:
            fields[key] = value
