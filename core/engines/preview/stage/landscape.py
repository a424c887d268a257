"""The landscape stand-in and its trees."""

import math

import numpy as np

from core.engines.preview.arrays import Floats
from core.engines.preview.brief import Brief
from core.engines.preview.colour import linear
from core.engines.preview.modeller import Finish, Modeller

_GOLDEN_ANGLE = 2.4
_LEAF = Finish(rough=0.9)


def build_tree(
    model: Modeller, brief: Brief, chance: np.random.Generator, *, conifer: float = 0.45
) -> None:
    """Add one tree about 2.9 m tall; `conifer` is the chance of a pointed one."""
    green = linear("47702f") * float(0.7 + 0.6 * chance.random()) + brief.paints.primary * 0.12
    pointed = chance.random() < conifer
    model.part(0.05)
    model.cone((0, 0, 0), (0.05, 0, 1.6), (0.14, 0.08), linear("4a3020"), _LEAF)
    if pointed:
        for i in range(5):
            size = (0.66 - i * 0.115, 0.36, 0.02)
            leaf = green * (0.9 + 0.05 * i)
            model.cylinder((0, 0, 0.72 + i * 0.46), size, leaf, _LEAF, top=0.10)
        return
    for i in range(9):
        _crown(model, green, chance, i)


def _crown(model: Modeller, green: Floats, chance: np.random.Generator, number: int) -> None:
    # Six balls around, three on top: broad below, narrow above.
    lift, tint, size = (float(value) for value in chance.random(3))
    upper = number >= 6
    angle, spread = number * _GOLDEN_ANGLE, 0.28 if upper else 0.54
    height = (2.12 if upper else 1.74) + 0.34 * lift
    radius = (0.40 if upper else 0.44) + 0.14 * size
    centre = (spread * math.cos(angle), spread * math.sin(angle), height)
    shade = green * ((1.0 if upper else 0.82) + 0.28 * tint)
    model.ball(centre, (radius, radius, radius * 0.82), shade, _LEAF)
