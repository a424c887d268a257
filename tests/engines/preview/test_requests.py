"""Whatever is asked for in the allowed form is drawn; everything else is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.preview import Shot, render
from core.engines.preview.brief import understand
from tests.engines.preview.pictures import shot
from tests.engines.preview.values import VALUES
from tests.examples import examples

HOSTILE = {
    "blank": "  \n\t ",
    "emoji": "👩‍🚀🚀 🔥🔥🔥",
    "right to left": "امرأة ترتدي معطفا أحمر في شارع المدينة",
    "long": "a very " * 280 + "long prompt",
    "control characters": "a\x00 dog\x1b[31m \x07on\u202e a beach\ud800",
    "regular expression": r"(((.*)+)+)+$ [a-z]{99} \b\d",
    "markup": "<script>alert('cat')</script> {{7*7}} %s %n",
}
NOUNS = (
    "couple",
    "car",
    "taxi",
    "bottle",
    "can of soda",
    "cup of tea",
    "horse",
    "cat",
    "burger",
    "cake",
    "flowers",
    "armchair",
    "house",
    "lighthouse",
    "mountain landscape",
    "a flux capacitor",
)
PLACES = ("room", "beach", "forest", "desert", "snow, snowing", "rainy street, neon", "field")


@pytest.mark.parametrize("prompt", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_text_is_drawn(prompt: str) -> None:
    drawn = render(shot(prompt, side=64))

    assert drawn.pixels.shape == (64, 64, 3)
    assert (drawn.object_ids >= 100).any()


@pytest.mark.parametrize("noun", NOUNS)
def test_every_stand_in_is_drawn(noun: str) -> None:
    assert (render(shot(noun, side=64)).object_ids >= 100).mean() > 0.01


@pytest.mark.parametrize("place", PLACES)
def test_every_setting_is_drawn(place: str) -> None:
    drawn = render(shot(f"a woman in a {place}", side=64))

    assert drawn.readings[1].source.startswith("from ")
    assert drawn.pixels.std() > 8


@pytest.mark.parametrize(
    ("width", "height"), [(64, 64), (64, 192), (192, 64), (65, 131), (257, 86), (1536, 64)]
)
def test_every_size_is_drawn(width: int, height: int) -> None:
    drawn = render(Shot(prompt="a man", parameters={}, seed=3, width=width, height=height))

    assert drawn.pixels.shape == (height, width, 3)
    assert drawn.object_ids.shape == (height, width)
    assert (drawn.object_ids >= 100).any()


@pytest.mark.parametrize("stand_in", ["a woman", "perfume bottle", "a car", "a lighthouse"])
@pytest.mark.parametrize("angle", VALUES["camera_angle"])
def test_every_angle_keeps_every_subject_in_the_picture(stand_in: str, angle: str) -> None:
    drawn = render(shot(stand_in, side=64, camera_angle=angle))

    assert (drawn.object_ids[8:56, 8:56] >= 100).mean() > 0.02


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_outside_its_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="seed"):
        shot(seed=seed)


@pytest.mark.parametrize("side", [0, 63, 1537])
def test_a_size_outside_its_range_is_refused(side: int) -> None:
    with pytest.raises(ValueError, match="pixels"):
        shot(side=side)


@given(
    prompt=st.text(max_size=200),
    parameters=st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(values) for name, values in VALUES.items()}
    ),
)
@settings(max_examples=examples(150), deadline=None)
def test_explicit_parameters_always_win(prompt: str, parameters: dict[str, str]) -> None:
    brief = understand(Shot(prompt=prompt, parameters=parameters, seed=1, width=64, height=64))
    decided = {
        "camera_angle": brief.angle,
        "fov": brief.lens,
        "lighting": brief.light,
        "color_palette": brief.palette,
        "composition": brief.composition,
        "style": brief.style,
    }

    assert {name: decided[name] for name in parameters} == parameters
    assert sum(reading.source == "your setting" for reading in brief.readings) == len(parameters)


@pytest.mark.parametrize("seed", range(4))
def test_no_house_stands_between_a_long_lens_and_its_subject(seed: int) -> None:
    wanted = shot(
        "a car on a street", side=64, seed=seed, camera_angle="three-quarter", fov="telephoto"
    )

    assert (render(wanted).object_ids >= 100).mean() > 0.1
