"""The car stand-in."""

from core.engines.preview.brief import Brief
from core.engines.preview.colour import linear
from core.engines.preview.lexicon import mentions
from core.engines.preview.modeller import LACQUER, STEEL, Finish, Modeller


def build_car(model: Modeller, brief: Brief) -> None:
    """Add a car 4.2 m long that drives along the positive x axis."""
    tall = mentions(brief.words, "suv|truck|van|taxi")
    rise = 0.10 if tall else 0.0
    _body(model, brief, rise)
    for side in (1, -1):
        _lamps(model, brief, side)
        for axle in (1.34, -1.34):
            _wheel(model, axle, side)
    dark = linear("101114")
    model.part()
    model.box((2.10, 0, 0.50), (0.05, 0.52, 0.10), 0.03, dark, Finish(rough=0.3))
    model.part()
    model.box((0, 0, 0.37), (1.98, 0.80, 0.06), 0.04, dark)
    if mentions(brief.words, "taxi"):
        model.part()
        model.box((-0.25, 0, 1.36), (0.14, 0.30, 0.08), 0.03, linear("fff2c0"), Finish(glow=0.3))


def _body(model: Modeller, brief: Brief, rise: float) -> None:
    paint, glass = brief.paints.primary, Finish(rough=0.03)
    lacquer = Finish(rough=0.12, blend=0.004)
    model.part(0.07)
    model.box((0, 0, 0.58), (2.12, 0.83, 0.22), 0.17, paint, LACQUER)
    model.box((1.25, 0, 0.70), (0.80, 0.74, 0.12), 0.11, paint, LACQUER)
    model.box((-1.45, 0, 0.74), (0.62, 0.72, 0.13), 0.11, paint, LACQUER)
    model.box((-0.25, 0, 0.95 + rise), (0.98, 0.66, 0.26 + rise * 0.6), 0.22, paint, lacquer)
    model.melt(0.20)
    model.cone((0.62, 0, 0.80), (0.20, 0, 1.05 + rise), (0.20, 0.12), paint, LACQUER)
    window, pillar = linear("0a0e13"), 0.17 + rise * 0.4
    model.part(0.03)
    model.box((-0.25, 0, 1.00 + rise), (0.80, 0.675, 0.135 + rise * 0.4), 0.09, window, glass)
    model.box((-0.25, 0, 0.99 + rise), (1.005, 0.54, 0.14 + rise * 0.4), 0.11, window, glass)
    model.part()
    model.box((-0.22, 0, 1.0 + rise), (0.035, 0.69, pillar), 0.03, paint, LACQUER)


def _lamps(model: Modeller, brief: Brief, side: int) -> None:
    front, rear = (2.04, side * 0.58, 0.66), (-2.06, side * 0.56, 0.74)
    model.part()
    model.ball(front, (0.12, 0.18, 0.065), linear("fff4dc"), Finish(glow=0.8))
    model.part()
    model.ball(rear, (0.07, 0.20, 0.05), linear("e01010"), Finish(glow=0.35))
    model.part()
    mirror = (0.55, side * 0.86, 0.92)
    model.box(mirror, (0.10, 0.09, 0.06), 0.04, brief.paints.primary, LACQUER)


def _wheel(model: Modeller, axle: float, side: int) -> None:
    dark = linear("101114")
    model.part()
    model.cylinder((axle, side * 0.70, 0.41), (0.42, 0.142, 0.03), dark, axis="y")
    model.part()
    tyre = Finish(rough=0.8)
    hub = (axle, side * 0.745, 0.35)
    model.cylinder(hub, (0.345, 0.125, 0.05), linear("0c0c0e"), tyre, axis="y")
    model.part()
    rim = (axle, side * 0.79, 0.35)
    model.cylinder(rim, (0.215, 0.09, 0.02), linear("c4c8ce"), STEEL, axis="y")
    model.part()
    model.cylinder((axle, side * 0.80, 0.35), (0.06, 0.095, 0.02), dark, axis="y")
