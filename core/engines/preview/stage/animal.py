"""The four-legged stand-in: one way to build it from the anatomy of every animal."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from core.engines.preview.arrays import Floats
from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import Finish, Modeller, Triple
from core.engines.preview.stage.anatomy import ANATOMIES, Anatomy

_FUR = Finish(rough=0.75)
_HORN = Finish(rough=0.4)
_DARK = "101010"


def _along(start: Triple, length: float, degrees: float) -> Triple:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return start[0] + length * c, start[1], start[2] + length * s


def build_animal(model: Modeller, figure: Figure) -> None:
    """Add the quadruped the request names, looking along the positive x axis."""
    shape = ANATOMIES.get(figure.kind, ANATOMIES["animal"])
    coat = figure.paint(shape.coat)
    model.part(0.09)
    back = shape.hip + shape.girth * 0.75
    rump, chest = (-shape.body / 2, 0, back), (shape.body / 2, 0, back + 0.02)
    model.cone(rump, chest, (shape.girth * 0.86, shape.girth * 1.12), coat, _FUR)
    nape = (shape.body / 2 + 0.05, 0.0, back + shape.girth * 0.35)
    crown = _along(nape, shape.neck[0] + shape.head, shape.neck[1])
    thick = min(shape.girth * 0.62, 0.16), max(shape.head * 0.72, 0.07)
    model.cone(nape, crown, thick, coat, _FUR)
    model.ball(crown, (shape.head * 1.1, shape.head, shape.head), coat, _FUR)
    start = (-shape.body / 2 - shape.girth * 0.8, 0.0, back + shape.girth * 0.25)
    end = _along(start, -shape.tail[0], -shape.tail[1])
    model.cone(start, end, (shape.tail[2], shape.tail[2] * 0.7), coat, _FUR)
    _face(model, shape, coat, crown)
    _legs(model, shape, coat)
    for mark in shape.marks.split():
        _MARKS[mark](model, shape, coat, crown)


def _face(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    x, _, z = crown
    model.part(0.03)
    front = x + shape.head * 0.7
    tip = (front + shape.snout, 0.0, z - shape.head * 0.35)
    sheen = Finish(rough=0.75, blend=0.02)
    pale = coat * 0.80 + 0.07
    model.cone(
        (front, 0, z - shape.head * 0.2), tip, (shape.head * 0.62, shape.muzzle), pale, sheen
    )
    nose = (tip[0] + shape.muzzle * 0.8, 0.0, tip[2] + shape.muzzle * 0.3)
    small = max(0.4 * shape.muzzle, 0.02)
    model.ball(nose, (small, small, small * 0.8), linear(_DARK), Finish(rough=0.2, blend=0.003))
    long, thick = shape.ear
    for side in (1, -1):
        eye = (x + shape.head * 0.78, side * shape.head * 0.62, z + shape.head * 0.28)
        model.ball(eye, (0.022, 0.02, 0.026), linear(_DARK), Finish(rough=0.1, blend=0.002))
        if thick:
            root = (x - shape.head * 0.15, side * shape.head * 0.66, z + shape.head * 0.62)
            drop = (root[0], side * (shape.head * 0.95 + 0.02), root[2] + long)
            model.cone(root, drop, (thick, thick * (0.8 if long < 0 else 0.35)), coat * 0.62, _FUR)


def _legs(model: Modeller, shape: Anatomy, coat: Floats) -> None:
    sock, apart = coat * 0.62 + 0.1, shape.girth * 0.55
    for front, side, lean in ((1, 1, 0.05), (1, -1, -0.06), (-1, 1, -0.06), (-1, -1, 0.05)):
        x = front * (shape.body / 2 - 0.04)
        knee = (x + lean, side * apart, shape.hip * 0.5)
        model.part(0.06)
        model.cone((x, side * apart, shape.hip + 0.06), knee, (shape.leg * 1.9, shape.leg), coat)
        paw = (x + lean * 0.3, side * apart, shape.leg * 0.8)
        model.cone(knee, paw, (shape.leg, shape.leg * 0.85), sock, Finish(blend=0.05))
        toe = (paw[0] + shape.leg * 0.9, paw[1], shape.leg * 0.62)
        model.cone(paw, toe, (shape.leg * 0.85, shape.leg * 0.62), sock, Finish(blend=0.05))


def _mane(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    start = (shape.body / 2 - 0.06, 0.0, shape.hip + shape.girth * 1.45)
    end = (crown[0] - shape.head * 0.9, 0.0, crown[2] + shape.head * 0.5)
    model.part(0.02)
    model.cone(start, end, (0.075, 0.06), coat * 0.22, _FUR)


def _ruff(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    x, _, z = crown
    model.part(0.05)
    wide = shape.head * 1.75
    model.ball((x - shape.head * 0.55, 0, z - 0.02), (shape.head, wide, wide), coat * 0.38, _FUR)


def _stripes(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    del crown
    back = shape.hip + shape.girth * 0.76
    dark = linear(_DARK) if coat.mean() > 0.12 else coat * 0.45
    for i in range(6):
        x = -shape.body / 2 + shape.body * i / 5.2
        model.part()
        model.ball((x, 0, back + 0.03), (0.032, shape.girth * 1.03, shape.girth * 1.02), dark, _FUR)


def _patches(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    back, neck = shape.hip + shape.girth * 0.76, shape.neck[0] > 0.8
    spot = coat * 0.3 if neck else linear("2a2420")
    radius = shape.girth * (0.36 if neck else 0.55)
    for i in range(7):
        angle = i * 2.4
        x = -shape.body / 2 + shape.body * ((i * 0.37) % 1)
        y, z = shape.girth * 0.72 * math.cos(angle), back + shape.girth * 0.45 * math.sin(angle)
        model.part()
        model.ball((x, y, z), (radius, radius * 0.8, radius * 0.8), spot, _FUR)
    if neck:
        for i in range(5):
            share = 0.15 + 0.16 * i
            x = shape.body / 2 + (crown[0] - shape.body / 2) * share
            z = back + (crown[2] - back) * share
            model.part()
            model.ball((x, 0.03 * (-1) ** i, z), (0.07, 0.125 - 0.012 * i, 0.07), spot, _FUR)


def _horns(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    del coat
    x, _, z = crown
    bone, tall = linear("d8cdb4"), 0.13 if shape.neck[0] > 0.8 else 0.22
    model.part(0.01)
    for side in (1, -1):
        root = (x, side * shape.head * 0.42, z + shape.head * 0.8)
        tip = (x + 0.02, side * (shape.head * 0.42 + tall * 0.5), z + shape.head * 0.8 + tall)
        model.cone(root, tip, (0.035, 0.014), bone, _HORN)


def _horn(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    x = crown[0] + shape.head * 0.7 + shape.snout * 0.85
    z = crown[2] - shape.head * 0.2
    model.part()
    model.cone((x, 0, z), (x + 0.10, 0, z + 0.36), (0.07, 0.015), coat * 0.5 + 0.2, _HORN)


def _antlers(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    del coat
    x, _, z = crown
    bone = linear("8a6a48")
    model.part(0.01)
    for side in (1, -1):
        root = (x - 0.02, side * shape.head * 0.5, z + shape.head * 0.7)
        fork = (x - 0.10, side * 0.20, z + 0.34)
        model.cone(root, fork, (0.026, 0.018), bone, _HORN)
        for dx, dy, dz in ((-0.10, 0.10, 0.20), (0.14, 0.06, 0.16)):
            tip = (fork[0] + dx, fork[1] + side * dy, fork[2] + dz)
            model.cone(fork, tip, (0.018, 0.008), bone, _HORN)


def _trunk(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    x, _, z = crown
    model.part(0.04)
    root, bend = (x + shape.head * 0.8, 0.0, z - 0.06), (x + shape.head * 1.5, 0.0, z - 0.55)
    model.cone(root, bend, (0.15, 0.095), coat, _FUR)
    model.cone(bend, (x + shape.head * 1.75, 0.0, z - 0.95), (0.095, 0.06), coat, _FUR)
    for side in (1, -1):
        model.part()
        ear = (x - 0.06, side * shape.head * 1.12, z - 0.04)
        model.ball(ear, (0.07, 0.24, 0.36), coat * 0.85, _FUR)
        model.part()
        tusk = (x + shape.head * 0.85, side * 0.16, z - 0.20)
        tip = (tusk[0] + 0.40, side * 0.18, z - 0.36)
        model.cone(tusk, tip, (0.045, 0.015), linear("f0e8d4"), _HORN)


def _hump(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    del crown
    model.part(0.08)
    for x in (-0.24, 0.20):
        top = (x * shape.body, 0, shape.hip + shape.girth * 1.75)
        model.ball(top, (0.17, 0.14, 0.24), coat * 0.85, _FUR)


def _wool(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    del crown
    back = shape.hip + shape.girth * 0.85
    model.part(0.05)
    for i in range(8):
        x = -shape.body / 2 + shape.body * (i % 4) / 3
        side = 1 if i < 4 else -1
        model.ball((x, side * 0.12, back + 0.05), (0.22, 0.20, 0.24), coat, Finish(rough=0.95))


def _mask(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    del coat
    x, _, z = crown
    dark = linear("1a1918")
    for side in (1, -1):
        model.part()
        eye = (x + shape.head * 0.80, side * shape.head * 0.45, z + shape.head * 0.22)
        model.ball(eye, (0.07, 0.075, 0.09), dark, _FUR)
        for front in (1, -1):
            model.part()
            leg = (front * (shape.body / 2 - 0.04), side * shape.girth * 0.55, shape.hip * 0.45)
            model.ball(leg, (0.17, 0.16, shape.hip * 0.48), dark, _FUR)


def _plates(model: Modeller, shape: Anatomy, coat: Floats, crown: Triple) -> None:
    del crown
    top = shape.hip + shape.girth * 1.65
    for i in range(6):
        x = -shape.body * 0.6 + shape.body * 1.15 * i / 5
        tall = shape.girth * (0.62 - 0.12 * abs(i - 2.5))
        model.part()
        model.prism(
            ((x - 0.11, top - 0.08), (x + 0.11, top - 0.08), (x, top + tall)), (-0.025, 0.025),
            coat * 0.55,
        )  # fmt: skip


_MARKS: Mapping[str, Callable[[Modeller, Anatomy, Floats, Triple], None]] = {
    "mane": _mane,
    "ruff": _ruff,
    "stripes": _stripes,
    "patches": _patches,
    "horns": _horns,
    "horn": _horn,
    "antlers": _antlers,
    "trunk": _trunk,
    "hump": _hump,
    "wool": _wool,
    "mask": _mask,
    "plates": _plates,
}
