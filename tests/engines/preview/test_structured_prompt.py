"""FIBO's structured prompt drives the same renderer, and every picture gives one back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from core.domain.scene import read_structured_prompt, scene_of, write_structured_prompt
from core.domain.vocabulary import PARAMETER_NAMES
from core.engines.preview import Picture, Shot, render
from core.engines.preview.brief import Brief, understand
from core.engines.preview.scene import build_scene
from core.errors import UnreadablePromptError
from tests.engines.preview.values import VALUES

THINGS = [
    {
        "description": "a woman in a red dress",
        "location": "left",
        "relative_size": "large within frame",
    },
    {"description": "a brown dog", "location": "bottom-right foreground", "relative_size": "small"},
    {"description": "a blue car", "location": "right background", "relative_size": "medium"},
]


def scene(**fields: Any) -> str:
    return json.dumps({"background_setting": "a quiet beach", **fields})


def owned(prompt: str = "", *, start: str, side: int = 96, **parameters: str) -> Shot:
    return Shot(prompt=prompt, parameters=parameters, seed=7, width=side, height=side,
                structured_prompt=start)  # fmt: skip


def decided(brief: Brief) -> tuple[str, ...]:
    return (brief.setting, brief.weather, brief.angle, brief.lens, brief.light, brief.palette,
            brief.composition, brief.style)  # fmt: skip


def place_of(drawn: Picture, shot: Shot, number: int) -> tuple[float, float, float]:
    """Centre in half frames and height as a share of the picture's."""
    parts = build_scene(understand(shot), shot.seed, (shot.width, shot.height)).parts[number]
    rows, columns = np.isin(drawn.object_ids, np.array(parts)).nonzero()
    height, width = drawn.object_ids.shape
    tall = (rows.max() - rows.min() + 1) / height
    return columns.mean() * 2 / width - 1, 1 - rows.mean() * 2 / height, float(tall)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in VALUES for v in VALUES[n]])
def test_every_value_is_read_back_from_its_own_words(name: str, value: str) -> None:
    brief = understand(owned(start=write_structured_prompt(scene_of("a cat", {name: value}))))
    read = dict(zip(PARAMETER_NAMES, (brief.angle, brief.lens, brief.light, brief.palette,
                                      brief.composition, brief.style), strict=True))  # fmt: skip

    assert read[name] == value


def test_things_stand_where_they_are_said_to_and_as_large() -> None:
    shot = owned(start=scene(objects=THINGS), side=128)
    drawn = render(shot)
    woman, dog, car = (place_of(drawn, shot, number) for number in range(3))

    assert woman[0] < -0.2 < 0.2 < dog[0]
    assert car[0] > 0.2
    assert dog[1] < woman[1]
    assert woman[2] > 0.5
    assert dog[2] < 0.5 * woman[2]


def test_the_number_of_objects_is_built_and_a_fifth_thing_is_named_as_ignored() -> None:
    three = understand(
        owned(start=scene(objects=[{"description": "a pear", "number_of_objects": 3}]))
    )
    many = understand(owned(start=scene(objects=[{"description": f"a {n}"} for n in
                      ("dog", "cat", "cow", "pig", "goose")])))  # fmt: skip

    assert three.main.number == 3
    assert len(many.figures) == 4
    assert ("ignored", "a goose") in {(r.aspect, r.choice) for r in many.readings}


def test_lettering_changes_only_its_own_place() -> None:
    plain = owned(start=scene(objects=THINGS[:1]))
    text = {"text": "SALE", "location": "top-right", "size": "large", "color": "red"}
    lettered = owned(start=scene(objects=THINGS[:1], text_render=[text]))
    changed = (render(plain).pixels != render(lettered).pixels).any(axis=2)
    rows, columns = changed.nonzero()

    assert changed.sum() > 40
    assert rows.max() < 48
    assert columns.min() > 24


@pytest.mark.parametrize(
    ("instruction", "parameters", "expected"),
    [
        ("make it night", {}, ("beach", "moonlight")),
        ("put it in the snow", {}, ("snow", "golden-hour")),
        ("make it night", {"lighting": "studio"}, ("beach", "studio")),
        ("", {}, ("beach", "golden-hour")),
    ],
)
def test_setting_wins_over_instruction_and_instruction_over_scene(
    instruction: str, parameters: dict[str, str], expected: tuple[str, str]
) -> None:
    start = scene(objects=THINGS, lighting={"conditions": "golden hour"})
    brief = understand(owned(instruction, start=start, side=96, **parameters))

    assert (brief.setting, brief.light) == expected
    assert [figure.kind for figure in brief.figures] == ["person", "dog", "sedan"]


def test_an_instruction_adds_and_replaces_things() -> None:
    start = scene(objects=THINGS)

    def kinds(instruction: str) -> list[str]:
        return [figure.kind for figure in understand(owned(instruction, start=start)).figures]

    assert kinds("add a horse") == ["person", "dog", "sedan", "horse"]
    assert kinds("replace the dog with a cat") == ["person", "cat", "sedan"]


def test_a_setting_for_composition_places_the_main_figure_whatever_was_said() -> None:
    start = scene(objects=[{"description": "a woman", "location": "left"}])
    said, ruled = owned(start=start), owned(start=start, composition="centered")

    assert place_of(render(said), said, 0)[0] < -0.2
    assert abs(place_of(render(ruled), ruled, 0)[0]) < 0.08


FIELDS = (
    *("short_description", "objects", "background_setting", "lighting", "aesthetics"),
    *("photographic_characteristics", "style_medium", "artistic_style", "context"),
)


@pytest.mark.parametrize(
    "prompt", ["a woman in a red coat", "zeitgeist", "two cats in the snow", "🚀"]
)
def test_every_picture_tells_a_complete_scene(prompt: str) -> None:
    drawn = render(Shot(prompt=prompt, parameters={}, seed=7, width=64, height=64))
    told = json.loads(drawn.structured_prompt)

    assert all(told[field] for field in FIELDS)
    for part in ("lighting", "aesthetics", "photographic_characteristics"):
        assert all(told[part].values()), told[part]
    for thing in told["objects"]:
        assert all(thing[key] for key in ("description", "location", "relative_size",
                   "shape_and_color", "texture", "number_of_objects", "orientation"))  # fmt: skip


@pytest.mark.parametrize(
    "prompt",
    ["a woman in a red coat on a city street at night", "three dogs on a beach", "a blue teapot"],
)
def test_a_picture_can_be_started_from_its_own_scene(prompt: str) -> None:
    first = Shot(prompt=prompt, parameters={"camera_angle": "low-angle", "style": "cinematic"},
                 seed=7, width=64, height=64)  # fmt: skip
    brief = understand(first)
    again = understand(owned(start=render(first).structured_prompt))

    assert decided(again) == decided(brief)
    assert [(f.stand_in, f.number) for f in again.figures] == [
        (f.stand_in, f.number) for f in brief.figures
    ]


def test_the_words_a_scene_started_with_are_kept_and_changes_written_over_them() -> None:
    start = scene(objects=THINGS, aesthetics={"mood_atmosphere": "serene"},
                  lighting={"conditions": "golden hour, hazy"}, my_own_field="kept")  # fmt: skip
    kept = read_structured_prompt(render(owned(start=start)).structured_prompt)
    night = read_structured_prompt(render(owned("make it night", start=start)).structured_prompt)

    assert kept.lighting is not None
    assert night.lighting is not None
    assert kept.lighting.conditions == "golden hour, hazy"
    assert night.lighting.conditions == "cool moonlight, nighttime"
    assert kept.model_dump()["my_own_field"] == "kept"
    assert night.objects[0].description == "a woman in a red dress"


def test_a_structured_prompt_that_is_none_is_refused() -> None:
    with pytest.raises(UnreadablePromptError):
        understand(owned(start="{not json"))
