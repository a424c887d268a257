"""The car stand-in."""

from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import LACQUER, STEEL, Finish, Modeller


def build_car(model: Modeller, figure: Figure) -> None:
    """Add a car 4.2 m long that drives along the positive x axis."""
    tall = figure.kind in {"suv", "taxi"}
    rise = 0.10 if tall else 0.0
    _body(model, figure, rise)
    for side in (1, -1):
        _lamps(model, figure, side)
        for axle in (1.32, -1.30):
            _wheel(model, axle, side)
    dark = linear("101114")
    model.part()
    model.box((2.11, 0, 0.44), (0.05, 0.55, 0.08), 0.03, dark, Finish(rough=0.3))
    model.part()
    model.box((0, 0, 0.37), (1.98, 0.80, 0.06), 0.04, dark)
    if figure.kind == "taxi":
        model.part()
        model.box((-0.42, 0, 1.44), (0.14, 0.30, 0.08), 0.03, linear("fff2c0"), Finish(glow=0.3))


def _body(model: Modeller, figure: Figure, rise: float) -> None:
    paint = figure.paints.primary
    model.part(0.10)
    model.box((0, 0, 0.53), (2.14, 0.90, 0.25), 0.20, paint, LACQUER)
    model.box((1.20, 0, 0.66), (0.86, 0.78, 0.14), 0.12, paint, LACQUER)
    model.box((-1.45, 0, 0.70), (0.62, 0.80, 0.17), 0.14, paint, LACQUER)
    _canopy(model, figure, rise)


def _canopy(model: Modeller, figure: Figure, rise: float) -> None:
    # One dark dome of glass; the painted roof breaks through its top, the pillars ring its waist.
    window, glass = linear("0a0e13"), Finish(rough=0.03)
    model.part()
    model.ball((-0.30, 0, 0.76), (1.24, 0.765, 0.47 + rise * 1.1), window, glass)
    model.part()
    roof = (0.84, 0.61, 0.395 + rise * 1.1)
    model.ball((-0.42, 0, 0.875), roof, figure.paints.primary, LACQUER)


def _lamps(model: Modeller, figure: Figure, side: int) -> None:
    front, rear = (2.06, side * 0.62, 0.60), (-2.08, side * 0.60, 0.64)
    model.part()
    model.ball(front, (0.11, 0.20, 0.06), linear("fff4dc"), Finish(glow=0.8))
    model.part()
    model.ball(rear, (0.07, 0.22, 0.045), linear("e01010"), Finish(glow=0.35))
    model.part()
    mirror = (0.52, side * 0.90, 0.92)
    model.box(mirror, (0.10, 0.09, 0.06), 0.04, figure.paints.primary, LACQUER)


def _wheel(model: Modeller, axle: float, side: int) -> None:
    dark, radius = linear("101114"), 0.345
    model.part()
    model.cylinder((axle, side * 0.795, 0.40), (0.405, 0.112, 0.02), dark, axis="y")
    model.part()
    tyre = (radius, 0.115, 0.045)
    centre = (axle, side * 0.815, radius)
    model.cylinder(centre, tyre, linear("0c0c0e"), Finish(rough=0.8), axis="y")
    model.part()
    rim = (0.225, 0.122, 0.02)
    model.cylinder(centre, rim, linear("b4b8be"), STEEL, axis="y")
    model.part()
    model.cylinder(centre, (0.150, 0.124, 0.01), linear("2a2c30"), axis="y")
    model.part()
    model.cylinder(centre, (0.05, 0.128, 0.01), linear("b4b8be"), STEEL, axis="y")
