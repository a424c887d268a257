"""Every value of every parameter shows in the picture."""

from itertools import combinations

import numpy as np
import pytest

from core.engines.preview.brief import understand
from core.engines.preview.brushes import BRUSHES
from core.engines.preview.camera import ANGLES, LENSES
from core.engines.preview.composition import COMPOSITIONS
from core.engines.preview.grade import GRADES
from core.engines.preview.looks import LOOKS
from core.engines.preview.palettes import palette
from core.engines.preview.rigs import RIGS
from tests.engines.preview.pictures import BOTTLE, WOMAN, difference, only, picture, shot
from tests.engines.preview.values import VALUES

LEAST_DIFFERENCE = 0.02
SHOWN_ON = {
    "camera_angle": WOMAN,
    "fov": WOMAN,
    "lighting": "a man in a navy suit",
    "color_palette": BOTTLE,
    "composition": WOMAN,
    "style": BOTTLE,
}


@pytest.mark.parametrize("name", VALUES)
def test_any_two_values_of_a_parameter_look_different(name: str) -> None:
    drawn = {value: picture(SHOWN_ON[name], **only(name, value)) for value in VALUES[name]}

    alike = [
        f"{one} / {other}: {difference(drawn[one], drawn[other]):.3f}"
        for one, other in combinations(drawn, 2)
        if difference(drawn[one], drawn[other]) < LEAST_DIFFERENCE
    ]

    assert not alike


@pytest.mark.parametrize("name", VALUES)
def test_no_value_gives_an_empty_or_flat_picture(name: str) -> None:
    for value in VALUES[name]:
        drawn = picture(SHOWN_ON[name], **only(name, value))
        assert (drawn.object_ids >= 100).any(), value
        assert np.std(drawn.pixels) > 8, value


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("camera_angle", ANGLES),
        ("fov", LENSES),
        ("lighting", RIGS),
        ("color_palette", GRADES),
        ("composition", COMPOSITIONS),
        ("style", LOOKS),
    ],
)
def test_every_value_has_a_line_in_its_table(name: str, table: dict[str, object]) -> None:
    assert set(VALUES[name]) <= set(table)


def test_every_palette_has_paints_and_every_hand_exists() -> None:
    for name in GRADES:
        assert palette(name).primary.shape == (3,)
    assert {look.drawn for look in LOOKS.values()} - {""} == set(BRUSHES)


@pytest.mark.parametrize("name", VALUES)
def test_an_unknown_value_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match="upside-down"):
        understand(shot(**only(name, "upside-down")))


def test_an_unknown_parameter_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="aperture"):
        understand(shot(aperture="f8"))
