"""Stand-ins that carry: bus, van, truck, train, bicycle, motorbike, boat, aeroplane, rocket."""

from __future__ import annotations

import math

from core.engines.preview.arrays import Floats
from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import LACQUER, STEEL, Finish, Modeller, Triple

_PANE = Finish(rough=0.04)
_RUBBER = Finish(rough=0.8)
_DARK = "101216"


def build_bus(model: Modeller, figure: Figure) -> None:
    """Add a bus, van, truck or train that drives along the positive x axis."""
    natural = {"bus": "e9a41e", "train": "3a5f8a", "truck": "b5442e"}.get(figure.kind, "d9d9d6")
    paint = figure.paint(natural, 0.25)
    {"truck": _truck, "tractor": _tractor}.get(figure.kind, _carriage)(model, figure, paint)


def _carriage(model: Modeller, figure: Figure, paint: Floats) -> None:
    long = {"bus": 2.7, "train": 3.6}.get(figure.kind, 1.9)
    top = 2.05 if figure.kind == "van" else 2.55
    nose = {"van": 0.75, "train": 1.1}.get(figure.kind, 0.16)
    outline = ((-long, 0.42), (long, 0.42), (long, top * 0.45), (long - nose, top), (-long, top))
    model.part()
    model.prism(outline, (-0.88, 0.88), paint, LACQUER, edge=0.10)
    glass, high = linear(_DARK), top * 0.62
    model.part()
    model.box((-0.12, 0, high + 0.08), (long - nose - 0.05, 0.895, 0.30), 0.04, glass, _PANE)
    model.part()
    front = long - nose * 0.5
    screen = ((front - nose * 0.4, top * 0.52), (long + 0.012, top * 0.52),
              (long - nose + 0.05, top - 0.22), (front - nose * 0.9, top - 0.22))  # fmt: skip
    model.prism(screen, (-0.74, 0.74), glass, _PANE, edge=0.02)
    count = 5 if figure.kind != "van" else 2
    for i in range(1, count):
        x = -long + (2 * long - nose) * i / count
        model.part()
        model.box((x, 0, high + 0.08), (0.06, 0.90, 0.31), 0.02, paint, LACQUER)
    model.part()
    model.box((0, 0, 0.86), (long - 0.05, 0.892, 0.06), 0.02, figure.paints.accent, LACQUER)
    wheels = (-0.72, -0.5, 0.5, 0.72) if figure.kind == "train" else (-0.62, 0.62)
    for x in wheels:
        for side in (1, -1):
            _wheel(model, (x * long, side * 0.80), 0.40)
    if figure.kind == "train":
        for side in (1, -1):
            model.part()
            rail = linear("8a8d92")
            model.box((0, side * 0.72, 0.05), (long, 0.05, 0.05), 0.01, rail, STEEL)
    for side in (1, -1):
        model.part()
        model.ball(
            (long, side * 0.60, 0.72), (0.06, 0.14, 0.09), linear("fff4dc"), Finish(glow=0.7)
        )


def _truck(model: Modeller, figure: Figure, paint: Floats) -> None:
    model.part()
    cab = ((0.55, 0.5), (2.10, 0.5), (2.10, 1.10), (1.45, 1.28), (1.18, 2.05), (0.55, 2.05))
    model.prism(cab, (-0.86, 0.86), paint, LACQUER, edge=0.08)
    model.part()
    model.box((0.98, 0, 1.62), (0.27, 0.872, 0.24), 0.03, linear(_DARK), _PANE)
    model.prism(((1.22, 1.36), (1.50, 1.36), (1.30, 1.92), (1.02, 1.92)), (-0.70, 0.70),
                linear(_DARK), _PANE, edge=0.02)  # fmt: skip
    model.part()
    bed = figure.paints.secondary if figure.painted_below else paint * 0.8
    model.box((-0.85, 0, 0.62), (1.35, 0.88, 0.12), 0.03, bed, LACQUER)
    for side in (1, -1):
        model.part()
        model.box((-0.85, side * 0.86, 0.98), (1.35, 0.04, 0.28), 0.02, bed, LACQUER)
    model.part()
    model.box((-2.18, 0, 0.98), (0.04, 0.86, 0.28), 0.02, bed, LACQUER)
    for x in (-1.35, 1.45):
        for side in (1, -1):
            _wheel(model, (x, side * 0.80), 0.46)
    for side in (1, -1):
        model.part()
        model.ball((2.10, side * 0.6, 0.85), (0.05, 0.15, 0.09), linear("fff4dc"), Finish(glow=0.7))


def _tractor(model: Modeller, figure: Figure, paint: Floats) -> None:
    model.part()
    model.box((0.75, 0, 1.05), (0.85, 0.38, 0.34), 0.10, paint, LACQUER)
    model.part()
    model.box((-0.65, 0, 1.75), (0.62, 0.62, 0.58), 0.06, linear(_DARK), _PANE)
    model.box((-0.65, 0, 2.36), (0.70, 0.70, 0.06), 0.03, paint, LACQUER)
    model.part()
    model.cone((1.2, 0.2, 1.3), (1.2, 0.2, 2.05), (0.05, 0.05), figure.paints.secondary)
    for side in (1, -1):
        _wheel(model, (-0.80, side * 0.78), 0.82)
        _wheel(model, (1.15, side * 0.62), 0.45)


def _wheel(model: Modeller, place: tuple[float, float], radius: float) -> None:
    x, y = place
    model.part()
    centre = (x, y, radius)
    model.cylinder(centre, (radius, 0.13, 0.05), linear("0c0c0e"), _RUBBER, axis="y")
    model.part()
    model.cylinder(centre, (radius * 0.58, 0.138, 0.02), linear("b4b8be"), STEEL, axis="y")


def build_bike(model: Modeller, figure: Figure) -> None:
    """Add a bicycle or a motorbike that points along the positive x axis."""
    paint, motor = figure.paints.primary, figure.kind == "motorbike"
    radius, tube = (0.36, 0.085) if motor else (0.38, 0.026)
    rear, front = (-0.62, 0.0, radius + tube), (0.68, 0.0, radius + tube)
    for x, _, z in (rear, front):
        model.part()
        model.ring((x, 0, z), (radius, tube), linear("111114"), _RUBBER, axis="y")
        model.part()
        hub = (0.17, 0.05, 0.01) if motor else (0.05, 0.05, 0.01)
        model.cylinder((x, 0, z), hub, linear("b4b8be"), STEEL, axis="y")
        for i in range(0 if motor else 8):
            a = i * math.pi / 4
            rim = (x + radius * math.cos(a), 0.0, z + radius * math.sin(a))
            model.part()
            model.cone((x, 0, z), rim, (0.008, 0.006), linear("b4b8be"))
    pedal, seat, head = (-0.06, 0.0, 0.36), (-0.26, 0.0, 0.92), (0.46, 0.0, 0.94)
    thick = 0.045 if motor else 0.030
    model.part(0.02)
    for start, end in ((pedal, seat), (seat, head), (pedal, head), (rear, pedal), (rear, seat)):
        model.cone(start, end, (thick, thick), paint, LACQUER)
    model.part()
    model.cone(front, (0.42, 0, 1.06), (thick, thick), paint, LACQUER)
    for side in (1, -1):
        model.part()
        model.cone((0.42, 0, 1.06), (0.30, side * 0.30, 1.12), (0.022, 0.026), linear(_DARK))
    _saddle(model, paint, pedal, motor=motor)


def _saddle(model: Modeller, paint: Floats, pedal: Triple, *, motor: bool) -> None:
    model.part()
    if motor:
        model.ball((0.14, 0, 0.92), (0.34, 0.17, 0.17), paint, LACQUER)
        model.box((-0.38, 0, 0.90), (0.34, 0.15, 0.07), 0.06, linear(_DARK))
        model.part()
        model.box((0.02, 0, 0.50), (0.26, 0.17, 0.21), 0.06, linear("5a5d63"), STEEL)
        model.ball((0.60, 0, 0.98), (0.09, 0.12, 0.12), linear("fff4dc"), Finish(glow=0.7))
        return
    model.ball((-0.29, 0, 0.99), (0.15, 0.075, 0.045), linear("2a201a"))
    model.part()
    model.cylinder(pedal, (0.10, 0.04, 0.01), linear("8a8d92"), STEEL, axis="y")


def build_boat(model: Modeller, figure: Figure) -> None:
    """Add a sailing boat, a ship or a rowing boat heading along the positive x axis."""
    hull = figure.paint("f0eee8", 0.2)
    if figure.kind == "ship":
        _ship(model, figure, hull)
        return
    deck = linear("a87a4a")
    model.part()
    for side in (1, -1):
        rim = ((-1.5, 0.0), (-1.5, -0.42), (0.5, -0.52), (1.8, -0.02), (1.8, 0.0))
        outline = rim if side < 0 else tuple((x, -y) for x, y in rim)[::-1]
        model.prism(outline, (0.02, 0.50), hull, LACQUER, axis="z", edge=0.03)
        model.prism(
            tuple((x * 0.94, y * 0.9) for x, y in outline), (0.30, 0.53), deck, axis="z", edge=0.01
        )
    model.part()
    model.box((0, 0, 0.44), (1.48, 0.535, 0.035), 0.01, figure.paints.primary, LACQUER)
    if figure.kind == "rowboat":
        return
    model.part()
    model.cone((0.1, 0, 0.5), (0.1, 0, 3.5), (0.035, 0.025), linear("c9b08a"))
    model.cone((0.1, 0, 0.75), (-1.35, 0, 0.75), (0.03, 0.03), linear("c9b08a"))
    cloth = figure.paints.secondary if figure.painted_below else linear("f7f3ea")
    model.part()
    model.prism(((-1.32, 0.82), (0.05, 0.82), (0.05, 3.40)), (-0.02, 0.02), cloth)
    model.prism(((0.20, 0.72), (1.62, 0.60), (0.20, 3.0)), (0.02, 0.06), cloth * 0.9)


def _ship(model: Modeller, figure: Figure, hull: Floats) -> None:
    model.part()
    model.prism(((-2.1, 0.02), (1.75, 0.02), (2.35, 0.62), (-2.2, 0.62)), (-0.46, 0.46), hull,
                LACQUER, edge=0.04)  # fmt: skip
    model.part()
    model.box((0, 0, 0.12), (1.9, 0.475, 0.12), 0.02, figure.paints.primary, LACQUER)
    for level, long in enumerate((1.35, 0.95, 0.55)):
        model.part()
        centre = (-0.35 - 0.12 * level, 0, 0.78 + 0.31 * level)
        model.box(centre, (long, 0.36, 0.155), 0.03, linear("f2f0ea"), LACQUER)
        model.part()
        model.box(centre, (long - 0.08, 0.372, 0.05), 0.01, linear(_DARK), _PANE)
    model.part()
    model.cylinder((-0.65, 0, 1.78), (0.17, 0.24, 0.02), figure.paints.primary)
    model.part()
    model.cone((0.1, 0, 1.5), (0.1, 0, 2.3), (0.025, 0.015), linear("c4c8cc"))


def build_plane(model: Modeller, figure: Figure) -> None:
    """Add an aeroplane, a helicopter, a rocket or a balloon, the first flying along +x."""
    builders = {"helicopter": _helicopter, "rocket": _rocket, "balloon": _balloon}
    builders.get(figure.kind, _airliner)(model, figure)


def _airliner(model: Modeller, figure: Figure) -> None:
    body, trim, z = figure.paint("eef0f2", 0.05), figure.paints.primary, 1.25
    model.part(0.06)
    model.cone((-1.5, 0, z + 0.05), (1.45, 0, z), (0.20, 0.27), body, LACQUER)
    model.cone((1.45, 0, z), (1.80, 0, z - 0.05), (0.26, 0.12), body, LACQUER)
    model.cone((-1.5, 0, z + 0.05), (-2.1, 0, z + 0.14), (0.20, 0.07), body, LACQUER)
    model.part()
    model.box((1.62, 0, z + 0.13), (0.10, 0.17, 0.05), 0.03, linear(_DARK), _PANE)
    for side in (1, -1):
        wing = ((0.55, side * 0.18), (-0.35, side * 0.18), (-0.75, side * 1.95),
                (-0.50, side * 1.95))  # fmt: skip
        fin = ((-1.62, side * 0.08), (-1.98, side * 0.08), (-2.15, side * 0.72),
               (-1.98, side * 0.72))  # fmt: skip
        for outline, low in ((wing, z - 0.10), (fin, z + 0.12)):
            turned = outline if side > 0 else outline[::-1]
            model.part()
            model.prism(turned, (low, low + 0.06), body * 0.85, LACQUER, axis="z")
        model.part()
        model.cylinder((0.10, side * 0.75, z - 0.24), (0.14, 0.26, 0.03), trim, LACQUER, axis="x")
    model.part()
    model.prism(((-2.12, z + 0.10), (-1.50, z + 0.16), (-1.98, z + 0.86), (-2.22, z + 0.86)),
                (-0.035, 0.035), trim, LACQUER)  # fmt: skip
    model.part()
    model.box((0.05, 0, z + 0.09), (1.35, 0.285, 0.035), 0.02, linear(_DARK), _PANE)
    for x, y in ((1.2, 0.0), (-0.2, 0.32), (-0.2, -0.32)):
        model.part()
        model.cone((x, y, z - 0.2), (x, y, 0.14), (0.03, 0.03), linear("8a8d92"))
        model.cylinder((x, y, 0.14), (0.14, 0.06, 0.02), linear("0c0c0e"), _RUBBER, axis="y")


def _helicopter(model: Modeller, figure: Figure) -> None:
    paint, z = figure.paints.primary, 0.95
    model.part(0.10)
    model.ball((0.35, 0, z), (0.85, 0.48, 0.52), paint, LACQUER)
    model.cone((-0.3, 0, z + 0.12), (-2.0, 0, z + 0.30), (0.20, 0.07), paint, LACQUER)
    model.part()
    model.ball((0.66, 0, z + 0.10), (0.58, 0.43, 0.38), linear(_DARK), _PANE)
    model.part()
    model.cone((0.2, 0, z + 0.4), (0.2, 0, z + 0.78), (0.07, 0.05), linear("8a8d92"))
    for end in ((2.0, 0.9), (-1.6, -0.9)):
        model.cone((0.2, 0, z + 0.78), (*end, z + 0.78), (0.05, 0.045), linear("2a2c30"))
    model.part()
    model.ring((-2.0, 0, z + 0.34), (0.26, 0.025), linear("2a2c30"), axis="y")
    for side in (1, -1):
        model.part()
        model.cone((-0.5, side * 0.42, 0.05), (1.1, side * 0.42, 0.05), (0.04, 0.04), linear(_DARK))
        for x in (0.0, 0.7):
            model.cone(
                (x, side * 0.3, z - 0.4), (x, side * 0.42, 0.05), (0.03, 0.03), linear(_DARK)
            )


def _rocket(model: Modeller, figure: Figure) -> None:
    body, trim = figure.paint("eef0f2", 0.05), figure.paints.primary
    model.part()
    model.cylinder((0, 0, 1.75), (0.42, 1.25, 0.05), body, LACQUER)
    model.part()
    model.cone((0, 0, 2.95), (0, 0, 3.75), (0.40, 0.04), trim, LACQUER)
    model.part()
    model.ball((0, -0.36, 2.3), (0.18, 0.10, 0.18), linear(_DARK), _PANE)
    for axis in ("x", "y"):
        for side in (1, -1):
            fin = ((side * 0.38, 0.55), (side * 0.95, 0.05), (side * 0.38, 1.45))
            model.part()
            span = (-0.04, 0.04)
            model.prism(fin if side > 0 else fin[::-1], span, trim, LACQUER, axis=axis)


def _balloon(model: Modeller, figure: Figure) -> None:
    paints = figure.paints
    for i in range(8):
        a = i * math.pi / 4
        tone = paints.primary if i % 2 else paints.accent
        model.part()
        centre = (0.36 * math.cos(a), 0.36 * math.sin(a), 2.55)
        model.ball(centre, (0.78, 0.78, 0.98), tone, Finish(rough=0.5))
    model.part()
    model.cone((0, 0, 2.1), (0, 0, 1.25), (0.80, 0.20), paints.secondary, Finish(rough=0.5))
    model.part()
    model.box((0, 0, 0.55), (0.24, 0.24, 0.20), 0.03, linear("8a5a34"), Finish(rough=0.9))
    for x in (-0.2, 0.2):
        for y in (-0.2, 0.2):
            model.part()
            model.cone((x, y, 0.7), (x, y, 1.3), (0.012, 0.012), linear("3a3028"))
