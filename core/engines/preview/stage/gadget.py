"""Small things one sells: watch, phone, shoe, book, laptop, camera, bag."""

from __future__ import annotations

import math

from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import LACQUER, STEEL, Finish, Modeller
from core.engines.preview.stage.product import put_plinth

_LEATHER = Finish(rough=0.55)
_GLASS = Finish(rough=0.04)
_TOP = 0.24


def build_watch(model: Modeller, figure: Figure, *, plinth: bool = True) -> None:
    """Add a wrist watch with its strap closed, its dial to the front; or a clock."""
    if plinth:
        put_plinth(model, figure, _TOP, 0.62)
    strap, steel = figure.paint("3a2a20", 0.25), linear("c8ccd2")
    z, ring = _TOP + 0.62, 0.42
    if figure.kind == "clock":
        ring = 0.56
    else:
        for x in (-0.13, 0.0, 0.13):
            model.part()
            model.ring((x, 0.50, z), (0.50, 0.066), strap, _LEATHER, axis="x")
    model.part()
    model.cylinder((0, 0, z), (ring, 0.10, 0.03), steel, STEEL, axis="y")
    model.part()
    face = linear("f4f2ea") if not figure.painted_below else figure.paints.secondary
    model.cylinder((0, -0.012, z), (ring - 0.06, 0.10, 0.005), face, Finish(rough=0.25), axis="y")
    for hour in range(12):
        angle = hour * math.pi / 6
        inner, outer = ring - (0.16 if hour % 3 == 0 else 0.13), ring - 0.09
        model.part()
        model.cone(
            (inner * math.sin(angle), -0.115, z + inner * math.cos(angle)),
            (outer * math.sin(angle), -0.115, z + outer * math.cos(angle)),
            (0.012, 0.012), linear("1c1d20"),
        )  # fmt: skip
    for degrees, long, thick in ((-60, 0.55, 0.020), (60, 0.78, 0.014)):
        angle, reach = math.radians(degrees), (ring - 0.08) * long
        model.part()
        tip = (reach * math.sin(angle), -0.125, z + reach * math.cos(angle))
        model.cone((0, -0.125, z), tip, (thick, thick * 0.6), linear("16181c"), LACQUER)
    model.part()
    model.cylinder((ring + 0.05, 0, z), (0.05, 0.05, 0.01), steel, STEEL, axis="x")


def build_phone(model: Modeller, figure: Figure, *, plinth: bool = True) -> None:
    """Add a phone that stands upright, its screen to the front; or a tablet."""
    if plinth:
        put_plinth(model, figure, _TOP, 0.62)
    half = 0.46 if figure.kind == "tablet" else 0.30
    z = _TOP + 0.62
    model.part()
    model.box((0, 0, z), (half, 0.045, 0.62), 0.04, figure.paint("2a2c31", 0.15), Finish(0.25))
    model.part()
    model.box((0, -0.043, z), (half - 0.03, 0.006, 0.585), 0.004, linear("0b0d12"), _GLASS)
    model.part()
    for row in range(4):
        for place in range(3):
            x, paints = (place - 1) * half * 0.56, figure.paints
            tile = (paints.primary, paints.accent, paints.secondary)[(row + place) % 3]
            spot = (x, -0.049, z + 0.36 - row * 0.20)
            model.box(spot, (half * 0.19, 0.004, 0.065), 0.003, tile, Finish(0.3, glow=0.10))


def build_shoe(model: Modeller, figure: Figure, *, plinth: bool = True) -> None:
    """Add a shoe that points along the positive x axis: sneaker, boot or pump."""
    if plinth:
        put_plinth(model, figure, _TOP, 0.92)
    boot, upper = figure.kind == "boot", figure.paints.primary
    sole = linear("f1efe9") if figure.kind == "sneaker" else upper * 0.18
    z = _TOP
    model.part(0.03)
    model.cone((-0.50, 0, z + 0.07), (0.05, 0, z + 0.06), (0.085, 0.075), sole, Finish(0.5))
    model.ball((-0.42, 0, z + 0.07), (0.28, 0.23, 0.085), sole, Finish(0.5))
    model.ball((0.32, 0, z + 0.06), (0.44, 0.26, 0.075), sole, Finish(0.5))
    model.part(0.10)
    model.ball((0.34, 0, z + 0.17), (0.38, 0.22, 0.17), upper, _LEATHER)
    model.cone((0.18, 0, z + 0.24), (-0.30, 0, z + 0.48), (0.17, 0.15), upper, _LEATHER)
    model.ball((-0.42, 0, z + 0.26), (0.24, 0.20, 0.24), upper, _LEATHER)
    top = z + (1.05 if boot else 0.52)
    model.cone((-0.42, 0, z + 0.34), (-0.42, 0, top), (0.19, 0.18), upper, _LEATHER)
    model.part()
    model.cylinder((-0.42, 0, top + 0.13), (0.135, 0.075, 0.01), upper * 0.12)
    if figure.kind == "sneaker":
        for i in range(4):
            x, rise = 0.20 - 0.125 * i, z + 0.335 + 0.062 * i
            model.part()
            model.cone((x, -0.11, rise), (x, 0.11, rise), (0.020, 0.020), linear("f4f4f0"))
        model.part()
        model.ball((-0.12, -0.175, z + 0.24), (0.24, 0.025, 0.045), figure.paints.accent)


def build_book(model: Modeller, figure: Figure, *, plinth: bool = True) -> None:
    """Add a book on its end, a laptop, a camera or a bag."""
    if plinth:
        put_plinth(model, figure, _TOP, 0.72)
    {"laptop": _laptop, "camera": _camera, "bag": _bag}.get(figure.kind, _book)(model, figure)


def _book(model: Modeller, figure: Figure) -> None:
    cover, z = figure.paints.primary, _TOP + 0.50
    for side in (1, -1):
        model.part()
        model.box((0, side * 0.085, z), (0.38, 0.014, 0.50), 0.008, cover, _LEATHER)
    model.part()
    model.box((0.01, 0, z), (0.355, 0.075, 0.475), 0.005, linear("efe8d8"), Finish(0.9))
    model.part()
    model.box((-0.37, 0, z), (0.02, 0.095, 0.50), 0.015, cover, _LEATHER)
    model.part()
    model.box((0.0, -0.098, z + 0.16), (0.24, 0.006, 0.10), 0.003, figure.paints.accent)


def _laptop(model: Modeller, figure: Figure) -> None:
    body = figure.paint("b9bcc2", 0.1)
    model.part()
    model.box((0, 0.0, _TOP + 0.025), (0.62, 0.42, 0.025), 0.02, body, STEEL)
    model.part()
    model.box((0, -0.05, _TOP + 0.052), (0.52, 0.22, 0.006), 0.004, linear("1b1d21"))
    model.part()
    model.box((0, 0.44, _TOP + 0.46), (0.62, 0.022, 0.42), 0.02, body, STEEL)
    model.part()
    screen = Finish(0.15, glow=0.08)
    model.box((0, 0.418, _TOP + 0.46), (0.57, 0.006, 0.37), 0.004, figure.paints.secondary, screen)


def _camera(model: Modeller, figure: Figure) -> None:
    body, z = figure.paint("1d1e21", 0.1), _TOP + 0.36
    model.part()
    model.box((0, 0, z), (0.52, 0.17, 0.34), 0.07, body, _LEATHER)
    model.part()
    model.box((0, 0, z + 0.40), (0.17, 0.14, 0.08), 0.03, body)
    for radius, front in ((0.27, 0.34), (0.20, 0.40)):
        model.part()
        model.cylinder((0, -front + 0.1, z - 0.02), (radius, 0.14, 0.02), body * 0.8, axis="y")
    model.part()
    model.cylinder((0, -0.435, z - 0.02), (0.16, 0.01, 0.004), linear("16243c"), _GLASS, axis="y")


def _bag(model: Modeller, figure: Figure) -> None:
    hide, z = figure.paints.primary, _TOP + 0.40
    model.part()
    model.box((0, 0, z), (0.56, 0.22, 0.38), 0.12, hide, _LEATHER)
    model.part()
    model.ring((0, 0, z + 0.42), (0.28, 0.035), hide * 0.6, _LEATHER, axis="y")
    model.part()
    model.box((0, -0.22, z + 0.10), (0.10, 0.02, 0.06), 0.01, linear("d9b36a"), STEEL)
