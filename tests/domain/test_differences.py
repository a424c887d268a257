"""What differs between scenes and between texts."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from core.domain.differences import compare_with_parent, differing, flat_fields, word_changes
from core.domain.vocabulary import parameter

Scene = Mapping[str, object]


def test_only_what_nobody_asked_for_is_drift() -> None:
    parent = {"lighting": {"conditions": "soft"}, "background_setting": "a wall", "objects": []}
    understood = {**parent, "lighting": {"conditions": "golden hour"}, "background_setting": "sea"}

    changes = compare_with_parent(
        asked=json.dumps(parent),
        understood=json.dumps(understood),
        parent=json.dumps(parent),
        wanted={"lighting": "golden-hour"},
        is_instructed=False,
    )
    told = {one.name: (one.is_changed, one.is_drift) for one in changes}

    assert told["lighting.conditions"] == (True, False)
    assert told["background_setting"] == (True, True)


def test_after_an_instruction_nothing_is_called_drift() -> None:
    changes = compare_with_parent(
        asked=None, understood='{"a": "1"}', parent='{"a": "2"}', wanted={}, is_instructed=True
    )

    assert [(one.is_changed, one.is_drift) for one in changes] == [(True, False)]


def test_asked_is_what_a_person_asked_for_and_never_what_the_engine_made_of_it() -> None:
    parent = {"style": "photo", "lighting": {"conditions": "soft"}, "background_setting": "a wall"}
    written = {**parent, "background_setting": "the sea"}

    def asked(scene: Scene | None, *, of: Scene | None) -> dict[str, str]:
        changes = compare_with_parent(
            asked=json.dumps(scene) if scene else None,
            understood=json.dumps({**parent, "mood": "calm"}),
            parent=json.dumps(of) if of else None,
            wanted={"lighting": "golden-hour"},
            is_instructed=False,
        )
        return {one.name: one.asked for one in changes if one.asked is not None}

    light = flat_fields(json.dumps(patch_of("lighting", "golden-hour")))
    assert light
    assert asked(None, of=None) == light
    assert asked(parent, of=parent) == light, "the scene of the parent was only passed on"
    assert asked(written, of=parent) == light | {"background_setting": "the sea"}
    whole = flat_fields(json.dumps(written)) | light
    assert asked(written, of=None) == whole


def patch_of(name: str, chosen: str) -> object:
    return next(one.patch for one in parameter(name).values if one.value == chosen)


def test_fields_are_named_by_their_way_through_the_scene() -> None:
    scene = '{"objects": [{"description": "a cup"}, {"description": "a pot"}], "n": null}'

    assert flat_fields(scene) == {
        "objects 1.description": "a cup",
        "objects 2.description": "a pot",
    }


def test_only_differing_fields_stay() -> None:
    assert differing([{"a": "1", "b": "2"}, {"a": "1"}]) == {"b": ("2", None)}


@given(st.text(max_size=60), st.text(max_size=60))
def test_word_changes_hold_both_texts(before: str, after: str) -> None:
    pieces = word_changes(before, after)

    assert "".join(one.text for one in pieces if one.kind != "added") == before
    assert "".join(one.text for one in pieces if one.kind != "removed") == after
