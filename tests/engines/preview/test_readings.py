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


def ignored(prompt: str, **parameters: Any) -> dict[str, str]:
    readings = brief(prompt, **parameters).readings
    return {r.choice: r.source for r in readings if r.aspect == "ignored"}


def test_what_changed_nothing_is_named_with_the_reason() -> None:
    told = ignored("a steampunk woman with a dirigible of dogs at sunset", lighting="studio")

    assert told["steampunk"] == "the preview has nothing for it"
    assert told["dogs"] == "not shown beside the subject"
    assert told["sunset"] == "your setting decides"
    assert "woman" not in told


@pytest.mark.parametrize(
    "prompt",
    [
        "a woman in a red dress walking on a beach at sunset",
        "close-up portrait of a chef, 85mm, bokeh, dramatic light",
        "two dogs in the snow, watercolor",
        'a sign that says "no entry"',
    ],
)
def test_nothing_is_called_ignored_that_was_understood(prompt: str) -> None:
    assert ignored(prompt) == {}


def test_a_long_prompt_names_a_few_ignored_words_and_counts_the_rest() -> None:
    told = ignored(" ".join(f"word{chr(97 + n)}ish" for n in range(20)))

    assert len(told) == 9
    assert "12 more words" in told


@pytest.mark.parametrize(
    ("prompt", "red"),
    [("a lightcoral car", True), ("a car painted red", True), ("a forest green car", False)],
)
def test_css_names_and_other_word_orders_paint_too(prompt: str, *, red: bool) -> None:
    paint = brief(prompt).main.paints.primary

    assert brief(prompt).main.painted
    assert (paint[0] > paint[1]) == red


def test_each_thing_has_its_own_colour() -> None:
    woman, car = brief("a woman in a green coat next to a red car").figures

    assert woman.paints.primary[1] > woman.paints.primary[0]
    assert car.paints.primary[0] > 2 * car.paints.primary[1]
