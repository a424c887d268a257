"""The table of states, the words for REST, and the quality score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.quality import quality_score
from core.domain.spelling import nearest
from core.domain.states import FINAL, MOVES, WAITING, State, may_move, rest_status
from core.domain.vocabulary import PARAMETER_NAMES, parameter, parameters


def test_every_state_is_in_the_table_and_an_end_can_be_reached_from_it() -> None:
    assert set(MOVES) == set(State)
    for state in State:
        reached = {state}
        while not reached & FINAL:
            further = set().union(*(MOVES[place] for place in reached)) | reached
            assert further != reached
            reached = further


def test_nothing_leaves_an_end_but_a_paid_picture_that_is_asked_for_again() -> None:
    assert {State.COMPLETED, State.FAILED, State.BLOCKED, State.CANCELLED} == FINAL
    left = {(end, state) for end in FINAL for state in State if may_move(end, state)}
    assert left == {(end, State.ACCEPTED) for end in (State.FAILED, State.BLOCKED, State.CANCELLED)}


def test_a_picture_is_completed_only_after_its_file_was_stored() -> None:
    sources = {state for state in State if may_move(state, State.COMPLETED)}

    assert sources == {State.DOWNLOADING}


def test_rest_reports_the_three_states_in_the_middle_as_processing() -> None:
    processing = {state for state in State if rest_status(state) == "processing"}

    assert processing == {State.SUBMITTING, State.ACCEPTED, State.DOWNLOADING}
    assert processing | {State.QUEUED} == WAITING
    assert rest_status(State.COMPLETED) == "completed"


@pytest.mark.parametrize(
    ("given_parameters", "has_image", "score"),
    [(0, False, 0.5), (0, True, 0.7), (1, True, 0.75), (3, False, 0.65), (6, True, 1.0)],
)
def test_the_quality_score_is_the_seeds_own(
    given_parameters: int, *, has_image: bool, score: float
) -> None:
    assert quality_score(given_parameters=given_parameters, has_image=has_image) == score


@given(st.integers(0, 100), st.booleans())
def test_the_quality_score_stays_between_a_half_and_one(given_count: int, has_image: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    assert 0.5 <= quality_score(given_parameters=given_count, has_image=has_image) <= 1.0


def test_the_vocabulary_holds_all_of_the_seeds_values() -> None:
    seed = {
        "camera_angle": {"eye-level", "low-angle", "high-angle", "dutch-tilt", "bird's-eye"},
        "fov": {"wide", "standard", "telephoto"},
        "lighting": {"natural", "studio", "dramatic", "golden-hour", "soft", "hard"},
        "color_palette": {"vibrant", "pastel", "monochrome", "warm", "cool", "neon"},
        "composition": {"rule-of-thirds", "centered", "dynamic", "minimal"},
        "style": {"photorealistic", "cinematic", "editorial", "commercial"},
    }
    for name, values in seed.items():
        assert values <= {value.value for value in parameter(name).values}


def test_every_word_has_label_hint_phrase_and_patch() -> None:
    assert tuple(entry.name for entry in parameters()) == PARAMETER_NAMES
    for entry in parameters():
        labels = [value.label for value in entry.values]
        assert len(set(labels)) == len(labels)
        for value in entry.values:
            assert value.label
            assert value.hint
            assert value.phrase
            assert value.patch


def test_the_nearest_word_is_none_when_nothing_comes_close() -> None:
    assert nearest("qqq", ["warm", "cool"]) is None
