"""Food stand-ins: burger, cake, pizza, bowl, bread, sandwich, ice cream, sushi, eggs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import CERAMIC, GOLDEN_ANGLE, Finish, Modeller

_CRUST = Finish(rough=0.6)
_PEEL = Finish(rough=0.35)


def build_food(model: Modeller, figure: Figure) -> None:
    """Add a plate with the dish the request names, or with a helping of something."""
    _DISHES.get(figure.kind, _helping)(model, figure)


def _plate(model: Modeller, radius: float = 0.85) -> None:
    model.part()
    model.cylinder((0, 0, 0.04), (radius, 0.04, 0.03), linear("efece6"), CERAMIC)
    model.part()
    model.ring((0, 0, 0.085), (radius - 0.05, 0.022), linear("f7f4ee"), CERAMIC)


def _burger(model: Modeller, figure: Figure) -> None:
    del figure
    _plate(model)
    bread = linear("c98439")
    model.part()
    model.ball((0, 0, 0.58), (0.5, 0.5, 0.30), bread, Finish(rough=0.5))
    model.part()
    for z, size, code in (
        (0.44, (0.53, 0.06, 0.05), "58a83a"),
        (0.36, (0.52, 0.03, 0.02), "f6b52a"),
        (0.26, (0.51, 0.09, 0.07), "5a2d16"),
        (0.14, (0.50, 0.08, 0.06), "c98439"),
    ):
        model.cylinder((0, 0, z), size, linear(code), Finish(rough=0.7))
    for i in range(16):
        angle, r = i * GOLDEN_ANGLE, 0.08 + 0.36 * math.sqrt(i / 16)
        top = 0.58 + 0.30 * math.sqrt(max(0.0, 1 - (r / 0.5) ** 2))
        seed = (r * math.cos(angle), r * math.sin(angle), top)
        model.ball(seed, (0.025, 0.015, 0.012), linear("f6e6c0"))


def _cake(model: Modeller, figure: Figure) -> None:
    _plate(model)
    cream, berry = linear("fbf3e6"), linear("c21a2e")
    for i, radius in enumerate((0.60, 0.45, 0.30)):
        dough = figure.paints.accent if i % 2 else figure.paints.primary
        model.part()
        model.cylinder((0, 0, 0.20 + i * 0.24), (radius, 0.12, 0.03), dough, Finish(rough=0.55))
        model.ring((0, 0, 0.31 + i * 0.24), (radius - 0.02, 0.035), cream, Finish(rough=0.4))
    model.part()
    fruit = figure.paints.secondary * 0.2 + berry * 0.8
    for i in range(7):
        spot = (0.2 * math.cos(i * 0.9), 0.2 * math.sin(i * 0.9), 0.85)
        model.ball(spot, (0.065, 0.065, 0.065), fruit, Finish(rough=0.15))
    model.ball((0, 0, 0.89), (0.09, 0.09, 0.09), berry, Finish(rough=0.12))


def _pizza(model: Modeller, figure: Figure) -> None:
    del figure
    _plate(model, 0.95)
    model.part()
    model.cylinder((0, 0, 0.12), (0.80, 0.04, 0.02), linear("e8b84a"), _CRUST)
    model.part()
    model.ring((0, 0, 0.14), (0.79, 0.065), linear("b9763a"), _CRUST)
    for i in range(15):
        angle, r = i * GOLDEN_ANGLE, 0.66 * math.sqrt((i + 0.6) / 15)
        x, y, kind = r * math.cos(angle), r * math.sin(angle), i % 3
        model.part()
        if kind == 2:
            model.ball((x, y, 0.17), (0.075, 0.045, 0.015), linear("3f7a35"))
        else:
            code = "b5281e" if kind == 0 else "f6ecd4"
            model.cylinder((x, y, 0.165), (0.11, 0.014, 0.006), linear(code), _PEEL)


def _bowl(model: Modeller, figure: Figure) -> None:
    model.part()
    model.cylinder((0, 0, 0.26), (0.30, 0.26, 0.04), figure.paints.secondary, CERAMIC, top=0.72)
    model.part()
    model.ring((0, 0, 0.52), (0.70, 0.03), figure.paints.secondary, CERAMIC)
    model.part()
    broth = "6f9a3a" if figure.says("salads?") else "d98a2e"
    model.cylinder((0, 0, 0.50), (0.67, 0.02, 0.01), linear(broth), Finish(rough=0.15))
    for i in range(13):
        angle, r = i * GOLDEN_ANGLE, 0.52 * math.sqrt((i + 0.5) / 13)
        code = ("f2e2b4", "4f8f3a", "d3402a", "f6f0e2")[i % 4]
        spot = (r * math.cos(angle), r * math.sin(angle), 0.53)
        model.part()
        model.ball(spot, (0.13, 0.10, 0.06), linear(code), Finish(rough=0.5))


def _bread(model: Modeller, figure: Figure) -> None:
    del figure
    _plate(model)
    model.part(0.06)
    crust = linear("b5722e")
    model.cone((-0.42, 0, 0.32), (0.42, 0, 0.32), (0.24, 0.24), crust, _CRUST)
    for x in (-0.30, 0.0, 0.30):
        model.part()
        model.ball((x, 0, 0.535), (0.045, 0.19, 0.05), linear("ecd2a0"), _CRUST)


def _sandwich(model: Modeller, figure: Figure) -> None:
    del figure
    _plate(model)
    for z, out, code in ((0.14, 0.0, "d9a860"), (0.24, 0.05, "58a83a"), (0.31, 0.02, "f6b52a"),
                         (0.38, 0.04, "d3402a"), (0.48, 0.0, "d9a860")):  # fmt: skip
        thick = 0.06 if code == "d9a860" else 0.03
        corners = ((-0.55 - out, -0.40 - out), (0.55 + out, -0.40 - out), (0.0, 0.50 + out))
        model.part()
        model.prism(corners, (z - thick, z + thick), linear(code), _CRUST, axis="z", edge=0.02)


def _ice_cream(model: Modeller, figure: Figure) -> None:
    paints = figure.paints
    model.part()
    model.cylinder((0, 0, 0.40), (0.03, 0.40, 0.02), linear("c98439"), _CRUST, top=0.34)
    for centre, tone in (((0, 0, 0.90), paints.primary), ((0.0, 0, 1.24), paints.accent)):
        model.part()
        model.ball(centre, (0.33, 0.33, 0.29), tone, Finish(rough=0.45))
    model.part()
    model.ball((0.02, -0.05, 1.56), (0.085, 0.085, 0.085), linear("c21a2e"), Finish(rough=0.12))


def _sushi(model: Modeller, figure: Figure) -> None:
    del figure
    model.part()
    model.box((0, 0, 0.05), (0.95, 0.45, 0.05), 0.02, linear("2a2622"), CERAMIC)
    for i in range(4):
        x, roll = -0.66 + 0.44 * i, i % 2 == 0
        model.part()
        if roll:
            model.cylinder((x, 0, 0.25), (0.18, 0.14, 0.02), linear("16241a"), Finish(rough=0.4))
            model.cylinder((x, 0, 0.27), (0.15, 0.135, 0.01), linear("f4f0e6"), Finish(rough=0.9))
            model.cylinder((x, 0, 0.28), (0.06, 0.135, 0.01), linear("f07a4a"), Finish(rough=0.3))
        else:
            model.box((x, 0, 0.19), (0.13, 0.26, 0.09), 0.07, linear("f4f0e6"), Finish(rough=0.9))
            model.box((x, 0, 0.30), (0.145, 0.29, 0.04), 0.03, linear("f0703a"), Finish(rough=0.2))


def _eggs(model: Modeller, figure: Figure) -> None:
    _plate(model)
    for x, y in ((-0.25, -0.05), (0.28, 0.10)):
        model.part()
        model.ball((x, y, 0.10), (0.32, 0.28, 0.035), linear("f8f6f0"), Finish(rough=0.3))
        model.ball((x, y, 0.14), (0.12, 0.12, 0.065), linear("f0a01e"), Finish(rough=0.15))
    model.part()
    model.cone((-0.2, -0.52, 0.13), (0.3, -0.50, 0.13), (0.07, 0.07), figure.paint("8a3a24"))


def _helping(model: Modeller, figure: Figure) -> None:
    _plate(model, 0.90)
    main = figure.paint("b5662e", 0.2)
    model.part(0.05)
    model.ball((-0.22, 0.05, 0.16), (0.34, 0.30, 0.15), main, Finish(rough=0.5))
    model.ball((-0.10, -0.12, 0.20), (0.22, 0.20, 0.13), main * 1.15, Finish(rough=0.5))
    for i in range(9):
        angle = i * GOLDEN_ANGLE
        spot = (0.34 + 0.16 * math.cos(angle), 0.20 + 0.14 * math.sin(angle), 0.13 + 0.01 * i)
        model.part()
        model.ball(spot, (0.09, 0.09, 0.08), linear("4f9a3a"), Finish(rough=0.6))
    for i in range(5):
        model.part()
        start = (0.14 + 0.08 * i, -0.42 + 0.05 * i, 0.12)
        model.cone(start, (start[0] + 0.20, start[1] + 0.22, 0.14), (0.04, 0.03), linear("f0902a"))


_DISHES: Mapping[str, Callable[[Modeller, Figure], None]] = {
    "burger": _burger,
    "cake": _cake,
    "pizza": _pizza,
    "bowl": _bowl,
    "bread": _bread,
    "sandwich": _sandwich,
    "ice cream": _ice_cream,
    "sushi": _sushi,
    "eggs": _eggs,
}
