"""Everyday words are read as the value that people mean by them, or as nothing."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.everyday_words import meant_value
from core.domain.request import parse_request
from core.domain.spelling import is_one_slip_apart, nearest
from core.domain.vocabulary import PARAMETER_NAMES, parameters
from core.errors import InvalidRequestError

TABLE = json.loads((files("core.domain") / "everyday_words.json").read_text(encoding="utf-8"))
EVERY_WORD = [
    (row["name"], value, word)
    for row in TABLE
    for value, words in row["words"].items()
    for word in words
]


@pytest.mark.parametrize(
    ("name", "written", "meant"),
    [
        ("lighting", "sunlight", "bright-daylight"),
        ("lighting", "soft light", "soft"),
        ("lighting", "rim light", "rim"),
        ("lighting", "Soft, diffused light", "soft"),
        ("lighting", "moonligth", "moonlight"),
        ("lighting", "Gegenlicht", "backlit"),
        ("lighting", "window light", "natural"),
        ("camera_angle", "dutch angle", "dutch-tilt"),
        ("camera_angle", "bird’s eye view", "bird's-eye"),
        ("camera_angle", "shot from below", "low-angle"),
        ("fov", "85 mm", "portrait"),
        ("fov", "35mm lens", "documentary"),
        ("color_palette", "cool tones", "cool"),
        ("color_palette", "colourful", "vibrant"),
        ("color_palette", "B&W", "monochrome"),
        ("composition", "centred", "centered"),
        ("style", "digital painting", "digital-illustration"),
        ("style", "Photo", "photorealistic"),
    ],
)
def test_the_words_of_a_trade_are_understood(name: str, written: str, meant: str) -> None:
    assert meant_value(name, written) == meant


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("lighting", "candlelight"),
        ("lighting", "highlight"),
        ("lighting", "not soft"),
        ("lighting", "ohne Gegenlicht"),
        ("lighting", "soft or hard"),
        ("lighting", "soft moonlight"),
        ("lighting", "sunset boulevard"),
        ("camera_angle", "profile"),
        ("camera_angle", "side"),
        ("fov", "100mm"),
        ("fov", "12 mm"),
        ("fov", "zoom"),
        ("color_palette", "natural colors"),
        ("composition", "portrait"),
        ("style", "anime"),
        ("style", "in the style of Vermeer"),
        ("style", ""),
        ("style", "..."),
    ],
)
def test_a_word_that_could_mean_another_value_gets_no_suggestion(name: str, written: str) -> None:
    assert meant_value(name, written) is None


def test_every_word_of_the_table_means_the_value_that_it_stands_under() -> None:
    for name, value, word in EVERY_WORD:
        assert (word, meant_value(name, word)) == (word, value)
        assert meant_value(name, f"  {word.upper()} ") == value


def test_every_value_of_every_parameter_has_words_and_a_source() -> None:
    assert [row["name"] for row in TABLE] == list(PARAMETER_NAMES)
    for row, parameter in zip(TABLE, parameters(), strict=True):
        assert set(row["words"]) == {entry.value for entry in parameter.values}
        assert row["source"]
    assert len(EVERY_WORD) > 900


def test_each_value_label_and_phrase_of_ours_means_itself() -> None:
    for parameter in parameters():
        for entry in parameter.values:
            for own in (entry.value, entry.value.replace("-", " "), entry.phrase, entry.label):
                assert meant_value(parameter.name, own.partition("·")[0]) == entry.value


def test_a_request_is_refused_with_the_value_that_was_meant() -> None:
    with pytest.raises(InvalidRequestError) as refused:
        parse_request({"prompt": "a lake", "lighting": "sunlight"})

    (problem,) = refused.value.problems
    assert problem.suggestion == "bright-daylight"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("promt", "prompt"),
        ("Camera Angle", "camera_angle"),
        ("aspect", "aspect_ratio"),
        ("lightning", "lighting"),
        ("model", None),
        ("speed", None),
        ("see", None),
        ("title", None),
        ("angle", "camera_angle"),
        ("", None),
    ],
)
def test_a_name_is_recognised_by_a_whole_word_or_one_slip(word: str, meant: str | None) -> None:
    names = ("prompt", "mode", "camera_angle", "lighting", "style", "aspect_ratio", "seed")

    assert nearest(word, names) == meant


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_one_slip_is_the_distance_of_one_by_the_textbook(one: str, other: str) -> None:
    expected = one[:1] == other[:1] and _alignment_distance(one, other) == 1

    assert is_one_slip_apart(one, other) == expected


def _alignment_distance(one: str, other: str) -> int:
    """Return the optimal string alignment distance by its recurrence (Boytsov, 2011, 2.1)."""
    rows = [[i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            differs = one[i - 1] != other[j - 1]
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + differs)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i][j] = best
    return rows[-1][-1]
