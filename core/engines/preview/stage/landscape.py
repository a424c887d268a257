"""The landscape stand-in and its trees."""

import math

import numpy as np

from core.engines.preview.arrays import Floats
from core.engines.preview.colour import linear
from core.engines.preview.modeller import GOLDEN_ANGLE, Finish, Modeller

_LEAF = Finish(rough=0.9)


def build_tree(
    model: Modeller, tint: Floats, chance: np.random.Generator, kind: str = "", *, far: bool = False
) -> None:
    """Add one tree about 2.9 m tall: leafy, conifer or palm, by chance if `kind` is empty.

    A far tree has fewer solids; nobody sees the difference behind the subject.
    """
    if kind == "palm":
        _palm(model, chance)
        return
    green = linear("47702f") * float(0.7 + 0.6 * chance.random()) + tint * 0.12
    pointed = kind == "conifer" or (chance.random() < 0.45 and kind != "leafy")
    model.part(0.05)
    model.cone((0, 0, 0), (0.05, 0, 1.6), (0.14, 0.08), linear("4a3020"), _LEAF)
    if pointed:
        _conifer(model, green, 3 if far else 6)
        return
    for i in range(7):
        if far and i in {1, 3, 6}:
            chance.random(3)
            continue
        _crown(model, green, chance, i, grown=1.15 if far else 1.0)


def _conifer(model: Modeller, green: Floats, tiers: int) -> None:
    rise = 2.2 / tiers
    for i in range(tiers):
        share = i / tiers
        size = (0.74 - 0.60 * share, 0.42 if tiers > 3 else 0.56, 0.02)
        leaf = green * (0.62 + 0.22 * share)
        model.part()
        model.cylinder((0, 0, 0.85 + i * rise), size, leaf, _LEAF, top=0.06)


def _palm(model: Modeller, chance: np.random.Generator) -> None:
    bark, leaf = linear("7a5c3e"), linear("4f7d33")
    lean = float(chance.uniform(-0.45, 0.45))
    top = (lean, 0.1, 2.55)
    model.part(0.05)
    model.cone((0, 0, 0), (lean * 0.35, 0.04, 1.3), (0.11, 0.075), bark, _LEAF)
    model.cone((lean * 0.35, 0.04, 1.3), top, (0.075, 0.06), bark, _LEAF)
    model.part(0.03)
    first = float(chance.random())
    for number in range(8):
        angle, tint = first + number * math.tau / 8, 0.85 + 0.3 * float(chance.random())
        c, s = math.cos(angle), math.sin(angle)
        bend = (top[0] + 0.62 * c, top[1] + 0.62 * s, top[2] + 0.16)
        tip = (top[0] + 1.18 * c, top[1] + 1.18 * s, top[2] - 0.34)
        model.cone(top, bend, (0.045, 0.075), leaf * tint, _LEAF)
        model.cone(bend, tip, (0.075, 0.012), leaf * tint, _LEAF)


def _crown(
    model: Modeller, green: Floats, chance: np.random.Generator, number: int, *, grown: float
) -> None:
    # Five balls around, two on top: broad below, narrow above.
    lift, tint, size = (float(value) for value in chance.random(3))
    upper = number >= 5
    angle, spread = number * GOLDEN_ANGLE, 0.28 if upper else 0.54
    height = (2.12 if upper else 1.74) + 0.34 * lift
    radius = ((0.40 if upper else 0.44) + 0.14 * size) * grown
    centre = (spread * math.cos(angle), spread * math.sin(angle), height)
    shade = green * ((1.0 if upper else 0.82) + 0.28 * tint)
    model.ball(centre, (radius, radius, radius * 0.82), shade, _LEAF)
