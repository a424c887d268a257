"""Building stand-ins: a house and a tower."""

from core.engines.preview.brief import Brief
from core.engines.preview.colour import linear
from core.engines.preview.lexicon import mentions
from core.engines.preview.modeller import Finish, Modeller

_PLASTER = Finish(rough=0.85)
_LIT_PANE = Finish(rough=0.1, glow=0.25)


def build_building(model: Modeller, brief: Brief) -> None:
    """Add a tower if the prompt asks for something tall, else a house with an annex."""
    if mentions(brief.words, "tower|skyscraper|lighthouse|castle"):
        _tower(model, brief)
    else:
        _house(model, brief)


def _tower(model: Modeller, brief: Brief) -> None:
    paints = brief.paints
    model.part()
    model.cylinder((0, 0, 3), (1.0, 3, 0.05), paints.primary, Finish(rough=0.8), top=0.78)
    model.part()
    model.cylinder((0, 0, 3.0), (0.915, 0.5, 0.01), linear("f2efe8"), top=0.885)
    model.part()
    model.cylinder((0, 0, 6.05), (1.15, 0.1, 0.02), linear("22262c"))
    model.part()
    model.cylinder((0, 0, 6.5), (0.6, 0.45, 0.02), linear("ffe2a0"), Finish(glow=0.5))
    model.part()
    model.cone((0, 0, 6.95), (0, 0, 7.9), (0.75, 0.05), paints.secondary)


def _house(model: Modeller, brief: Brief) -> None:
    paints = brief.paints
    model.part()
    model.box((0, 0, 1.3), (2.2, 1.5, 1.3), 0.02, paints.primary, _PLASTER)
    model.box((1.3, -0.7, 0.9), (1.3, 1.5, 0.9), 0.02, paints.primary * 0.8 + 0.12, _PLASTER)
    model.part()
    for i in range(9):
        rise = 1 - i / 9
        half = (2.45 * (0.35 + 0.65 * rise), 1.7 * rise + 0.05, 0.075)
        model.box((0, 0, 2.65 + i * 0.14), half, 0.02, paints.secondary, Finish(rough=0.8))
    model.box((1.3, -0.7, 1.86), (1.45, 1.65, 0.07), 0.02, paints.secondary)
    model.part()
    model.box((-1.1, -1.5, 0.75), (0.35, 0.03, 0.75), 0.01, paints.accent * 0.5)
    model.part()
    pane = linear("ffd98f")
    for x in (-1.8, -0.35):
        model.box((x, -1.5, 1.75), (0.32, 0.03, 0.42), 0.01, pane, _LIT_PANE)
    for x in (0.7, 1.9):
        model.box((x, -2.2, 1.0), (0.4, 0.03, 0.5), 0.01, pane, _LIT_PANE)
