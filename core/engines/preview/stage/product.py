"""Product stand-ins: bottle, perfume, can, cup and the neutral object on its plinth."""

from core.engines.preview.brief import Brief
from core.engines.preview.colour import linear
from core.engines.preview.lexicon import mentions
from core.engines.preview.modeller import CERAMIC, GLASS, STEEL, Finish, Modeller

_PLINTH = 0.24


def _plinth(model: Modeller, brief: Brief, height: float, radius: float) -> None:
    half = height / 2
    paint = brief.paints.backdrop * 0.75 + 0.1
    model.part()
    model.cylinder((0, 0, half), (radius, half, 0.015), paint, Finish(rough=0.45))


def build_bottle(model: Modeller, brief: Brief, *, plinth: bool = True) -> None:
    """Add a bottle, a perfume flacon or a can, 1.4 m tall in the scale of its plinth."""
    if plinth:
        _plinth(model, brief, _PLINTH, 0.62)
    model.part(0.05)
    if mentions(brief.words, "perfume|cologne|serum|flacon|fragrance"):
        _flacon(model, brief)
    elif mentions(brief.words, "can|soda"):
        _can(model, brief)
    else:
        _tall_bottle(model, brief)


def _flacon(model: Modeller, brief: Brief) -> None:
    z, paints = _PLINTH, brief.paints
    model.box((0, 0, z + 0.30), (0.27, 0.15, 0.30), 0.05, paints.primary, GLASS)
    model.part(0.01)
    model.cylinder((0, 0, z + 0.64), (0.08, 0.05, 0.01), linear("d9b36a"), STEEL)
    model.part()
    model.box((0, 0, z + 0.80), (0.11, 0.11, 0.12), 0.02, linear("16161a"), GLASS)
    model.part()
    label = (0, -0.148, z + 0.28)
    model.box(label, (0.16, 0.006, 0.11), 0.003, paints.accent, Finish(rough=0.5))


def _can(model: Modeller, brief: Brief) -> None:
    z, paints = _PLINTH, brief.paints
    model.cylinder((0, 0, z + 0.42), (0.24, 0.42, 0.05), paints.primary, Finish(rough=0.2))
    model.part()
    model.cylinder((0, 0, z + 0.43), (0.243, 0.17, 0.004), paints.accent, Finish(rough=0.3))
    model.part()
    model.cylinder((0, 0, z + 0.84), (0.20, 0.02, 0.01), linear("c4c8cc"), STEEL)


def _tall_bottle(model: Modeller, brief: Brief) -> None:
    z, paints = _PLINTH, brief.paints
    model.cylinder((0, 0, z + 0.36), (0.21, 0.36, 0.05), paints.primary, GLASS)
    model.melt(0.12)
    model.cone((0, 0, z + 0.70), (0, 0, z + 0.86), (0.15, 0.075), paints.primary, GLASS)
    model.melt(0.03)
    model.cone((0, 0, z + 0.85), (0, 0, z + 1.08), (0.062, 0.06), paints.primary, GLASS)
    model.part()
    cap = Finish(rough=0.25, metal=0.6)
    model.cylinder((0, 0, z + 1.12), (0.075, 0.07, 0.015), paints.accent * 0.8, cap)
    model.part()
    paper = Finish(rough=0.6)
    model.cylinder((0, 0, z + 0.36), (0.213, 0.19, 0.003), linear("f1ead9"), paper)
    model.part()
    model.cylinder((0, 0, z + 0.36), (0.2145, 0.045, 0.002), paints.accent, paper)


def build_cup(model: Modeller, brief: Brief) -> None:
    """Add a filled cup on a saucer."""
    paint = brief.paints.primary
    model.part()
    model.cylinder((0, 0, 0.03), (0.62, 0.03, 0.02), linear("f0ece4"), CERAMIC)
    model.part(0.03)
    model.cylinder((0, 0, 0.56), (0.25, 0.48, 0.05), paint, CERAMIC, top=0.37)
    model.ring((0.40, 0, 0.58), (0.18, 0.042), paint, CERAMIC, axis="y")
    model.part()
    model.ring((0, 0, 1.035), (0.335, 0.024), paint, CERAMIC)
    model.part()
    model.cylinder((0, 0, 1.03), (0.325, 0.016, 0.005), linear("2e1608"), Finish(rough=0.1))


def build_object(model: Modeller, brief: Brief) -> None:
    """Add what stands for every noun the lexicon does not know: an orb and a ring on a plinth."""
    _plinth(model, brief, 0.30, 0.55)
    model.part()
    model.ball((0, 0, 0.78), (0.48, 0.48, 0.48), brief.paints.primary, Finish(rough=0.1))
    model.part()
    model.ring((0, 0, 0.78), (0.68, 0.035), brief.paints.accent, STEEL)
