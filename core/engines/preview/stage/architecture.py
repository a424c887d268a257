"""Building stand-ins: house, tower, skyscraper, castle, church, bridge, windmill, monument."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise

from core.engines.preview.arrays import Floats
from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import Finish, Modeller

_PLASTER = Finish(rough=0.85)
_PANE = Finish(rough=0.08)
_LIT_PANE = Finish(rough=0.1, glow=0.25)
_LAMPLIGHT = "ffd98f"


def build_building(model: Modeller, figure: Figure) -> None:
    """Add the kind of building the request names, else a house with an annex."""
    _KINDS.get(figure.kind, _config)(model, figure)


def _config(model: Modeller, figure: Figure) -> None:
    paints = figure.paints
    model.part()
    model.box((0, 0, 1.2), (2.2, 1.5, 1.2), 0.02, paints.primary, _PLASTER)
    model.part()
    model.box((1.35, -1.25, 0.9), (1.25, 1.0, 0.9), 0.02, paints.primary * 0.8 + 0.12, _PLASTER)
    roof = Finish(rough=0.8)
    model.part()
    gable = ((-1.78, 2.28), (1.78, 2.28), (0.0, 3.72))
    model.prism(gable, (-2.45, 2.45), paints.secondary, roof, axis="x")
    model.part()
    model.prism(((0.0, 1.74), (2.7, 1.74), (1.35, 2.56)), (-2.42, -0.6), paints.secondary, roof)
    model.part()
    model.box((-1.3, 0.4, 3.3), (0.22, 0.22, 0.62), 0.02, paints.secondary * 0.7 + 0.08, roof)
    model.part()
    model.box((-1.1, -1.5, 0.75), (0.35, 0.03, 0.75), 0.01, paints.accent * 0.5)
    for x in (-1.8, -0.35):
        _window(model, (x, -1.5, 1.55), (0.32, 0.42))
    for x in (0.75, 1.95):
        _window(model, (x, -2.25, 1.0), (0.34, 0.44))


def _window(model: Modeller, centre: tuple[float, float, float], half: tuple[float, float]) -> None:
    x, y, z = centre
    model.part()
    model.box(centre, (half[0] + 0.06, 0.025, half[1] + 0.06), 0.01, linear("f2efe8"))
    model.part()
    model.box((x, y - 0.02, z), (half[0], 0.025, half[1]), 0.01, linear(_LAMPLIGHT), _LIT_PANE)


def _lighthouse(model: Modeller, figure: Figure) -> None:
    paints = figure.paints
    for number in range(5):
        low, wide = 1.2 * number, 1.0 - 0.044 * number
        band = paints.primary if number % 2 == 0 else linear("f2efe8")
        model.part()
        size = (wide, 0.6, 0.01)
        model.cylinder((0, 0, low + 0.6), size, band, Finish(rough=0.8), top=wide - 0.044)
    model.part()
    model.cylinder((0, 0, 6.05), (1.15, 0.1, 0.02), linear("22262c"))
    model.part()
    model.cylinder((0, 0, 6.5), (0.6, 0.45, 0.02), linear("ffe2a0"), Finish(glow=0.5))
    model.part()
    model.cone((0, 0, 6.95), (0, 0, 7.9), (0.75, 0.05), paints.secondary)


def _skyscraper(model: Modeller, figure: Figure) -> None:
    steel = figure.paint("8fa3b5", 0.25)
    for half, low, high in ((1.05, 0.0, 4.2), (0.80, 4.2, 6.2), (0.50, 6.2, 7.4)):
        model.part()
        middle = (0, 0, (low + high) / 2)
        model.box(middle, (half, half, (high - low) / 2), 0.02, steel * 0.35, _PANE)
        for i in range(4):
            at = half * (-0.75 + 0.5 * i)
            model.part()
            model.box((at, 0, middle[2]), (0.05, half + 0.02, (high - low) / 2), 0.01, steel)
            model.box((0, at, middle[2]), (half + 0.02, 0.05, (high - low) / 2), 0.01, steel)
        floors = int((high - low) / 0.4)
        for floor in range(floors + 1):
            z = low + (high - low) * floor / floors
            model.part()
            model.box((0, 0, z), (half + 0.025, half + 0.025, 0.05), 0.01, steel)
    model.part()
    model.cone((0, 0, 7.4), (0, 0, 8.8), (0.06, 0.02), steel)


def _castle(model: Modeller, figure: Figure) -> None:
    stone, roof = figure.paint("a49a8a", 0.15), figure.paints.secondary
    model.part()
    model.box((0, 0, 1.0), (2.2, 1.5, 1.0), 0.02, stone, _PLASTER)
    model.part()
    model.box((0, 0.2, 2.0), (1.0, 0.9, 1.3), 0.02, stone * 0.9, _PLASTER)
    _battlements(model, stone)
    for x, y, tall in ((-2.2, -1.5, 2.9), (2.2, -1.5, 2.9), (-2.2, 1.5, 3.2), (2.2, 1.5, 3.2),
                       (0.0, 0.2, 4.3)):  # fmt: skip
        model.part()
        model.cylinder((x, y, tall / 2), (0.52, tall / 2, 0.02), stone * 0.95, _PLASTER)
        model.part()
        model.cylinder((x, y, tall + 0.48), (0.66, 0.5, 0.02), roof, Finish(rough=0.7), top=0.04)
    model.part()
    model.box((0, -1.5, 0.55), (0.42, 0.04, 0.55), 0.02, linear("3a2618"))
    model.part()
    model.cylinder((0, -1.5, 1.1), (0.42, 0.04, 0.01), linear("3a2618"), axis="y")


def _battlements(model: Modeller, stone: Floats) -> None:
    for i in range(8):
        x = -1.75 + 0.5 * i
        model.part()
        model.box((x, -1.42, 2.14), (0.14, 0.10, 0.16), 0.01, stone, _PLASTER)


def _church(model: Modeller, figure: Figure) -> None:
    wall, roof = figure.paint("e8e2d4", 0.15), figure.paints.secondary
    model.part()
    model.box((0.5, 0, 1.1), (1.9, 1.0, 1.1), 0.02, wall, _PLASTER)
    model.part()
    model.prism(((-1.2, 2.15), (1.2, 2.15), (0, 3.3)), (-1.5, 2.5), roof, axis="x")
    model.part()
    model.box((-1.6, 0, 1.75), (0.65, 0.65, 1.75), 0.02, wall, _PLASTER)
    model.part()
    model.cylinder((-1.6, 0, 4.4), (0.72, 0.95, 0.02), roof, Finish(rough=0.7), top=0.03)
    model.part()
    model.box((-1.6, 0, 5.65), (0.03, 0.03, 0.32), 0.01, linear("d9a441"))
    model.box((-1.6, 0, 5.72), (0.17, 0.03, 0.03), 0.01, linear("d9a441"))
    for x in (-0.3, 0.7, 1.7):
        _window(model, (x, -1.0, 1.2), (0.18, 0.5))


def _bridge(model: Modeller, figure: Figure) -> None:
    steel = figure.paint("a3452e", 0.25)
    model.part()
    model.box((0, 0, 1.2), (4.2, 0.7, 0.10), 0.02, linear("55585c"), _PLASTER)
    for side in (1, -1):
        y = side * 0.66
        for x in (-2.2, 2.2):
            model.part()
            model.box((x, y, 2.0), (0.13, 0.10, 2.0), 0.02, steel, Finish(rough=0.5))
        cable = [(x / 4, 1.42 + 2.5 * ((abs(x / 4)) / 2.2) ** 2) for x in range(-8, 9, 2)]
        cable = [(-4.2, 1.3), (-2.2, 3.95), *cable[1:-1], (2.2, 3.95), (4.2, 1.3)]
        for (x0, z0), (x1, z1) in pairwise(cable):
            model.part()
            model.cone((x0, y, z0), (x1, y, z1), (0.045, 0.045), steel)
        for x in (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5):
            model.part()
            top = 1.42 + 2.5 * (abs(x) / 2.2) ** 2
            model.cone((x, y, 1.2), (x, y, top), (0.022, 0.022), steel)


def _windmill(model: Modeller, figure: Figure) -> None:
    wall, z = figure.paint("e8e2d4", 0.15), 3.1
    model.part()
    model.cylinder((0, 0, 1.6), (1.0, 1.6, 0.03), wall, _PLASTER, top=0.62)
    model.part()
    model.ball((0, 0, 3.25), (0.66, 0.66, 0.5), figure.paints.secondary, Finish(rough=0.7))
    model.part()
    model.box((0, -0.98, 0.6), (0.26, 0.06, 0.6), 0.01, linear("3a2618"))
    for i in range(4):
        a = math.radians(45 + 90 * i)
        c, s = math.cos(a), math.sin(a)
        tip = (2.0 * c, -0.95, z + 2.0 * s)
        model.part()
        model.cone((0, -0.95, z), tip, (0.06, 0.04), linear("6b4a30"))
        model.part()
        start, end = (0.6 * c + 0.14 * s, 0.6 * s - 0.14 * c), (1.95 * c, 1.95 * s)
        side = (end[0] + 0.30 * s, end[1] - 0.30 * c)
        root = (start[0] + 0.16 * s, start[1] - 0.16 * c)
        sail = tuple((x, z + up) for x, up in ((0.6 * c, 0.6 * s), root, side, end))
        model.prism(sail, (-0.97, -0.93), linear("f0ece4"))


def _monument(model: Modeller, figure: Figure) -> None:
    stone = figure.paint("c9c2b2", 0.15)
    for i, half in enumerate((1.5, 1.2, 0.9)):
        model.part()
        model.box((0, 0, 0.15 + 0.3 * i), (half, half, 0.15), 0.02, stone, _PLASTER)
    model.part()
    model.cylinder((0, 0, 2.6), (0.42, 1.7, 0.02), stone, _PLASTER, top=0.30)
    model.part()
    model.box((0, 0, 4.4), (0.45, 0.45, 0.12), 0.02, stone, _PLASTER)
    model.part()
    model.ball((0, 0, 4.95), (0.42, 0.42, 0.42), linear("d9a441"), Finish(rough=0.2, metal=1))


def _pyramid(model: Modeller, figure: Figure) -> None:
    stone = figure.paint("d9b878", 0.15)
    for i in range(14):
        half = 3.0 * (1 - i / 14.5)
        model.part()
        model.box((0, 0, 0.13 + 0.26 * i), (half, half, 0.135), 0.005, stone, _PLASTER)


def _lattice_tower(model: Modeller, figure: Figure) -> None:
    iron = figure.paint("7a5f48", 0.15)
    rings = ((0.0, 1.7), (1.6, 1.0), (3.2, 0.58), (5.2, 0.28), (7.6, 0.06))
    for (z0, r0), (z1, r1) in pairwise(rings):
        for x, y in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
            model.part()
            low, high = (x * r0, y * r0, z0), (x * r1, y * r1, z1)
            model.cone(low, high, (0.10, 0.075), iron)
            model.part()
            turned = (-y * r1, x * r1, z1)
            model.cone(low, turned, (0.045, 0.035), iron)
        model.part()
        model.box((0, 0, z1), (r1 + 0.12, r1 + 0.12, 0.08), 0.02, iron)


_KINDS: Mapping[str, Callable[[Modeller, Figure], None]] = {
    "house": _config,
    "lighthouse": _lighthouse,
    "skyscraper": _skyscraper,
    "castle": _castle,
    "church": _church,
    "bridge": _bridge,
    "windmill": _windmill,
    "monument": _monument,
    "pyramid": _pyramid,
    "lattice tower": _lattice_tower,
}
