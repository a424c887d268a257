"""Produce stand-ins: one fruit or vegetable, or a pile of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from core.engines.preview.arrays import Floats
from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import GOLDEN_ANGLE, Finish, Modeller, Triple

_PEEL = Finish(rough=0.35)


def build_produce(model: Modeller, figure: Figure) -> None:
    """Add one fruit or vegetable, or a pile of them for a plural."""
    _FRUITS.get(figure.kind, _round_fruit)(model, figure)


def _round_fruit(model: Modeller, figure: Figure) -> None:
    code = _SKINS.get(figure.kind, "d3222a")
    paint = figure.paint(code)
    many = figure.number > 1 or figure.noun.endswith("s")
    spots = [(0.0, 0.0, 0.0, 0.42)]
    if many:
        spots = [(x * 0.62, y * 0.62, 0.0, 0.33) for x, y in ((-1, -0.3), (1, -0.3), (0, 0.9))]
        spots += [(0.0, -0.05, 0.50, 0.33), (0.05, -0.95, 0.0, 0.31)]
    for x, y, z, radius in spots:
        _one_fruit(model, (x, y, z), radius, paint)


def _one_fruit(model: Modeller, place: Triple, radius: float, paint: Floats) -> None:
    x, y, z = place
    model.part()
    model.ball((x, y, z + radius * 0.93), (radius, radius, radius * 0.93), paint, _PEEL)
    model.part()
    top = z + radius * 1.84
    stalk = (x + 0.05, y, top + radius * 0.36)
    model.cone((x, y, top - 0.04), stalk, (0.022, 0.018), linear("5a3a20"))
    leaf = (x + radius * 0.34, y, top + radius * 0.16)
    model.ball(leaf, (radius * 0.30, radius * 0.13, 0.022), linear("4f8f3a"))


def _banana(model: Modeller, figure: Figure) -> None:
    peel = figure.paint("f2cc3a")
    for lean in (-0.16, 0.0, 0.16):
        model.part(0.07)
        bends = [(0.62 * math.cos(a), lean * (1.4 - math.sin(a)), 0.80 - 0.62 * math.sin(a))
                 for a in (0.15, 0.5, 0.85, 1.2, 1.57, 1.95, 2.3, 2.65, 3.0)]  # fmt: skip
        radii = (0.035, 0.085, 0.115, 0.13, 0.135, 0.13, 0.11, 0.08, 0.03)
        for i in range(8):
            model.cone(bends[i], bends[i + 1], (radii[i], radii[i + 1]), peel, _PEEL)


def _pumpkin(model: Modeller, figure: Figure) -> None:
    skin = figure.paint("e8791e")
    model.part(0.03)
    for i in range(9):
        a = i * math.tau / 9
        centre = (0.30 * math.cos(a), 0.30 * math.sin(a), 0.42)
        model.ball(centre, (0.30, 0.30, 0.42), skin, Finish(rough=0.45))
    model.part()
    model.cone((0, 0, 0.76), (0.06, 0, 1.02), (0.075, 0.05), linear("5f6a2e"))


def _grapes(model: Modeller, figure: Figure) -> None:
    skin = figure.paint("5a2a6e")
    for row, count in enumerate((1, 3, 5, 6, 5)):
        for i in range(count):
            a, r = i * math.tau / count + row * 0.6, 0.0 if count == 1 else 0.07 + 0.035 * count
            spot = (r * math.cos(a), r * math.sin(a), 0.15 + 0.20 * row)
            model.part()
            model.ball(spot, (0.135, 0.135, 0.135), skin, Finish(rough=0.15))
    model.part()
    model.cone((0, 0, 1.0), (0.05, 0, 1.32), (0.03, 0.025), linear("6a5a2e"))


def _pineapple(model: Modeller, figure: Figure) -> None:
    model.part()
    model.ball((0, 0, 0.52), (0.36, 0.36, 0.52), figure.paint("c98a2a"), Finish(rough=0.7))
    for i in range(9):
        a = i * GOLDEN_ANGLE
        tip = (0.05 * i * math.cos(a), 0.05 * i * math.sin(a), 1.52 - 0.045 * i)
        model.part()
        model.cone((0, 0, 0.98), tip, (0.06, 0.015), linear("4f8f3a"))


def _long_root(model: Modeller, figure: Figure) -> None:
    skin = figure.paint("f07a1c" if figure.kind == "carrot" else "6f9a3a")
    for i, lean in enumerate((-0.34, 0.0, 0.34)):
        model.part()
        foot, crown = (lean, 0.05 * i, 0.06), (lean * 0.6, 0.05 * i, 0.98)
        model.cone(foot, crown, (0.04, 0.15), skin, Finish(rough=0.5))
        for side in (-0.1, 0.0, 0.1):
            model.part()
            leaf = (crown[0] + side, crown[1], 1.42)
            model.cone((crown[0], crown[1], 1.05), leaf, (0.025, 0.05), linear("4f8f3a"))


def _cabbage(model: Modeller, figure: Figure) -> None:
    leaf = figure.paint("5f9a3a")
    model.part(0.03)
    model.cone((0, 0, 0.05), (0, 0, 0.42), (0.17, 0.20), leaf * 1.5 + 0.05, Finish(rough=0.7))
    for i in range(11):
        a, r = i * GOLDEN_ANGLE, 0.36 * math.sqrt(i / 11)
        spot = (r * math.cos(a), r * math.sin(a), 0.72 - 0.5 * r * r)
        model.ball(spot, (0.22, 0.22, 0.18), leaf * (0.8 + 0.03 * i), Finish(rough=0.9))


_SKINS: Mapping[str, str] = {
    "apple": "c8202a",
    "orange": "f0871c",
    "tomato": "d5301e",
    "lemon": "f4d23a",
    "peach": "f2a06a",
    "watermelon": "2f6a35",
    "avocado": "4a6a2e",
    "potato": "b08a58",
    "cherry": "a3122a",
}
_FRUITS: Mapping[str, Callable[[Modeller, Figure], None]] = {
    "banana": _banana,
    "pumpkin": _pumpkin,
    "grapes": _grapes,
    "pineapple": _pineapple,
    "carrot": _long_root,
    "pepper": _long_root,
    "cabbage": _cabbage,
}
