"""The script: what a request says about each aspect, from a prompt or a structured prompt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.scene import SceneObject, StructuredPrompt, TextRender, read_structured_prompt
from core.domain.vocabulary import PARAMETER_NAMES, parameter
from core.engines.preview.figure import Spot
from core.engines.preview.nouns import find_nouns
from core.engines.preview.places import depth_of, size_of, spot_of
from core.engines.preview.shot import Shot
from core.engines.preview.subjects import (
    MOST_COPIES,
    MOST_FIGURES,
    Mention,
    mentions_in,
    number_before,
)

QUOTED = re.compile(
    r"\b(?:says?|saying|reads?|reading|titled|text|words?|letters|written|spell\w*|phrase|message"
    r"|labell?ed)\b[^\"“'\u2018]{0,24}[\"“'\u2018]([^\"”'’]{1,48})[\"”'’]",
    re.IGNORECASE,
)
_ADDING = r"\badd|\bput\b|\bplace\b|\bwith\b|\bplus\b|next to|beside"
_REPLACING = r"\breplace|\binstead|\bturn\b|\bchange\b|\bswap|\binto\b|\bbecome"


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing to be shown and where it was asked to be."""

    mention: Mention
    spot: Spot | None = None
    size: float | None = None
    depth: float = 0.0


@dataclass(frozen=True, slots=True)
class Script:
    """What was said, in lower case, sorted by what it is about."""

    spoken: str
    """The prompt: the scene itself, or an instruction that changes it."""
    place: str
    """What a structured prompt says about place and weather."""
    fields: Mapping[str, str]
    """What a structured prompt says about each parameter."""
    exact: Mapping[str, str]
    """Parameter values whose own words stand in the structured prompt."""
    cues: tuple[Cue, ...]
    lettering: tuple[TextRender, ...]
    scene: StructuredPrompt | None
    cut: tuple[str, ...] = field(default=())
    """Descriptions of things beyond the most a picture holds."""


def lowered(*texts: str | None) -> str:
    """Return the texts as one padded line in lower case."""
    return f" {' '.join(' '.join(text for text in texts if text).lower().split())} "


def read_script(shot: Shot) -> Script:
    """Return what a shot says.

    Raises:
        UnreadablePromptError: if the structured prompt is not one.
    """
    spoken = lowered(shot.prompt)
    if not shot.structured_prompt:
        stated = tuple(Cue(mention) for mention in mentions_in(spoken))
        return Script(spoken, "", {}, {}, stated, _quoted(shot.prompt), None)
    scene = read_structured_prompt(shot.structured_prompt)
    cues = [_cue(thing) for thing in scene.objects[:MOST_FIGURES]]
    if not cues:
        words = lowered(scene.short_description, scene.background_setting)
        cues = [Cue(mention) for mention in mentions_in(words)]
    cues = _revised(cues, spoken)
    return Script(
        spoken=spoken,
        place=lowered(scene.background_setting, "." if scene.background_setting else
                      scene.short_description),
        fields={name: lowered(*_FIELDS[name](scene)) for name in PARAMETER_NAMES},
        exact=_exact_values(scene),
        cues=tuple(cues),
        lettering=(*scene.text_render[:MOST_FIGURES], *_quoted(shot.prompt)),
        scene=scene,
        cut=tuple(thing.description or "" for thing in scene.objects[MOST_FIGURES:]),
    )  # fmt: skip


def _cue(thing: SceneObject) -> Cue:
    stated = lowered(thing.description)
    more = lowered(
        thing.description, thing.gender, thing.clothing, thing.pose, thing.action,
        thing.shape_and_color, thing.appearance_details,
    )  # fmt: skip
    first = mentions_in(stated)[0]
    number = min(MOST_COPIES, max(1, thing.number_of_objects or first.number))
    mention = Mention(first.noun, more, number)
    if mention.stand_in == "person" and number > 1:
        mention = mentions_in(lowered("two people" if number == 2 else "a group of people"))[0]
        mention = Mention(mention.noun, more, number)
    return Cue(mention, spot_of(thing.location), size_of(thing.relative_size),
               depth_of(thing.location))  # fmt: skip


def _revised(cues: list[Cue], spoken: str) -> list[Cue]:
    # An instruction may add a thing, or put it in the place of the one it names before.
    nouns = [noun for noun in find_nouns(spoken) if noun.tier == 0]
    named = [n for n, cue in enumerate(cues) if any(cue.mention.kind == x.kind for x in nouns)]
    for noun in nouns:
        if any(noun.kind == cue.mention.kind for cue in cues):
            continue
        words = spoken[max(0, noun.start - 24) :]
        mention = Mention(noun, f" {words}", number_before(spoken, noun.start))
        if re.search(_REPLACING, spoken):
            gone = named[0] if named else 0
            old = cues[gone]
            return [*cues[:gone], Cue(mention, old.spot, old.size, old.depth), *cues[gone + 1 :]]
        if re.search(_ADDING, spoken) and len(cues) < MOST_FIGURES:
            cues = [*cues, Cue(mention)]
    return cues


def _quoted(prompt: str) -> tuple[TextRender, ...]:
    return tuple(
        TextRender(text=found.group(1), location="bottom")
        for found in list(QUOTED.finditer(prompt))[:1]
    )


def _angle(scene: StructuredPrompt) -> tuple[str | None, ...]:
    camera = scene.photographic_characteristics
    return (camera.camera_angle,) if camera else ()


def _lens(scene: StructuredPrompt) -> tuple[str | None, ...]:
    camera = scene.photographic_characteristics
    return (camera.lens_focal_length,) if camera else ()


def _light(scene: StructuredPrompt) -> tuple[str | None, ...]:
    light = scene.lighting
    return (light.conditions, light.direction) if light else ()


def _colours(scene: StructuredPrompt) -> tuple[str | None, ...]:
    return (scene.aesthetics.color_scheme,) if scene.aesthetics else ()


def _composition(scene: StructuredPrompt) -> tuple[str | None, ...]:
    return (scene.aesthetics.composition,) if scene.aesthetics else ()


def _style(scene: StructuredPrompt) -> tuple[str | None, ...]:
    return scene.style_medium, scene.artistic_style, scene.context


_FIELDS = {
    "camera_angle": _angle,
    "fov": _lens,
    "lighting": _light,
    "color_palette": _colours,
    "composition": _composition,
    "style": _style,
}


def _exact_values(scene: StructuredPrompt) -> dict[str, str]:
    # A value whose patch stands in the scene, word for word; the longest patch says most.
    given = scene.model_dump(exclude_none=True)
    found = {}
    for name in PARAMETER_NAMES:
        fitting = [entry for entry in parameter(name).values if _holds(given, entry.patch)]
        if fitting:
            found[name] = max(fitting, key=lambda entry: len(str(entry.patch))).value
    return found


def _holds(given: Mapping[str, object], patch: Mapping[str, object]) -> bool:
    for key, value in patch.items():
        have = given.get(key)
        if isinstance(value, Mapping):
            if not isinstance(have, Mapping) or not _holds(have, value):
                return False
        elif have != value:
            return False
    return True
