"""Requests: what is legal, what is refused and how, and when two are the same."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.request import (
    FRAME_SIZES,
    LARGEST_SEED,
    GenerationRequest,
    cache_key,
    canonical_form,
    parse_request,
)
from core.domain.vocabulary import PARAMETER_NAMES, parameter
from core.errors import InvalidRequestError, Problem
from tests.shared import needs_shared, shared

NAUGHTY = shared("data/big-list-of-naughty-strings/blns.json")

prompts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=3, max_size=60).filter(
    lambda text: len(unicodedata.normalize("NFC", text)) >= 3 and bool(text.strip())
)
choices = {
    name: st.none() | st.sampled_from([value.value for value in parameter(name).values])
    for name in PARAMETER_NAMES
}
requests = st.fixed_dictionaries(
    {
        "prompt": prompts,
        "mode": st.sampled_from(["ai", "manual"]),
        "aspect_ratio": st.sampled_from(list(FRAME_SIZES)),
        "seed": st.none() | st.integers(0, LARGEST_SEED),
        **choices,
    }
)


def key_of(fields: dict[str, Any]) -> str:
    return cache_key(canonical_form(parse_request(fields)))


def asked(prompt: str) -> tuple[GenerationRequest | None, list[str]]:
    try:
        return parse_request({"prompt": prompt}), []
    except InvalidRequestError as refusal:
        return None, [problem.message for problem in refusal.problems]


def problems_of(fields: dict[str, Any]) -> tuple[Problem, ...]:
    with pytest.raises(InvalidRequestError) as refusal:
        parse_request(fields)
    return refusal.value.problems


@given(requests)
def test_same_meaning_gives_the_same_key(fields: dict[str, Any]) -> None:
    told_otherwise = {name: value for name, value in fields.items() if value is not None}
    told_otherwise = dict(reversed(told_otherwise.items()))
    told_otherwise["prompt"] = unicodedata.normalize("NFD", fields["prompt"])
    if fields["seed"] is not None:
        told_otherwise["seed"] = float(fields["seed"])
    told_otherwise |= {"use_cache": False, "max_retries": 0, "project_id": 7}

    assert key_of(told_otherwise) == key_of(fields)


@given(requests, requests)
def test_other_meaning_gives_another_key(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = parse_request(one).model_dump() == parse_request(other).model_dump()

    assert (key_of(one) == key_of(other)) is same


@given(requests, st.sampled_from(PARAMETER_NAMES), st.data())
def test_changing_any_one_parameter_changes_the_key(
    fields: dict[str, Any], name: str, data: st.DataObject
) -> None:
    changed = {**fields, name: data.draw(choices[name].filter(lambda v: v != fields[name]))}

    assert key_of(changed) != key_of(fields)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"prompt": "a\r\ncat"}, {"prompt": "a\ncat"}),
        ({"prompt": "a\rcat"}, {"prompt": "a\ncat"}),
        ({"prompt": "café au lait"}, {"prompt": "cafe\u0301 au lait"}),
        ({"prompt": "a cat", "seed": 5}, {"prompt": "a cat", "seed": 5.0}),
        ({"prompt": "a cat", "seed": -0.0}, {"prompt": "a cat", "seed": 0}),
        ({"prompt": "a cat", "fov": None}, {"prompt": "a cat"}),
        ({"prompt": "a cat", "mode": "ai"}, {"prompt": "a cat"}),
    ],
)
def test_the_pitfalls_of_equal_requests_are_joined(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"prompt": "a cat"}, {"prompt": "a  cat"}),
        ({"prompt": "a cat"}, {"prompt": "a cat "}),
        ({"prompt": "a cat"}, {"prompt": "A cat"}),
        ({"prompt": "a cat", "seed": 0}, {"prompt": "a cat"}),
        ({"prompt": "a cat warm"}, {"prompt": "a cat", "color_palette": "warm"}),
        ({"prompt": "a cat", "engine": "preview"}, {"prompt": "a cat", "engine": "bria"}),
    ],
)
def test_what_may_change_the_picture_is_kept_apart(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize("name", PARAMETER_NAMES)
def test_every_word_of_the_vocabulary_is_accepted_and_kept(name: str) -> None:
    for value in parameter(name).values:
        assert parse_request({"prompt": "a cat", name: value.value}).parameters == {
            name: value.value
        }


@pytest.mark.parametrize(
    ("field", "value", "meant"),
    [
        ("lighting", "golden hr", "golden-hour"),
        ("lighting", "Golden Hour", "golden-hour"),
        ("camera_angle", "eye_level", "eye-level"),
        ("camera_angle", "bird’s eye", "bird's-eye"),
        ("fov", "tele-photo", "telephoto"),
        ("aspect_ratio", "16x9", "16:9"),
        ("mode", "manuel", "manual"),
    ],
)
def test_a_wrong_word_is_refused_with_the_nearest_allowed_one(
    field: str, value: str, meant: str
) -> None:
    (problem,) = problems_of({"prompt": "a cat", field: value})

    assert problem.field == field
    assert problem.suggestion == meant
    assert f'did you mean "{meant}"?' in problem.message


def test_a_word_like_no_other_is_refused_with_the_whole_list() -> None:
    (problem,) = problems_of({"prompt": "a cat", "style": "zzz"})

    assert problem.suggestion is None
    assert "photorealistic, cinematic" in problem.message


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({}, "prompt", "missing"),
        ({"prompt": None}, "prompt", "must be text"),
        ({"prompt": 12345}, "prompt", "must be text"),
        ({"prompt": ""}, "prompt", "is empty"),
        ({"prompt": " \n\t "}, "prompt", "is empty"),
        ({"prompt": "ab"}, "prompt", "2 characters"),
        ({"prompt": "e\u0301e\u0301"}, "prompt", "2 characters"),
        ({"prompt": "x" * 2001}, "prompt", "2,001 characters"),
        ({"prompt": "a \x00 cat"}, "prompt", "U+0000 at position 3"),
        ({"prompt": "a \x1b[0m cat"}, "prompt", "U+001B"),
        ({"prompt": "a \ud800 cat"}, "prompt", "U+D800"),
        ({"prompt": "a cat", "seed": "5"}, "seed", 'not "5"'),
        ({"prompt": "a cat", "seed": 1.5}, "seed", "not 1.5"),
        ({"prompt": "a cat", "seed": True}, "seed", "not true"),
        ({"prompt": "a cat", "seed": -1}, "seed", "not -1"),
        ({"prompt": "a cat", "seed": 2**31}, "seed", "2147483647"),
        ({"prompt": "a cat", "seed": float("nan")}, "seed", "not NaN"),
        ({"prompt": "a cat", "max_retries": 6}, "max_retries", "not 6"),
        ({"prompt": "a cat", "max_retries": None}, "max_retries", "not null"),
        ({"prompt": "a cat", "use_cache": "yes"}, "use_cache", 'not "yes"'),
        ({"prompt": "a cat", "lighting": ""}, "lighting", 'cannot be ""'),
        ({"prompt": "a cat", "lighting": ["soft"]}, "lighting", 'cannot be ["soft"]'),
        ({"prompt": "a cat", "lighting": "\ud800"}, "lighting", "cannot be"),
        ({"prompt": "a cat", "camra_angle": "low-angle"}, "camra_angle", '"camera_angle"'),
        ({"prompt": "a cat", "project_id": 0}, "project_id", "not 0"),
    ],
)
def test_bad_input_at_every_field_gives_one_sentence(
    fields: dict[str, Any], field: str, words: str
) -> None:
    (problem,) = problems_of(fields)

    assert problem.field == field
    assert words in problem.message
    assert problem.message.endswith((".", "?"))
    problem.message.encode()


def test_all_wrong_fields_are_named_at_once() -> None:
    problems = problems_of({"prompt": "ab", "seed": "x", "fov": "huge"})

    assert {problem.field for problem in problems} == {"prompt", "seed", "fov"}


def test_the_longest_prompt_is_counted_in_code_points() -> None:
    request = parse_request({"prompt": "😀" * 2000})

    assert len(request.prompt) == 2000


@needs_shared
def test_naughty_strings_become_a_request_or_one_sentence() -> None:
    accepted = 0
    for text in json.loads(NAUGHTY.read_text()):
        request, sentences = asked(text)
        if request is None:
            assert len(sentences) == 1
        else:
            accepted += 1
            assert request.prompt == unicodedata.normalize("NFC", text)
    assert accepted > 400


def test_a_request_cannot_be_changed_after_it_was_made() -> None:
    request = parse_request({"prompt": "a cat"})

    with pytest.raises(ValueError, match="frozen"):
        request.prompt = "a dog"  # type: ignore[misc]


def test_the_frame_has_about_one_megapixel_in_every_ratio() -> None:
    for ratio, (width, height) in FRAME_SIZES.items():
        wide, high = (int(part) for part in ratio.split(":"))
        assert abs(width / height - wide / high) < 0.02
        assert 0.95e6 < width * height < 1.1e6
        assert GenerationRequest(prompt="a cat", aspect_ratio=ratio).frame == (width, height)


def test_an_instruction_needs_a_scene_to_refine() -> None:
    with pytest.raises(InvalidRequestError, match="needs a structured prompt"):
        parse_request({"prompt": "a fox", "instruction": "make it night"})


@pytest.mark.parametrize("scene", ["{", "[]", "{}", '{"objects": 3}', "x" * 60_000])
def test_a_scene_that_cannot_be_read_is_refused(scene: str) -> None:
    with pytest.raises(InvalidRequestError, match="structured prompt"):
        parse_request({"prompt": "a fox", "structured_prompt": scene})


def test_a_draft_is_small_and_free_and_another_picture() -> None:
    draft = parse_request({"prompt": "a fox", "aspect_ratio": "16:9", "resolution": "draft"})
    full = parse_request({"prompt": "a fox", "aspect_ratio": "16:9"})

    assert draft.frame == (256, 145)
    assert canonical_form(draft) != canonical_form(full)
    assert "resolution" not in canonical_form(full)
    with pytest.raises(InvalidRequestError, match="Only the preview engine"):
        parse_request({"prompt": "a fox", "resolution": "draft", "engine": "bria"})
