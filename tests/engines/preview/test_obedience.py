"""The picture does what the parameter's name says, measured through the object ids."""

import pytest

from tests.engines.preview.pictures import (
    BOTTLE,
    WOMAN,
    area,
    brightness,
    centre,
    picture,
    subject,
    warmth,
)


@pytest.mark.parametrize("prompt", [WOMAN, BOTTLE])
@pytest.mark.parametrize("seed", [7, 8])
def test_the_rule_of_thirds_puts_the_subject_on_a_third(prompt: str, seed: int) -> None:
    x, _ = centre(picture(prompt, seed=seed, composition="rule-of-thirds"))

    assert abs(x) == pytest.approx(1 / 3, abs=0.1)


@pytest.mark.parametrize("prompt", [WOMAN, BOTTLE])
@pytest.mark.parametrize("composition", ["centered", "symmetrical", "frame-within-frame"])
def test_centered_compositions_put_the_subject_in_the_middle(prompt: str, composition: str) -> None:
    x, y = centre(picture(prompt, composition=composition))

    assert x == pytest.approx(0, abs=0.06)
    assert y == pytest.approx(0, abs=0.3)


def test_copy_space_leaves_one_half_of_the_picture_free() -> None:
    mask = subject(picture(composition="copy-space"))
    half = mask.shape[1] // 2

    assert min(mask[:, :half].sum(), mask[:, half:].sum()) == 0


def test_minimal_shows_a_small_subject_in_a_corner() -> None:
    drawn = picture(composition="minimal")
    x, y = centre(drawn)

    assert area(drawn) < 0.05
    assert abs(x) > 0.25
    assert y < -0.15


@pytest.mark.parametrize("prompt", [WOMAN, BOTTLE])
def test_shots_get_wider_from_close_up_to_wide_shot(prompt: str) -> None:
    sizes = [
        area(picture(prompt, composition=composition))
        for composition in ("close-up", "medium-shot", "centered", "wide-shot")
    ]

    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 4 * sizes[-1]


@pytest.mark.parametrize("prompt", [WOMAN, BOTTLE])
def test_longer_lenses_bring_the_subject_nearer(prompt: str) -> None:
    lenses = ("fisheye", "ultra-wide", "wide", "documentary", "standard", "telephoto", "macro")
    sizes = [area(picture(prompt, fov=lens)) for lens in lenses]

    assert sizes == sorted(sizes)


def test_a_dutch_tilt_leans_the_subject() -> None:
    def lean(angle: str) -> float:
        mask = subject(picture(camera_angle=angle))
        rows = mask.nonzero()[0]
        top, bottom = rows.min() + 8, rows.max() - 8
        above = mask[rows.min() : top].nonzero()[1].mean()
        return float(abs(above - mask[bottom:].nonzero()[1].mean()))

    assert lean("eye-level") < 6
    assert lean("dutch-tilt") > 15


def test_from_above_the_person_is_foreshortened_and_a_flat_lay_lies_stretched_out() -> None:
    def height(angle: str) -> int:
        rows = subject(picture(camera_angle=angle)).nonzero()[0]
        return int(rows.max() - rows.min())

    assert height("bird's-eye") < 0.75 * height("eye-level")
    assert height("flat-lay") > 0.8 * height("eye-level")


def test_a_low_camera_sees_more_sky_and_a_high_one_only_ground() -> None:
    def sky(angle: str) -> float:
        return float((picture(camera_angle=angle).object_ids == 0).mean())

    assert sky("worm's-eye") > sky("eye-level") > sky("bird's-eye") == 0


@pytest.mark.parametrize("angle", ["over-the-shoulder", "point-of-view"])
def test_somebody_else_is_in_the_foreground(angle: str) -> None:
    assert (picture(camera_angle=angle).object_ids >= 1000).mean() > 0.02
    assert not (picture(camera_angle="eye-level").object_ids >= 1000).any()


def test_dark_lighting_is_darker_than_daylight() -> None:
    man = "a man in a navy suit"
    light = {
        value: brightness(picture(man, lighting=value))
        for value in ("dramatic", "rim", "moonlight", "studio", "bright-daylight", "soft")
    }

    assert light["dramatic"] < 0.5 * light["bright-daylight"]
    assert max(light["dramatic"], light["rim"], light["moonlight"]) < light["studio"]
    assert light["studio"] < light["bright-daylight"] < light["soft"]


def test_golden_hour_is_warm_and_blue_hour_cold() -> None:
    assert warmth(picture(lighting="golden-hour")) > 0.1
    assert warmth(picture(lighting="blue-hour")) < -0.02


@pytest.mark.parametrize("prompt", [WOMAN, BOTTLE])
def test_palettes_have_the_temperature_of_their_name(prompt: str) -> None:
    warm, plain, cool = (
        warmth(picture(prompt, color_palette=palette)) for palette in ("warm", "neutral", "cool")
    )

    assert warm > plain > cool
    assert warm - cool > 0.2


def test_monochrome_has_no_colour_and_vibrant_has_most() -> None:
    def colourfulness(palette: str) -> float:
        drawn = picture(BOTTLE, color_palette=palette).pixels.astype(int)
        return float((drawn.max(axis=2) - drawn.min(axis=2)).mean())

    assert colourfulness("monochrome") < 2
    assert colourfulness("muted") < colourfulness("neutral") + 25 < colourfulness("vibrant")


def test_a_pencil_sketch_is_mostly_paper() -> None:
    drawn = picture(style="pencil-sketch").pixels

    assert (drawn.min(axis=2) > 200).mean() > 0.5
