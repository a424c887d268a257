"""Stand-ins for what flies, swims and crawls: birds, fish, insects, snakes, turtles, frogs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

from core.engines.preview.arrays import Floats
from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import Finish, Modeller

_FEATHER = Finish(rough=0.7)
_SCALE = Finish(rough=0.3)
_BLACK = "101010"
_BIRDS: Mapping[str, tuple[str, str]] = {  # plumage, beak
    "bird": ("3f6fb0", "e09a2a"),
    "duck": ("e9e4d6", "f09020"),
    "chicken": ("b5602e", "e8b23a"),
    "flamingo": ("f08ab0", "30282a"),
    "eagle": ("4a3524", "e8b23a"),
    "parrot": ("d3222a", "302c28"),
}
_SWIMMERS: Mapping[str, str] = {"fish": "f07a1c", "shark": "6d7b86", "whale": "3c5468"}
_INSECTS: Mapping[str, str] = {"butterfly": "f07a1c", "bee": "e9b52a", "spider": "2a2624"}


def build_bird(model: Modeller, figure: Figure) -> None:
    """Add a bird that looks along the positive x axis."""
    if figure.kind in {"penguin", "owl"}:
        _upright_bird(model, figure)
        return
    code, beak = _BIRDS.get(figure.kind, _BIRDS["bird"])
    coat, hook = figure.paint(code), linear(beak)
    long = figure.kind == "flamingo"
    lift = 0.95 if long else 0.45
    model.part(0.08)
    model.cone((-0.22, 0, lift + 0.24), (0.20, 0, lift + 0.34), (0.20, 0.26), coat, _FEATHER)
    neck = (0.42, 0.0, lift + (0.92 if long else 0.72))
    model.cone((0.28, 0, lift + 0.44), neck, (0.10 if long else 0.17, 0.09), coat, _FEATHER)
    crest = linear("f4f2ea") if figure.kind == "eagle" else coat
    model.ball((0.46, 0, neck[2] + 0.06), (0.17, 0.15, 0.15), crest, Finish(0.7, blend=0.02))
    model.part(0.02)
    model.cone((-0.34, 0, lift + 0.28), (-0.86, 0, lift + 0.20), (0.13, 0.05), coat * 0.6, _FEATHER)
    model.part()
    start, tip = (0.58, 0.0, neck[2] + 0.05), (0.84, 0.0, neck[2] - (0.06 if long else 0.01))
    model.cone(start, tip, (0.055, 0.012), hook, Finish(rough=0.35))
    for side in (1, -1):
        _eye(model, (0.54, side * 0.12, neck[2] + 0.10), 0.028)
        model.part()
        wing = (-0.10, side * 0.25, lift + 0.33)
        model.ball(wing, (0.40, 0.055, 0.18), coat * 0.55, _FEATHER)
        _bird_leg(model, side, lift + 0.1, hook)
    if figure.kind == "chicken":
        model.part()
        model.ball((0.44, 0, neck[2] + 0.22), (0.11, 0.03, 0.09), linear("d3222a"))


def _eye(model: Modeller, centre: tuple[float, float, float], radius: float) -> None:
    model.part()
    model.ball(centre, (radius, radius, radius), linear(_BLACK), Finish(rough=0.1))


def _bird_leg(model: Modeller, side: int, height: float, paint: Floats) -> None:
    model.part(0.01)
    ankle = (0.03, side * 0.10, 0.03)
    model.cone((0.0, side * 0.10, height), ankle, (0.028, 0.022), paint)
    for toe in (-0.05, 0.0, 0.05):
        model.cone(ankle, (0.15, side * 0.10 + toe, 0.02), (0.020, 0.012), paint)


def _upright_bird(model: Modeller, figure: Figure) -> None:
    owl = figure.kind == "owl"
    coat = figure.paint("8a6a48" if owl else "1c2026", 0.1 if owl else 0.01)
    model.part(0.06)
    model.ball((0, 0, 0.62), (0.34, 0.36, 0.58), coat, _FEATHER)
    model.ball((0.06, 0, 1.20), (0.26, 0.30 if owl else 0.24, 0.25), coat, _FEATHER)
    model.part()
    model.ball((0.09, 0, 0.58), (0.30, 0.27, 0.50), linear("efe9dc"), _FEATHER)
    model.part()
    model.cone((0.30, 0, 1.18), (0.48, 0, 1.12), (0.05, 0.012), linear("f09020"), Finish(rough=0.3))
    for side in (1, -1):
        model.part()
        model.ball((-0.02, side * 0.36, 0.66), (0.19, 0.05, 0.40), coat * 0.7, _FEATHER)
        _eye(model, (0.27, side * 0.12, 1.27), 0.05 if owl else 0.03)
        model.part()
        model.ball((0.12, side * 0.13, 0.03), (0.17, 0.10, 0.035), linear("f09020"))
        if owl:
            model.part()
            model.cone((0.05, side * 0.2, 1.4), (0.02, side * 0.27, 1.58), (0.06, 0.015), coat)


def build_fish(model: Modeller, figure: Figure) -> None:
    """Add a fish, a shark or a whale on a stand, swimming along the positive x axis."""
    coat = figure.paint(_SWIMMERS.get(figure.kind, _SWIMMERS["fish"]))
    big, z = figure.kind in {"shark", "whale"}, 0.80
    deep = 0.36 if figure.kind == "whale" else 0.28 if figure.kind == "shark" else 0.36
    thick = 0.32 if big else 0.17
    model.part(0.10)
    model.ball((0.10, 0, z), (0.72, thick, deep), coat, _SCALE)
    model.cone((-0.35, 0, z), (-0.86, 0, z + 0.06), (0.15, 0.06), coat, _SCALE)
    model.part()
    model.ball((0.16, 0, z - 0.10), (0.60, thick * 0.96, deep * 0.80), coat * 0.4 + 0.45, _SCALE)
    fin = coat * 0.65
    model.part()
    if figure.kind == "whale":
        tail = ((-0.80, 0.0), (-1.20, 0.46), (-1.08, 0.0), (-1.20, -0.46))
        for half in ((tail[0], tail[1], tail[2]), (tail[0], tail[2], tail[3])):
            model.prism(half, (z + 0.04, z + 0.11), fin, axis="z")
    else:
        model.prism(((-0.78, z + 0.06), (-1.16, z + 0.46), (-1.02, z + 0.06)), (-0.03, 0.03), fin)
        model.prism(((-0.78, z + 0.06), (-1.02, z + 0.06), (-1.16, z - 0.34)), (-0.03, 0.03), fin)
    top = z + deep * 0.86
    model.part()
    model.prism(((-0.24, top), (0.20, top), (-0.22, top + 0.26)), (-0.03, 0.03), fin)
    for side in (1, -1):
        _eye(model, (0.58, side * thick * 0.68, z + 0.09), 0.045)
        model.part()
        model.cone((0.22, side * thick * 0.9, z - 0.08), (0.0, side * (thick + 0.22), z - 0.22),
                   (0.07, 0.02), fin, _SCALE)  # fmt: skip
    model.part()
    model.cone((0, 0, 0), (0, 0, z - deep * 0.8), (0.03, 0.03), linear("9a9a9c"))
    model.cylinder((0, 0, 0.03), (0.34, 0.03, 0.01), linear("3a3a3e"))


def build_bug(model: Modeller, figure: Figure) -> None:
    """Add a butterfly, a bee or a spider on its legs."""
    coat, dark = figure.paint(_INSECTS.get(figure.kind, _INSECTS["bee"])), linear("1c1a18")
    z = 0.72
    model.part(0.04)
    model.ball((-0.30, 0, z), (0.40, 0.25, 0.25), coat, _SCALE)
    model.ball((0.16, 0, z + 0.02), (0.20, 0.18, 0.18), dark, _SCALE)
    model.ball((0.42, 0, z + 0.02), (0.15, 0.15, 0.14), dark, _SCALE)
    for i in range(4):
        for side in (1, -1):
            x = 0.26 - 0.16 * i
            knee, foot = (x + 0.02, side * 0.42, z + 0.22), (x - 0.04, side * 0.62, 0.02)
            model.part(0.01)
            model.cone((x, side * 0.14, z), knee, (0.03, 0.022), dark)
            model.cone(knee, foot, (0.022, 0.012), dark)
    if figure.kind == "spider":
        return
    if figure.kind == "bee":
        for x in (-0.14, -0.34, -0.54):
            model.part()
            wide = 0.253 * math.sqrt(1 - ((x + 0.30) / 0.42) ** 2)
            model.ball((x, 0, z), (0.05, wide + 0.012, wide + 0.012), dark, _SCALE)
    paint, span = (coat, 1.0) if figure.kind == "butterfly" else (linear("dfe8ee"), 0.62)
    for side in (1, -1):
        for x, back in ((0.08, 0.16), (-0.26, -0.34)):
            model.part()
            tip = (back, side * 0.66 * span)
            corners = ((x, side * 0.08), (x - 0.16, side * 0.10), (back - 0.30, side * 0.6 * span),
                       tip)  # fmt: skip
            outline = corners[::-1] if side > 0 else corners
            model.prism(outline, (z + 0.20, z + 0.24), paint, _FEATHER, axis="z")


def build_crawler(model: Modeller, figure: Figure) -> None:
    """Add a snake, a turtle or a frog."""
    {"turtle": _turtle, "frog": _frog}.get(figure.kind, _snake)(model, figure)


def _coil(angle: float, radius: float, height: float) -> tuple[float, float, float]:
    return radius * math.cos(angle), radius * math.sin(angle), height


def _snake(model: Modeller, figure: Figure) -> None:
    coat = figure.paint("5d7f3a")
    model.part(0.04)
    bends = [_coil(i * 0.7, 0.62 * (1 - i * 0.022), 0.10 + 0.016 * i) for i in range(17)]
    for start, end in pairwise(bends):
        model.cone(start, end, (0.10, 0.10), coat, _SCALE)
    x, y, z = bends[-1]
    neck = (x * 0.5, y * 0.5, z + 0.62)
    model.cone(bends[-1], neck, (0.10, 0.085), coat, _SCALE)
    head = (neck[0] + 0.20, neck[1] - 0.12, neck[2] + 0.10)
    model.cone(neck, head, (0.10, 0.08), coat, _SCALE)
    for side in (1, -1):
        _eye(model, (head[0] - 0.02, head[1] + side * 0.07, head[2] + 0.05), 0.024)


def _turtle(model: Modeller, figure: Figure) -> None:
    coat, shell = figure.paint("6f8f4a"), linear("6b4f2e")
    model.part()
    model.ball((0, 0, 0.32), (0.66, 0.52, 0.40), shell, Finish(rough=0.4))
    model.ball((0, 0, 0.26), (0.72, 0.58, 0.12), shell * 1.6, Finish(rough=0.5))
    model.part(0.03)
    model.cone((0.55, 0, 0.30), (0.86, 0, 0.46), (0.11, 0.12), coat, _SCALE)
    model.ball((0.92, 0, 0.49), (0.15, 0.13, 0.12), coat, _SCALE)
    for side in (1, -1):
        _eye(model, (1.0, side * 0.09, 0.54), 0.025)
        for x in (0.42, -0.42):
            model.part()
            model.cone((x, side * 0.40, 0.24), (x * 1.35, side * 0.62, 0.06), (0.12, 0.10), coat)


def _frog(model: Modeller, figure: Figure) -> None:
    coat = figure.paint("4f9a3a")
    model.part(0.08)
    model.cone((-0.30, 0, 0.30), (0.20, 0, 0.52), (0.28, 0.30), coat, _SCALE)
    model.ball((0.42, 0, 0.62), (0.32, 0.34, 0.22), coat, _SCALE)
    for side in (1, -1):
        model.part()
        model.ball((0.42, side * 0.22, 0.82), (0.11, 0.11, 0.11), coat, _SCALE)
        _eye(model, (0.50, side * 0.25, 0.84), 0.065)
        model.part(0.04)
        thigh, foot = (-0.12, side * 0.52, 0.34), (-0.38, side * 0.50, 0.05)
        model.cone((-0.34, side * 0.20, 0.28), thigh, (0.17, 0.13), coat, _SCALE)
        model.cone(thigh, foot, (0.11, 0.06), coat, _SCALE)
        model.cone(foot, (0.12, side * 0.62, 0.03), (0.06, 0.035), coat, _SCALE)
        model.cone((0.34, side * 0.24, 0.45), (0.46, side * 0.34, 0.05), (0.10, 0.06), coat, _SCALE)
