"""Plant stand-ins: flowers in a vase, a potted plant, a cactus, a single bloom."""

from __future__ import annotations

import math

from core.engines.preview.arrays import Floats
from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import CERAMIC, GOLDEN_ANGLE, Finish, Modeller, Triple

_LEAF = Finish(rough=0.7)
_GREEN = "3f7a3a"


def build_plant(model: Modeller, figure: Figure) -> None:
    """Add the plant the request names."""
    builders = {"cactus": _cactus, "pot": _potted, "bloom": _bloom, "leaf": _leaf,
                "mushroom": _mushroom, "vase": _vase}  # fmt: skip
    builders.get(figure.kind, _vase)(model, figure)


def _vase(model: Modeller, figure: Figure) -> None:
    clay = figure.paints.secondary if figure.kind != "vase" else figure.paints.primary
    petals = figure.paints.primary if figure.kind != "vase" else figure.paints.accent
    model.part(0.06)
    model.ball((0, 0, 0.30), (0.27, 0.27, 0.29), clay, CERAMIC)
    model.cone((0, 0, 0.50), (0, 0, 0.66), (0.11, 0.12), clay, CERAMIC)
    model.part()
    model.ring((0, 0, 0.74), (0.125, 0.028), clay, CERAMIC)
    for i in range(7):
        angle, r, h = i * GOLDEN_ANGLE, 0.08 + 0.058 * i, 1.50 - 0.065 * i
        head = (r * math.cos(angle), r * math.sin(angle), h)
        model.part(0.01)
        model.cone((0, 0, 0.66), head, (0.016, 0.012), linear(_GREEN))
        leaf = (head[0] * 0.55, head[1] * 0.55, 0.70 + (h - 0.70) * 0.5)
        model.ball(leaf, (0.07, 0.03, 0.15), linear(_GREEN), _LEAF)
        _flower(model, head, 0.085, (petals, figure.paints.accent))


def _flower(
    model: Modeller, head: Triple, size: float, paints: tuple[Floats, Floats], petals: int = 6
) -> None:
    x, y, z = head
    outer, heart = paints
    model.part(size * 0.18)
    model.ball((x, y, z), (size * 0.6, size * 0.6, size * 0.5), heart, Finish(rough=0.8))
    for j in range(petals):
        turn = j * math.tau / petals
        drop = size * (0.05 if j % 2 else -0.45)
        petal = (x + size * math.cos(turn), y + size * math.sin(turn), z + drop)
        model.ball(petal, (size * 0.68, size * 0.68, size * 0.62), outer, Finish(rough=0.6))


def _bloom(model: Modeller, figure: Figure) -> None:
    petals = figure.paint("f2c026" if figure.says("sunflowers?") else "d3304a", 0.35)
    heart = linear("4a2e16") if figure.says("sunflowers?") else figure.paints.accent
    stem = linear(_GREEN)
    model.part()
    model.cone((0, 0, 0), (0.04, -0.03, 1.22), (0.035, 0.028), stem, _LEAF)
    for side in (1, -1):
        model.part()
        model.ball((side * 0.22, 0, 0.42 + 0.10 * side), (0.22, 0.09, 0.035), stem, _LEAF)
    model.part()
    model.ball((0.04, -0.06, 1.34), (0.19, 0.10, 0.19), heart, Finish(rough=0.9))
    for j in range(10):
        turn = j * math.tau / 10
        petal = (0.04 + 0.29 * math.cos(turn), -0.04, 1.34 + 0.29 * math.sin(turn))
        model.part()
        model.ball(petal, (0.14, 0.045, 0.14), petals, Finish(rough=0.6))


def _pot(model: Modeller, figure: Figure) -> float:
    clay = figure.paints.secondary if figure.painted_below else linear("b5653a")
    model.part()
    model.cylinder((0, 0, 0.22), (0.24, 0.22, 0.02), clay, Finish(rough=0.7), top=0.33)
    model.part()
    model.ring((0, 0, 0.42), (0.32, 0.035), clay, Finish(rough=0.7))
    model.part()
    model.cylinder((0, 0, 0.42), (0.30, 0.02, 0.005), linear("3a2618"), Finish(rough=0.95))
    return 0.42


def _potted(model: Modeller, figure: Figure) -> None:
    top, green = _pot(model, figure), figure.paint(_GREEN)
    for i in range(13):
        angle, rise = i * GOLDEN_ANGLE, 1.5 - 0.065 * i
        out = 0.10 + 0.042 * i
        x, y = out * math.cos(angle), out * math.sin(angle)
        bend, tip = (x * 0.55, y * 0.55, top + (rise - top) * 0.72), (x * 1.5, y * 1.5, rise)
        model.part(0.02)
        model.cone((0, 0, top), bend, (0.018, 0.05), green * 0.8, _LEAF)
        model.cone(bend, tip, (0.085, 0.015), green * (0.8 + 0.03 * i), _LEAF)


def _cactus(model: Modeller, figure: Figure) -> None:
    top, green = _pot(model, figure), figure.paint("4a8a4a")
    model.part(0.05)
    model.cone((0, 0, top), (0, 0, 1.36), (0.20, 0.18), green, _LEAF)
    for side, low, high in ((1, 0.82, 1.22), (-1, 0.68, 1.02)):
        model.cone((0, 0, low), (side * 0.38, 0, low + 0.08), (0.10, 0.10), green, _LEAF)
        model.cone((side * 0.38, 0, low + 0.08), (side * 0.40, 0, high), (0.10, 0.09), green, _LEAF)
    model.part()
    _flower(model, (0, 0, 1.54), 0.07, (linear("e8507a"), linear("f6cf3a")))


def _leaf(model: Modeller, figure: Figure) -> None:
    green = figure.paint("4f8f3a")
    model.part()
    model.cone((0.1, 0, 0), (0, 0, 0.5), (0.03, 0.03), green * 0.6, _LEAF)
    model.part()
    model.ball((-0.04, 0, 0.98), (0.40, 0.035, 0.58), green, _LEAF)
    model.part()
    model.cone((0, -0.03, 0.42), (-0.06, -0.03, 1.50), (0.022, 0.010), green * 1.5, _LEAF)


def _mushroom(model: Modeller, figure: Figure) -> None:
    model.part(0.05)
    model.cone((0, 0, 0.05), (0, 0, 0.80), (0.22, 0.15), linear("f0e8d6"), Finish(rough=0.8))
    model.part()
    cap = figure.paint("c8302a")
    model.ball((0, 0, 0.84), (0.60, 0.60, 0.36), cap, Finish(rough=0.4))
    for i in range(9):
        a, r = i * GOLDEN_ANGLE, 0.50 * math.sqrt(i / 9)
        z = 0.84 + 0.36 * math.sqrt(max(0.05, 1 - (r / 0.6) ** 2))
        model.part()
        model.ball((r * math.cos(a), r * math.sin(a), z), (0.07, 0.07, 0.03), linear("f6f2e8"))
