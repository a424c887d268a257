"""Every value does what its name says, and any two values of a parameter can be told apart."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise

import pytest

from core.engines.preview import Picture
from tests.engines.preview.pictures import BOTTLE, WOMAN, area, centre, only, picture, warmth
from tests.engines.preview.traits import (
    TRAITS,
    asymmetry,
    band,
    contrast,
    detail,
    distance,
    edge_light,
    foreground,
    lean,
    luminance,
    measured,
    paper,
    relief,
    saturation,
    shadow,
    sky,
    subject_light,
    tallness,
)
from tests.engines.preview.values import VALUES

SHOWN_ON = {
    "camera_angle": WOMAN,
    "fov": WOMAN,
    "lighting": "a man in a navy suit",
    "color_palette": BOTTLE,
    "composition": WOMAN,
    "style": BOTTLE,
}
Seen = Callable[[str], Picture]


def shows(name: str) -> Seen:
    return lambda value: picture(SHOWN_ON[name], **only(name, value))


CAMERA: dict[str, Callable[[Seen], bool]] = {
    "eye-level": lambda see: sky(see("eye-level")) > 0 and lean(see("eye-level")) < 2,
    "low-angle": lambda see: (
        sky(see("low-angle")) > 2 * sky(see("eye-level"))
        and distance(see("low-angle")) < distance(see("eye-level"))
    ),
    "high-angle": lambda see: (
        sky(see("high-angle")) == 0 and 2 * relief(see("eye-level")) < relief(see("high-angle"))
    ),
    "bird's-eye": lambda see: relief(see("bird's-eye")) > 1.2 * relief(see("high-angle")),
    "worm's-eye": lambda see: relief(see("worm's-eye")) > 1.5 * relief(see("low-angle")),
    "dutch-tilt": lambda see: 14 < lean(see("dutch-tilt")) < 20,
    "over-the-shoulder": lambda see: (
        foreground(see("over-the-shoulder")) > 0.2
        and abs(centre(see("over-the-shoulder"))[0]) > 0.15
    ),
    "three-quarter": lambda see: (
        sky(see("three-quarter")) < sky(see("eye-level"))
        and relief(see("three-quarter")) > 1.5 * relief(see("eye-level"))
    ),
    "flat-lay": lambda see: (
        sky(see("flat-lay")) == 0
        and tallness(see("flat-lay")) > 0.6
        and relief(see("flat-lay")) < 0.1
    ),
    "point-of-view": lambda see: (
        foreground(see("point-of-view")) > 0.1 and foreground(see("eye-level")) == 0
    ),
}
_FURTHER = ("fisheye", "ultra-wide", "wide", "documentary", "standard", "telephoto")


def _stands_behind(short: str, long: str) -> Callable[[Seen], bool]:
    # who is framed alike by a longer lens stands farther away, and is flatter for it
    return lambda see: (
        distance(see(long)) > 1.02 * distance(see(short)) and relief(see(long)) < relief(see(short))
    )


LENSES: dict[str, Callable[[Seen], bool]] = {
    **{long: _stands_behind(short, long) for short, long in pairwise(_FURTHER)},
    "fisheye": lambda see: area(see("fisheye")) < area(see("wide")),
    "portrait": lambda see: area(see("portrait")) > 2 * area(see("standard")),
    "macro": lambda see: area(see("macro")) > 0.4 and distance(see("macro")) < 2,
    "tilt-shift": lambda see: band(see("tilt-shift")) > 1.5 * band(see("standard")),
}
LIGHTS: dict[str, Callable[[Seen], bool]] = {
    "natural": lambda see: asymmetry(see("natural")) > 2 * asymmetry(see("studio")),
    "bright-daylight": lambda see: luminance(see("bright-daylight")) > luminance(see("studio")),
    "overcast": lambda see: shadow(see("overcast")) == min(shadow(see(v)) for v in LIGHTS),
    "golden-hour": lambda see: warmth(see("golden-hour")) > 0.1,
    "blue-hour": lambda see: (
        warmth(see("blue-hour")) < -0.08
        and luminance(see("blue-hour")) < luminance(see("overcast"))
    ),
    "studio": lambda see: (
        abs(warmth(see("studio"))) < 0.03 and shadow(see("studio")) < shadow(see("hard"))
    ),
    "soft": lambda see: paper(see("soft")) > 0.6 and shadow(see("soft")) < shadow(see("natural")),
    "hard": lambda see: shadow(see("hard")) > 1.3 * shadow(see("studio")),
    "dramatic": lambda see: (
        shadow(see("dramatic")) == max(shadow(see(v)) for v in LIGHTS)
        and luminance(see("dramatic")) < 0.4
    ),
    "backlit": lambda see: (
        subject_light(see("backlit")) < 0.15
        and edge_light(see("backlit")) > 3 * edge_light(see("studio"))
    ),
    "rim": lambda see: (
        edge_light(see("rim")) > 3 * edge_light(see("studio")) and luminance(see("rim")) < 0.5
    ),
    "moonlight": lambda see: warmth(see("moonlight")) < -0.05 and luminance(see("moonlight")) < 0.5,
}
COLOURS: dict[str, Callable[[Seen], bool]] = {
    "vibrant": lambda see: saturation(see("vibrant")) > 0.5,
    "pastel": lambda see: (
        luminance(see("pastel")) > luminance(see("vibrant"))
        and 0.02 < saturation(see("pastel")) < 0.3
    ),
    "monochrome": lambda see: saturation(see("monochrome")) < 0.01,
    "warm": lambda see: warmth(see("warm")) > 0.3,
    "cool": lambda see: warmth(see("cool")) < -0.2,
    "neon": lambda see: luminance(see("neon")) < 0.35 and saturation(see("neon")) > 0.2,
    "earth-tones": lambda see: 0.08 < warmth(see("earth-tones")) < warmth(see("warm")),
    "jewel-tones": lambda see: (
        luminance(see("jewel-tones")) < 0.45 and saturation(see("jewel-tones")) > 0.25
    ),
    "neutral": lambda see: saturation(see("neutral")) < 0.08 and luminance(see("neutral")) > 0.6,
    "muted": lambda see: saturation(see("muted")) < 0.05 and contrast(see("muted")) < 0.17,
    "high-contrast": lambda see: contrast(see("high-contrast")) > 1.4 * contrast(see("muted")),
}
COMPOSITIONS: dict[str, Callable[[Seen], bool]] = {
    "rule-of-thirds": lambda see: 0.25 < abs(centre(see("rule-of-thirds"))[0]) < 0.42,
    "centered": lambda see: abs(centre(see("centered"))[0]) < 0.05,
    "symmetrical": lambda see: (
        asymmetry(see("symmetrical")) < 0.6 * asymmetry(see("centered"))
        and foreground(see("symmetrical")) > 0.1
    ),
    "leading-lines": lambda see: (
        detail(see("leading-lines")) > 1.3 * detail(see("centered"))
        and foreground(see("leading-lines")) > 0.04
    ),
    "dynamic": lambda see: 8 < lean(see("dynamic")) < 16 and abs(centre(see("dynamic"))[0]) > 0.15,
    "minimal": lambda see: area(see("minimal")) < 0.04 and sky(see("minimal")) > 0.4,
    "frame-within-frame": lambda see: (
        contrast(see("frame-within-frame")) > 0.25
        and abs(centre(see("frame-within-frame"))[0]) < 0.06
    ),
    "close-up": lambda see: area(see("close-up")) > 2.5 * area(see("centered")),
    "medium-shot": lambda see: (
        area(see("centered")) < area(see("medium-shot")) < area(see("close-up"))
    ),
    "wide-shot": lambda see: area(see("wide-shot")) < 0.5 * area(see("centered")),
    "copy-space": lambda see: abs(centre(see("copy-space"))[0]) > 0.4,
}
STYLES: dict[str, Callable[[Seen], bool]] = {
    "photorealistic": lambda see: paper(see("photorealistic")) < 0.3,
    "cinematic": lambda see: (
        bool((see("cinematic").pixels[:4] < 20).all())
        and luminance(see("cinematic")) < luminance(see("photorealistic"))
    ),
    "editorial": lambda see: contrast(see("editorial")) < contrast(see("photorealistic")),
    "commercial": lambda see: (
        saturation(see("commercial")) > saturation(see("photorealistic"))
        and luminance(see("commercial")) > luminance(see("photorealistic"))
    ),
    "documentary": lambda see: (
        detail(see("documentary")) > 1.8 * detail(see("photorealistic"))
        and saturation(see("documentary")) < saturation(see("photorealistic"))
    ),
    "fashion": lambda see: (
        contrast(see("fashion")) > contrast(see("editorial"))
        and luminance(see("fashion")) > luminance(see("photorealistic"))
    ),
    "product": lambda see: paper(see("product")) > 0.4,
    "3d-render": lambda see: (
        detail(see("3d-render")) < detail(see("photorealistic"))
        and saturation(see("3d-render")) > 1.2 * saturation(see("photorealistic"))
    ),
    "digital-illustration": lambda see: (
        detail(see("digital-illustration")) > 1.8 * detail(see("photorealistic"))
    ),
    "watercolor": lambda see: bool((see("watercolor").pixels[0].min(axis=1) > 215).mean() > 0.9),
    "oil-painting": lambda see: (
        saturation(see("oil-painting")) > 1.1 * saturation(see("photorealistic"))
    ),
    "pencil-sketch": lambda see: (
        paper(see("pencil-sketch")) > 0.5 and saturation(see("pencil-sketch")) < 0.06
    ),
}
WHAT_IT_SAYS = {
    "camera_angle": CAMERA,
    "fov": LENSES,
    "lighting": LIGHTS,
    "color_palette": COLOURS,
    "composition": COMPOSITIONS,
    "style": STYLES,
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in VALUES for v in VALUES[n]])
def test_a_value_does_what_its_name_says(name: str, value: str) -> None:
    assert WHAT_IT_SAYS[name][value](shows(name)), measured(shows(name)(value))


@pytest.mark.parametrize("name", VALUES)
def test_any_two_values_differ_by_the_margin_of_a_trait(name: str) -> None:
    found = {value: measured(shows(name)(value)) for value in VALUES[name]}

    alike = [
        (one, other)
        for one, other in combinations(found, 2)
        if all(abs(found[one][t] - found[other][t]) < least for t, (_, least) in TRAITS.items())
    ]

    assert not alike
