"""Every noun the preview knows has a figure of its own."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from core.engines.preview.brief import understand
from core.engines.preview.modeller import Modeller, Placement
from core.engines.preview.nouns import find_nouns, vocabulary
from core.engines.preview.scene import build_scene
from core.engines.preview.stage.anatomy import ANATOMIES
from core.engines.preview.stage.cast import add_figure
from core.engines.preview.stage.roles import ROLES
from core.engines.preview.subjects import mentions_in
from tests.engines.preview.pictures import base_colours, centre, picture, shot, subject

THINGS = vocabulary()["things"]
KINDS = [(stand_in, kind, words) for stand_in, kinds in THINGS.items()
         for kind, words in kinds.items()]  # fmt: skip
TOLD_APART = ("dog", "horse", "cat", "elephant", "giraffe", "rabbit", "crocodile")


@pytest.mark.parametrize(("stand_in", "kind", "words"), KINDS, ids=[kind for _, kind, _ in KINDS])
def test_every_kind_is_built_and_stands_on_the_ground(
    stand_in: str, kind: str, words: list[str]
) -> None:
    brief = understand(shot(f"a {words[0]}"))
    model = Modeller(100)
    add_figure(model, brief, 0, 7, Placement())

    lowest = min(float(solid.centre[2]) - solid.radius for solid in model.solids)
    highest = max(float(solid.centre[2]) + solid.radius for solid in model.solids)
    assert brief.main.stand_in == stand_in or brief.main.kind == kind
    assert highest > 0.4
    assert lowest < 0.35 or kind == "fan"


def test_every_stand_in_has_a_role_and_every_animal_an_anatomy() -> None:
    assert set(THINGS) | {"landscape", "interior", "object"} == set(ROLES)
    assert set(THINGS["animal"]) == set(ANATOMIES)


@pytest.mark.parametrize(("one", "other"), list(combinations(TOLD_APART, 2)))
def test_animals_can_be_told_apart_by_their_outline(one: str, other: str) -> None:
    masks = [subject(picture(f"a {name}", side=96)) for name in (one, other)]
    shared = (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum()

    assert shared < 0.72


@pytest.mark.parametrize(
    ("prompt", "count"), [("a dog", 1), ("two dogs", 2), ("three red apples", 3), ("many cats", 5)]
)
def test_a_number_before_a_noun_is_the_number_of_things(prompt: str, count: int) -> None:
    assert understand(shot(prompt)).main.number == count


def test_two_dogs_take_twice_the_room_of_one() -> None:
    one, two = (
        len(build_scene(understand(shot(p)), 7, (64, 64)).solids) for p in ("a dog", "two dogs")
    )

    assert two == 2 * one


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("a cup of coffee", ["cup"]),
        ("a perfume bottle", ["perfume"]),
        ("an oil painting of a dog", ["dog"]),
        ("a man with a dog and a cat", ["person", "dog", "cat"]),
        ("a woman next to a red car", ["person", "sedan"]),
        ("a dog wearing boots", ["dog"]),
        ("a lake with no boats", ["lake"]),
        ("a beach with a horse", ["horse"]),
    ],
)
def test_the_subject_is_read_with_what_stands_beside_it(prompt: str, told: list[str]) -> None:
    assert [mention.kind for mention in mentions_in(f" {prompt} ")] == told


def test_of_a_compound_only_the_head_counts() -> None:
    assert [noun.kind for noun in find_nouns(" a dog house ")] == ["house"]


def test_what_stands_beside_the_subject_is_in_the_picture() -> None:
    wanted = shot("a woman next to a red car on a street")
    scene = build_scene(understand(wanted), 7, (wanted.width, wanted.height))
    ids = picture("a woman next to a red car on a street").object_ids

    for parts in scene.parts:
        assert np.isin(ids, np.array(parts)).mean() > 0.01


def test_a_mannequin_is_grey_by_word_and_by_option() -> None:
    by_word = build_scene(understand(shot("a mannequin")), 7, (64, 64))
    wanted = shot("a woman in a red dress")
    by_option = build_scene(
        understand(type(wanted)(prompt=wanted.prompt, parameters={}, seed=7, width=64, height=64,
                                mannequins=True)), 7, (64, 64))  # fmt: skip

    for scene in (by_word, by_option):
        paints = {paint for each in base_colours(scene).values() for paint in each}
        assert all(max(paint) - min(paint) < 0.03 for paint in paints)


@pytest.mark.parametrize("pose", ["sitting", "running", "waving", "pointing", "dancing"])
def test_a_pose_changes_the_outline(pose: str) -> None:
    still, posed = subject(picture("a man standing")), subject(picture(f"a man {pose}"))

    assert (still ^ posed).sum() > 0.15 * still.sum()
    assert abs(centre(picture(f"a man {pose}"))[0]) < 0.2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a woman in a red dress", "a woman in a red coat"),
        ("a woman with long hair", "a bald woman"),
        ("a man", "a man with a beard"),
        ("a man in a t-shirt", "a man in a suit"),
    ],
)
def test_words_about_clothes_and_hair_show(one: str, other: str) -> None:
    first, second = (build_scene(understand(shot(p)), 7, (64, 64)) for p in (one, other))

    assert base_colours(first) != base_colours(second)
