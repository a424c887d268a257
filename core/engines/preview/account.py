"""The account: the whole picture told as FIBO's structured prompt."""

from __future__ import annotations

from core.domain.scene import (
    SceneObject,
    StructuredPrompt,
    TextRender,
    apply_parameters,
)
from core.domain.vocabulary import PARAMETER_NAMES, parameter
from core.engines.preview.arrays import Integers
from core.engines.preview.brief import Brief
from core.engines.preview.figure import Figure
from core.engines.preview.figure_account import told_object
from core.engines.preview.places import location_words, size_words
from core.engines.preview.reader import YOUR_SETTING
from core.engines.preview.scene import Scene
from core.engines.preview.shot import Shot

_PLACES = {
    "studio": "a seamless studio backdrop",
    "street": "a city street with rows of houses and a skyline",
    "room": "the interior of a room with floorboards, a wall and furniture",
    "beach": "a sandy beach with the sea behind it",
    "forest": "a forest with a path",
    "mountain": "an alpine valley with a lake and snow-capped mountains",
    "desert": "a desert with cacti and distant hills",
    "snow": "a snowy winter landscape",
    "field": "a green field with trees",
}
_WEATHER = {"dry": "", "rain": ", in the rain", "snowfall": ", in falling snow"}
_OWN_LIGHTS = {  # rigs that the six parameters have no word for
    "neon": (
        "neon lighting",
        "magenta from the left, cyan from the right",
        "deep, coloured shadows",
    ),
    "high-key": ("high-key lighting", "even, from all sides", "no visible shadows"),
    "candlelight": ("candlelight", "low, warm and from the front-left", "deep, soft shadows"),
}
_ASPECTS = ("angle", "lens", "light", "palette", "composition", "style")


def account(shot: Shot, scene: Scene, ids: Integers) -> StructuredPrompt:
    """Return the structured prompt of a finished picture; no field of FIBO's is left empty.

    A picture that started from a structured prompt keeps its words, and what was changed is
    written over them.
    """
    brief = scene.brief
    objects = [
        _placed(told_object(brief, figure, shot.seed), ids, parts)
        for figure, parts in zip(brief.figures, scene.parts, strict=True)
    ]
    own = apply_parameters(
        StructuredPrompt.model_validate(_frame(shot, brief, objects)), _values(brief)
    )
    if brief.scene is None:
        return own
    return _continued(brief, own)


def _values(brief: Brief) -> dict[str, str]:
    # What was decided, where the vocabulary has a word for it.
    decided = dict(zip(PARAMETER_NAMES, (getattr(brief, a) for a in _ASPECTS), strict=True))
    return {name: v for name, v in decided.items() if parameter(name).find(v) is not None}


def _placed(thing: SceneObject, ids: Integers, parts: range) -> SceneObject:
    # Where it is and how large it is, as the finished picture has it.
    mask = (ids >= parts.start) & (ids < parts.stop)
    rows, columns = mask.nonzero()
    height, width = mask.shape
    if not rows.size:
        return thing.model_copy(update={"location": "hidden", "relative_size": "very small"})
    spot = (float(columns.mean()) * 2 / width - 1, 1 - float(rows.mean()) * 2 / height)
    share = float(rows.max() - rows.min() + 1) / height
    return thing.model_copy(
        update={"location": location_words(spot), "relative_size": size_words(share)}
    )


def _frame(shot: Shot, brief: Brief, objects: list[SceneObject]) -> dict[str, object]:
    stated = [thing.model_dump(exclude_defaults=True) for thing in objects]
    stated[0]["relationship"] = "the main subject"
    for thing in stated[1:]:
        thing["relationship"] = f"beside {objects[0].description}"
    light = _OWN_LIGHTS.get(brief.light, (brief.light.replace("-", " "), "", ""))
    return {
        "short_description": shot.prompt.strip() or objects[0].description,
        "objects": stated,
        "background_setting": _PLACES[brief.setting] + _WEATHER[brief.weather],
        "lighting": dict(zip(("conditions", "direction", "shadows"), light, strict=True)),
        "aesthetics": {
            "composition": brief.composition.replace("-", " "),
            "color_scheme": "natural colors",
            "mood_atmosphere": "neutral",
        },
        "photographic_characteristics": {
            "depth_of_field": _depth_of_field(brief),
            "focus": f"sharp focus on {objects[0].description}",
            "camera_angle": brief.angle,
            "lens_focal_length": brief.lens,
        },
        "style_medium": "photograph",
        "artistic_style": "realistic, detailed",
        "context": "a previsualization with rendered stand-ins",
        "text_render": [_told_text(text) for text in brief.lettering],
    }


def _depth_of_field(brief: Brief) -> str:
    if brief.focus:
        return brief.focus
    return "shallow" if brief.lens in {"portrait", "telephoto", "macro"} else "deep"


def _told_text(text: TextRender) -> dict[str, object]:
    plain = {"location": "bottom", "size": "medium", "color": "white", "font": "sans-serif",
             "appearance_details": "plain letters"}  # fmt: skip
    return plain | text.model_dump(exclude_none=True)


def _continued(brief: Brief, own: StructuredPrompt) -> StructuredPrompt:
    # The words the picture started from, what is missing from ours, what was changed over them.
    given = brief.scene.model_dump(exclude_defaults=True) if brief.scene else {}
    ours = own.model_dump(exclude_defaults=True)
    merged = _filled(given, ours)
    merged["objects"] = _objects(given, ours, brief.figures)
    changed = {
        reading.aspect for reading in brief.readings
        if reading.source == YOUR_SETTING
        or (reading.source.startswith("from") and "structured prompt" not in reading.source)
    }  # fmt: skip
    if "setting" in changed or "weather" in changed:
        merged["background_setting"] = ours["background_setting"]
    if "light" in changed:
        merged["lighting"] = ours["lighting"]
    camera = merged["photographic_characteristics"]
    if "focus" in changed and isinstance(camera, dict):
        camera["depth_of_field"] = _depth_of_field(brief)
    labels = ("camera", "lens", "light", "palette", "composition", "style")
    values = _values(brief)
    fresh = {
        name: values[name]
        for name, label in zip(PARAMETER_NAMES, labels, strict=True)
        if label in changed and name in values
    }
    return apply_parameters(StructuredPrompt.model_validate(merged), fresh)


def _filled(given: dict[str, object], ours: dict[str, object]) -> dict[str, object]:
    merged = dict(ours)
    for key, value in given.items():
        own = merged.get(key)
        if isinstance(value, dict) and isinstance(own, dict):
            merged[key] = _filled(value, own)
        elif value not in (None, "", []):
            merged[key] = value
    return merged


def _objects(
    given: dict[str, object], ours: dict[str, object], figures: tuple[Figure, ...]
) -> list[object]:
    # What was there keeps its own words; what the instruction added or replaced gets ours.
    before, now = given.get("objects") or [], ours.get("objects") or []
    assert isinstance(before, list)  # noqa: S101 - the scene was validated when it was read
    assert isinstance(now, list)  # noqa: S101
    stated: list[object] = []
    for number, (thing, figure) in enumerate(zip(now, figures, strict=True)):
        old = before[number] if number < len(before) else None
        kept = old is not None and figure.noun in str(old.get("description", "")).lower()
        stated.append(_filled(old, thing) if kept and old else thing)
    return [*stated, *before[len(now) :]]
