"""Product stand-ins: bottle, perfume, can, jar, cup, glass and the neutral object on its plinth."""

from __future__ import annotations

from core.engines.preview.colour import linear
from core.engines.preview.figure import Figure
from core.engines.preview.modeller import CERAMIC, GLASS, STEEL, Finish, Modeller

_PLINTH = 0.24


def put_plinth(model: Modeller, figure: Figure, height: float, radius: float) -> None:
    """Add the low round table that products stand on."""
    half = height / 2
    paint = figure.paints.backdrop * 0.75 + 0.1
    model.part()
    model.cylinder((0, 0, half), (radius, half, 0.015), paint, Finish(rough=0.45))


def build_bottle(model: Modeller, figure: Figure, *, plinth: bool = True) -> None:
    """Add a bottle, a perfume flacon, a can, a jar or a tube, 1.4 m tall with its plinth."""
    if plinth:
        put_plinth(model, figure, _PLINTH, 0.62)
    model.part(0.05)
    builders = {"perfume": _flacon, "can": _can, "jar": _jar, "tube": _tube}
    builders.get(figure.kind, _tall_bottle)(model, figure)


def _flacon(model: Modeller, figure: Figure) -> None:
    z, paints = _PLINTH, figure.paints
    model.box((0, 0, z + 0.30), (0.27, 0.15, 0.30), 0.05, paints.primary, GLASS)
    model.part(0.01)
    model.cylinder((0, 0, z + 0.64), (0.08, 0.05, 0.01), linear("d9b36a"), STEEL)
    model.part()
    cap = paints.secondary if figure.painted_below else linear("16161a")
    model.box((0, 0, z + 0.80), (0.11, 0.11, 0.12), 0.02, cap, GLASS)
    model.part()
    label = (0, -0.148, z + 0.28)
    model.box(label, (0.16, 0.006, 0.11), 0.003, paints.accent, Finish(rough=0.5))


def _can(model: Modeller, figure: Figure) -> None:
    z, paints = _PLINTH, figure.paints
    model.cylinder((0, 0, z + 0.42), (0.24, 0.42, 0.05), paints.primary, Finish(rough=0.2))
    model.part()
    model.cylinder((0, 0, z + 0.43), (0.243, 0.17, 0.004), paints.accent, Finish(rough=0.3))
    model.part()
    model.cylinder((0, 0, z + 0.84), (0.20, 0.02, 0.01), linear("c4c8cc"), STEEL)


def _jar(model: Modeller, figure: Figure) -> None:
    z, paints = _PLINTH, figure.paints
    model.cylinder((0, 0, z + 0.32), (0.36, 0.32, 0.06), figure.paint("e0a03a", 0.3), GLASS)
    model.part()
    lid = paints.secondary if figure.painted_below else paints.accent
    model.cylinder((0, 0, z + 0.72), (0.34, 0.085, 0.02), lid * 0.8, Finish(rough=0.35))
    model.part()
    model.cylinder((0, 0, z + 0.32), (0.364, 0.14, 0.003), linear("f1ead9"), Finish(rough=0.6))


def _tube(model: Modeller, figure: Figure) -> None:
    z, paints = _PLINTH, figure.paints
    model.cylinder((0, 0, z + 0.09), (0.15, 0.09, 0.01), paints.accent * 0.8, Finish(rough=0.3))
    model.cone((0, 0, z + 0.24), (0, 0, z + 0.62), (0.20, 0.18), paints.primary, GLASS)
    model.cone((-0.14, 0, z + 0.98), (0.14, 0, z + 0.98), (0.06, 0.06), paints.primary, GLASS)


def _tall_bottle(model: Modeller, figure: Figure) -> None:
    z, paints = _PLINTH, figure.paints
    model.cylinder((0, 0, z + 0.36), (0.21, 0.36, 0.05), paints.primary, GLASS)
    model.melt(0.12)
    model.cone((0, 0, z + 0.70), (0, 0, z + 0.86), (0.15, 0.075), paints.primary, GLASS)
    model.melt(0.03)
    model.cone((0, 0, z + 0.85), (0, 0, z + 1.08), (0.062, 0.06), paints.primary, GLASS)
    model.part()
    cap = Finish(rough=0.25, metal=0.6)
    top = paints.secondary if figure.painted_below else paints.accent * 0.8
    model.cylinder((0, 0, z + 1.12), (0.075, 0.07, 0.015), top, cap)
    model.part()
    paper = Finish(rough=0.6)
    model.cylinder((0, 0, z + 0.36), (0.213, 0.19, 0.003), linear("f1ead9"), paper)
    model.part()
    model.cylinder((0, 0, z + 0.36), (0.2145, 0.045, 0.002), paints.accent, paper)


def build_cup(model: Modeller, figure: Figure) -> None:
    """Add a filled cup on a saucer, or a teapot."""
    paint = figure.paints.primary
    model.part()
    model.cylinder((0, 0, 0.03), (0.62, 0.03, 0.02), linear("f0ece4"), CERAMIC)
    if figure.kind == "teapot":
        _teapot(model, figure)
        return
    model.part(0.03)
    model.cylinder((0, 0, 0.56), (0.25, 0.48, 0.05), paint, CERAMIC, top=0.37)
    model.ring((0.40, 0, 0.58), (0.18, 0.042), paint, CERAMIC, axis="y")
    model.part()
    model.ring((0, 0, 1.035), (0.335, 0.024), paint, CERAMIC)
    model.part()
    model.cylinder((0, 0, 1.03), (0.325, 0.016, 0.005), linear("2e1608"), Finish(rough=0.1))


def _teapot(model: Modeller, figure: Figure) -> None:
    paint = figure.paints.primary
    model.part(0.06)
    model.ball((0, 0, 0.50), (0.46, 0.46, 0.40), paint, CERAMIC)
    model.cone((-0.40, 0, 0.42), (-0.78, 0, 0.82), (0.12, 0.055), paint, CERAMIC)
    model.ring((0.52, 0, 0.54), (0.22, 0.045), paint, CERAMIC, axis="y")
    model.part()
    model.ball((0, 0, 0.90), (0.24, 0.24, 0.07), figure.paints.accent, CERAMIC)
    model.ball((0, 0, 1.00), (0.07, 0.07, 0.07), figure.paints.accent, CERAMIC)


def build_glass(model: Modeller, figure: Figure) -> None:
    """Add a filled glass: a tumbler with a straw, a pint or a stemmed glass."""
    drink = figure.paint({"wine": "6e1a2a", "beer": "e0a02a"}.get(figure.kind, "f0902a"))
    pane = linear("cfdade")
    if figure.kind in {"wine", "cocktail"}:
        model.part(0.03)
        model.cylinder((0, 0, 0.025), (0.30, 0.025, 0.015), pane, GLASS)
        model.cone((0, 0, 0.03), (0, 0, 0.58), (0.04, 0.035), pane, GLASS)
        model.part()
        wide = 0.46 if figure.kind == "cocktail" else 0.30
        model.cylinder((0, 0, 0.86), (0.08, 0.28, 0.02), drink, GLASS, top=wide)
        model.part()
        model.ring((0, 0, 1.14), (wide - 0.01, 0.018), pane, GLASS)
        model.part()
        model.ball((wide * 0.8, 0, 1.17), (0.10, 0.10, 0.10), figure.paints.accent, Finish(0.3))
        return
    beer = figure.kind == "beer"
    model.part()
    model.cylinder((0, 0, 0.50), (0.29, 0.50, 0.03), drink, GLASS, top=0.35)
    model.part()
    model.ring((0, 0, 1.08), (0.345, 0.020), pane, GLASS)
    model.part()
    if beer:
        model.ball((0, 0, 1.03), (0.335, 0.335, 0.12), linear("f6f0e2"), Finish(rough=0.9))
        model.part()
        model.ring((0.40, 0, 0.55), (0.22, 0.05), pane, GLASS, axis="y")
        return
    model.cone((0.05, 0, 0.5), (0.30, 0, 1.42), (0.03, 0.03), figure.paints.accent)
    model.part()
    model.cylinder((-0.30, -0.10, 1.10), (0.17, 0.02, 0.01), linear("f6cf3a"), axis="y")


def build_object(model: Modeller, figure: Figure) -> None:
    """Add what stands for every noun the lexicon does not know: an orb and a ring on a plinth."""
    put_plinth(model, figure, 0.30, 0.55)
    model.part()
    model.ball((0, 0, 0.78), (0.48, 0.48, 0.48), figure.paints.primary, Finish(rough=0.1))
    model.part()
    model.ring((0, 0, 0.78), (0.68, 0.035), figure.paints.accent, STEEL)
