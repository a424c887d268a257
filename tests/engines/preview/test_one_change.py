"""One change changes one thing, and nothing else."""

from typing import Any

import numpy as np
import pytest

from core.engines.preview import SUBJECT_IDS
from core.engines.preview.brief import understand
from core.engines.preview.scene import Scene, build_scene
from core.engines.preview.stage.person_look import imagine
from core.engines.preview.streams import stream
from tests.engines.preview.pictures import WOMAN, base_colours, only, picture, shot
from tests.engines.preview.values import VALUES

FIGURE = "a woman on a city street"


def scene(prompt: str = FIGURE, *, seed: int = 7, **parameters: Any) -> Scene:
    wanted = shot(prompt, seed=seed, **parameters)
    return build_scene(understand(wanted), seed, (wanted.width, wanted.height))


@pytest.mark.parametrize("seed", [1, 7, 2**62])
def test_composition_leaves_the_person_as_she_is(seed: int) -> None:
    usual = base_colours(scene(seed=seed))

    for value in VALUES["composition"]:
        assert base_colours(scene(seed=seed, composition=value)) == usual, value


@pytest.mark.parametrize("name", VALUES)
def test_no_parameter_changes_a_persons_look(name: str) -> None:
    usual = base_colours(scene())

    for value in VALUES[name]:
        assert base_colours(scene(**only(name, value))) == usual, value


def test_composition_shows_the_same_parts_of_the_person() -> None:
    def parts(composition: str) -> set[int]:
        ids = picture(WOMAN, side=192, composition=composition).object_ids
        return {int(part) for part in np.unique(ids) if part in SUBJECT_IDS}

    usual = set(base_colours(scene(WOMAN)))

    assert parts("centered") == parts("rule-of-thirds") <= usual
    assert parts("close-up") <= usual


def test_changing_the_light_moves_nothing() -> None:
    assert np.array_equal(
        picture(lighting="overcast").object_ids, picture(lighting="golden-hour").object_ids
    )


def test_changing_palette_or_film_moves_nothing() -> None:
    usual = picture().object_ids

    assert np.array_equal(picture(color_palette="cool").object_ids, usual)
    assert np.array_equal(picture(style="cinematic").object_ids, usual)


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = (picture.__wrapped__(side=96, style="watercolor") for _ in range(2))

    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert first.object_ids.tobytes() == second.object_ids.tobytes()


def test_another_seed_gives_another_picture() -> None:
    assert picture(seed=7).pixels.tobytes() != picture(seed=8).pixels.tobytes()


def test_other_seeds_give_other_people() -> None:
    brief = understand(shot(FIGURE))
    looks = {
        tuple(float(value) for paint in (look.skin, look.hair, look.upper) for value in paint)
        for look in (imagine(brief.main, seed) for seed in range(24))
    }

    assert len(looks) > 12


def test_streams_of_two_aspects_do_not_share_their_numbers() -> None:
    assert stream(7, "camera").random() == stream(7, "camera").random()
    assert stream(7, "camera").random() != stream(7, "light").random()


def test_a_large_seed_is_not_cut_to_32_bits() -> None:
    assert stream(1, "camera").random() != stream(1 + 2**32, "camera").random()


def test_words_of_the_prompt_dress_the_person() -> None:
    red, blue = scene("a man in a red coat"), scene("a man in a blue coat")

    assert base_colours(red) != base_colours(blue)
    assert base_colours(red).keys() == base_colours(blue).keys()
