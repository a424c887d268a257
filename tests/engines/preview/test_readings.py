"""How words become decisions, and what the page is told about them."""

from typing import Any

import pytest

from core.engines.preview.brief import Brief, understand
from tests.engines.preview.pictures import shot


def brief(prompt: str, **parameters: Any) -> Brief:
    return understand(shot(prompt, **parameters))


def told(prompt: str, aspect: str, **parameters: Any) -> tuple[str, str]:
    readings = {r.aspect: (r.choice, r.source) for r in brief(prompt, **parameters).readings}
    return readings[aspect]


def test_a_word_a_setting_and_a_default_name_their_source() -> None:
    prompt = "a woman at sunset"

    assert told(prompt, "stand-in") == ("person", "from 'woman'")
    assert told(prompt, "light") == ("golden hour", "from 'sunset'")
    assert told(prompt, "light", lighting="rim") == ("rim", "your setting")
    assert told(prompt, "composition") == ("centered", "default")


@pytest.mark.parametrize(
    ("prompt", "stand_in", "setting"),
    [
        ("portrait of a chef in a kitchen", "person", "room"),
        ("red sports car", "car", "street"),
        ("bottle of perfume on a beach", "bottle", "beach"),
        ("a horse in the desert", "animal", "desert"),
        ("an old barn", "building", "field"),
        ("snowy mountains", "landscape", "snow"),
        ("zeitgeist", "object", "studio"),
        ("carpets and scarves", "object", "studio"),
    ],
)
def test_the_earliest_noun_is_the_subject(prompt: str, stand_in: str, setting: str) -> None:
    understood = brief(prompt)

    assert (understood.stand_in, understood.setting) == (stand_in, setting)


@pytest.mark.parametrize(
    ("prompt", "light"),
    [
        ("a car at night, neon signs", "neon"),
        ("a car at night", "moonlight"),
        ("dusk over the city", "blue-hour"),
        ("a studio shot of a mug", "studio"),
        ("a dog in a room", "natural"),
    ],
)
def test_words_about_light_choose_the_light(prompt: str, light: str) -> None:
    assert brief(prompt).light == light


@pytest.mark.parametrize(
    ("prompt", "lens"),
    [("a man, 35mm", "documentary"), ("a man, 135mm", "telephoto"), ("macro of a rose", "macro")],
)
def test_words_about_lenses_choose_the_lens(prompt: str, lens: str) -> None:
    assert brief(prompt).lens == lens


def test_a_colour_goes_to_the_noun_behind_it() -> None:
    plain, painted = brief("a woman"), brief("a woman in a red dress, blue trousers, teal wall")

    assert not plain.main.painted
    assert painted.main.painted
    assert painted.main.painted_below
    assert painted.main.paints.primary[0] > 2 * painted.paints.primary[2]
    assert painted.main.paints.secondary[2] > 2 * painted.paints.secondary[0]
    assert painted.paints.backdrop[1] > 2 * painted.paints.backdrop[0]


def test_the_colour_of_light_or_eyes_paints_nothing() -> None:
    assert not brief("a woman with blue eyes in golden light").main.painted
