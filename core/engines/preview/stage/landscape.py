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
    model.cone((0, 0, 0), (0.05, 0, 1.5), (0.12, 0.07), linear("4a3020"), _LEAF)
    if pointed:
        for i in range(5):
            size = (0.66 - i * 0.115, 0.36, 0.02)
            leaf = green * (0.9 + 0.05 * i)
            model.cylinder((0, 0, 0.72 + i * 0.46), size, leaf, _LEAF, top=0.10)
        return
    for i in range(7):
        _crown(model, green, chance, i)


def _crown(model: Modeller, green: Floats, chance: np.random.Generator, number: int) -> None:
    angle, spread = number * _GOLDEN_ANGLE, 0.45 if number else 0.0
    lift, tint = float(chance.random()), float(chance.random())
    height = 1.75 + 0.5 * lift + (0.0 if number else 0.35)
    centre = (spread * math.cos(angle), spread * math.sin(angle), height)
    model.ball(centre, (0.5, 0.5, 0.42), green * (0.85 + 0.3 * tint), _LEAF)
