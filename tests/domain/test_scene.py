"""The structured prompt: read leniently, patched by parameters, written strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.scene import (
    apply_parameters,
    read_structured_prompt,
    scene_of,
    write_structured_prompt,
)
from core.domain.vocabulary import PARAMETER_NAMES, parameter
from core.errors import UnreadablePromptError

RING = """{"short_description": "A gold ring.", "objects": [{"description": "ring",
"location": "center", "number_of_objects": 1, "texture": null}], "background_setting": "velvet",
"lighting": {"conditions": "studio lighting", "direction": "front-lit", "shadows": "soft"},
"aesthetics": {"composition": "centered", "color_scheme": "gold", "preference_score": "high"},
"photographic_characteristics": {"camera_angle": "eye-level", "lens_focal_length": "macro"},
"style_medium": "photograph", "context": "an advertisement", "text_render": null}"""

words = st.text(max_size=20)
scenes = st.fixed_dictionaries(
    {},
    optional={
        "short_description": words,
        "lighting": st.fixed_dictionaries({}, optional={"conditions": words, "extra": words}),
        "aesthetics": st.fixed_dictionaries({}, optional={"composition": words}),
        "objects": st.lists(st.fixed_dictionaries({"description": words}), max_size=3),
        "something_new": st.integers() | words,
    },
)


def test_a_real_document_is_read_with_its_nulls_and_unknown_fields() -> None:
    scene = read_structured_prompt(RING)

    assert scene.objects[0].number_of_objects == 1
    assert scene.text_render == []
    assert scene.aesthetics is not None
    assert scene.aesthetics.model_extra == {"preference_score": "high"}


def test_a_list_of_words_and_a_bare_light_are_understood() -> None:
    scene = read_structured_prompt(
        {
            "lighting": "golden hour",
            "artistic_style": ["bold", "flat"],
            "objects": {"location": "x"},
        }
    )

    assert scene.lighting is not None
    assert scene.lighting.conditions == "golden hour"
    assert scene.artistic_style == "bold, flat"
    assert scene.objects[0].location == "x"


@given(scenes)
def test_reading_what_was_written_gives_the_same_scene(fields: dict[str, Any]) -> None:
    scene = read_structured_prompt(fields)

    assert read_structured_prompt(write_structured_prompt(scene)) == scene


@given(scenes, st.data())
def test_parameters_replace_their_own_fields_and_leave_the_rest(
    fields: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(PARAMETER_NAMES))
    value = data.draw(st.sampled_from(parameter(name).values))
    before = read_structured_prompt(fields)

    after = json.loads(write_structured_prompt(apply_parameters(before, {name: value.value})))

    for key, patch in value.patch.items():
        told = after[key]
        assert told == patch if isinstance(patch, str) else {**told, **patch} == told
    untouched = set(json.loads(write_structured_prompt(before))) - set(value.patch)
    assert untouched <= set(after)
    assert after.get("short_description") == fields.get("short_description")


def test_the_scene_of_a_request_holds_its_words_and_parameters() -> None:
    scene = json.loads(write_structured_prompt(scene_of("a cat", {"lighting": "golden-hour"})))

    assert scene["short_description"] == "a cat"
    assert scene["lighting"]["conditions"] == "golden hour"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{not json", "line 1, column 2"),
        ("[1, 2]", "cannot be read"),
        ('{"objects": "many"}', "objects"),
        ('{"lighting": {"conditions": {}}}', "lighting.conditions"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_rubbish_is_refused_with_its_place(text: str, where: str) -> None:
    with pytest.raises(UnreadablePromptError, match=where.replace(".", r"\.")):
        read_structured_prompt(text)
