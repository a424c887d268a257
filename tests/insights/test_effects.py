"""Planted effects are found; where none was planted, the interval holds 0 as often as it says."""

from __future__ import annotations

import random

import pytest

from core.insights.effects import Effect, RatedPicture, find_effects, first_pictures, t_quantile

RUNS = 200


def ratings(seed: int, *, per_prompt: int = 6, prompts: int = 12) -> list[RatedPicture]:
    chance = random.Random(seed)  # noqa: S311 - the same each time
    found = []
    for prompt in range(prompts):
        liked = chance.gauss(3, 1)
        for _ in range(per_prompt):
            light, style = (
                chance.choice(["soft", "hard"]),
                chance.choice(["cinematic", "editorial"]),
            )
            stars = liked + (light == "soft") * 1.0 + chance.gauss(0, 0.9)
            values = {"lighting": light, "style": style}
            found.append(
                RatedPicture(prompt=str(prompt), engine="bria", values=values, stars=round(stars))
            )
    return found


def effect(pictures: list[RatedPicture], value: str) -> Effect:
    return next(one for one in find_effects(pictures).found if one.value == value)


def test_a_parameter_without_effect_covers_0_in_about_95_of_100_runs() -> None:
    nulls = [effect(ratings(seed), "cinematic") for seed in range(RUNS)]

    covered = sum(not one.is_clear for one in nulls)
    # binomial(200, 0.95): outside 177..199 in fewer than one of 1,000 suites
    assert 177 <= covered <= 199


def test_a_planted_star_is_recovered() -> None:
    found = [effect(ratings(seed), "soft") for seed in range(40)]

    assert sum((one.low or 0) <= 1.0 <= (one.high or 0) for one in found) >= 33
    assert sum(one.stars or 0 for one in found) / 40 == pytest.approx(1.0, abs=0.15)


def test_a_prompt_that_people_like_lends_no_stars_to_a_value() -> None:
    liked = [("soft", 5), ("soft", 5), ("hard", 5)]
    disliked = [("hard", 1), ("hard", 1), ("soft", 1)]
    pictures = [
        RatedPicture(prompt=str(n), engine="bria", values={"lighting": light}, stars=stars)
        for n in range(8)
        for light, stars in (liked if n % 2 else disliked)
    ]

    assert effect(pictures, "soft").stars == pytest.approx(0.0, abs=1e-9)


def test_too_few_ratings_say_how_many_are_missing() -> None:
    few = effect(ratings(1, per_prompt=2, prompts=2), "soft")

    assert (few.stars, few.low) == (None, None)
    assert 40 <= few.missing <= first_pictures() <= 50
    assert find_effects([]).found == ()


@pytest.mark.parametrize(("freedom", "quantile"), [(4, 2.7764), (10, 2.2281), (100, 1.9840)])
def test_the_quantile_of_student_is_that_of_the_tables(freedom: int, quantile: float) -> None:
    assert t_quantile(freedom) == pytest.approx(quantile, rel=0.005)
