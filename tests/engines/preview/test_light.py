"""Light falls where lamps point and stops where something stands."""

import numpy as np
import pytest

from core.engines.preview.arrays import Floats, column, floats
from core.engines.preview.light import Sun, Tube, window_panes
from core.engines.preview.march import grouped
from core.engines.preview.modeller import Modeller
from core.engines.preview.occlusion import Occluders, contact_shading, soft_shadow
from tests.engines.preview.pictures import picture, pixels


@pytest.fixture(scope="module")
def ball() -> Occluders:
    model = Modeller(100)
    model.part()
    model.ball((0, 0, 1), (0.5, 0.5, 0.5), floats((1, 1, 1)))
    return Occluders(grouped(model.solids))


def sun(softness: float) -> Sun:
    return Sun(column((0, 0, 1)), column((1, 1, 1)), softness, wrap=0.0)


def ground(*places: float) -> Floats:
    return floats([places, [0] * len(places), [0] * len(places)])


def test_a_ball_darkens_the_ground_below_it_and_nothing_else(ball: Occluders) -> None:
    light = soft_shadow(ball, ground(0, 0.3, 2, 5), sun(30), 0.02)

    assert light[:2] == pytest.approx([0, 0], abs=0.05)
    assert light[2:] == pytest.approx([1, 1])


def test_a_softer_lamp_has_a_wider_penumbra(ball: Occluders) -> None:
    line = ground(*np.linspace(0, 1.5, 60))

    def penumbra(softness: float) -> int:
        light = soft_shadow(ball, line, sun(softness), 0.005)
        return int(((light > 0.1) & (light < 0.9)).sum())

    assert penumbra(3) > 2 * penumbra(40)


def test_corners_are_darker_than_open_ground(ball: Occluders) -> None:
    near = floats([[0, 3], [0, 0], [0.35, 0.35]])
    up = floats([[0, 0], [0, 0], [1, 1]])

    shaded, free = contact_shading(ball, near, up, 0.3)

    assert shaded < 0.7
    assert free == pytest.approx(1)


def test_a_tube_lights_near_things_more() -> None:
    tube = Tube(column((0, 0, 1)), column((0, 1, 0)), column((1, 0, 1)))

    toward, arriving = tube.arriving(floats([[0, 0], [0, 0], [0, -1]]))

    assert toward[2] == pytest.approx([1, 1], abs=1e-3)
    assert np.asarray(arriving) == pytest.approx([1, 0.25], rel=1e-2)


def test_window_bars_throw_shadows() -> None:
    panes = window_panes(column((1, 0, 0)), unit=1.0)
    passing = panes.passing(
        floats([np.zeros(400), np.linspace(-1, 1, 400), np.full(400, 0.4)]),
    )

    assert passing.min() < 0.1
    assert passing.max() > 0.9


def test_the_shadow_of_hard_light_lies_on_the_ground() -> None:
    drawn = picture("a man on a street", side=160, lighting="hard", camera_angle="high-angle")
    tones = pixels(drawn).mean(axis=2)[drawn.object_ids == -1]

    assert (tones < 0.45 * np.median(tones)).mean() > 0.02
