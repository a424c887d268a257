"""Still-life stand-ins: food, plant and chair."""

import math

from core.engines.preview.brief import Brief
from core.engines.preview.colour import linear
from core.engines.preview.lexicon import mentions
from core.engines.preview.modeller import CERAMIC, Finish, Modeller

_GOLDEN_ANGLE = 2.4


def build_food(model: Modeller, brief: Brief) -> None:
    """Add a plate with a burger or a cake."""
    model.part()
    model.cylinder((0, 0, 0.04), (0.85, 0.04, 0.03), linear("efece6"), CERAMIC)
    if mentions(brief.words, "burger|sandwich"):
        _burger(model)
    else:
        _cake(model, brief)


def _burger(model: Modeller) -> None:
    bread = linear("c98439")
    model.part()
    model.ball((0, 0, 0.58), (0.5, 0.5, 0.30), bread, Finish(rough=0.5))
    model.part()
    for z, size, code in (
        (0.44, (0.53, 0.06, 0.05), "58a83a"),
        (0.36, (0.52, 0.03, 0.02), "f6b52a"),
        (0.26, (0.51, 0.09, 0.07), "5a2d16"),
        (0.14, (0.50, 0.08, 0.06), "c98439"),
    ):
        model.cylinder((0, 0, z), size, linear(code), Finish(rough=0.7))
    for i in range(16):
        angle, r = i * _GOLDEN_ANGLE, 0.08 + 0.36 * math.sqrt(i / 16)
        top = 0.58 + 0.30 * math.sqrt(max(0.0, 1 - (r / 0.5) ** 2))
        seed = (r * math.cos(angle), r * math.sin(angle), top)
        model.ball(seed, (0.025, 0.015, 0.012), linear("f6e6c0"))


def _cake(model: Modeller, brief: Brief) -> None:
    cream, berry = linear("fbf3e6"), linear("c21a2e")
    for i, radius in enumerate((0.60, 0.45, 0.30)):
        dough = brief.paints.accent if i % 2 else brief.paints.primary
        model.part()
        model.cylinder((0, 0, 0.20 + i * 0.24), (radius, 0.12, 0.03), dough, Finish(rough=0.55))
        model.ring((0, 0, 0.31 + i * 0.24), (radius - 0.02, 0.035), cream, Finish(rough=0.4))
    model.part()
    fruit = brief.paints.secondary * 0.2 + berry * 0.8
    for i in range(7):
        spot = (0.2 * math.cos(i * 0.9), 0.2 * math.sin(i * 0.9), 0.85)
        model.ball(spot, (0.065, 0.065, 0.065), fruit, Finish(rough=0.15))
    model.ball((0, 0, 0.89), (0.09, 0.09, 0.09), berry, Finish(rough=0.12))


def build_plant(model: Modeller, brief: Brief) -> None:
    """Add a pot of seven flowers."""
    green, paints = linear("3f7a3a"), brief.paints
    model.part(0.02)
    model.cone((0, 0, 0.16), (0, 0, 0.34), (0.22, 0.30), paints.secondary, Finish(rough=0.6))
    for i in range(7):
        angle, r, h = i * _GOLDEN_ANGLE, 0.12 + 0.06 * i, 1.35 - 0.09 * i
        x, y = r * math.cos(angle), r * math.sin(angle)
        model.part(0.01)
        model.cone((0, 0, 0.4), (x, y, h), (0.016, 0.012), green)
        model.ball((x * 0.5, y * 0.5, 0.4 + h * 0.28), (0.05, 0.02, 0.13), green)
        model.part(0.015)
        model.ball((x, y, h), (0.05, 0.05, 0.04), paints.accent, Finish(rough=0.8))
        for j in range(6):
            turn = j * math.pi / 3
            petal = (x + 0.085 * math.cos(turn), y + 0.085 * math.sin(turn), h + 0.01)
            model.ball(petal, (0.062, 0.062, 0.03), paints.primary, Finish(rough=0.6))


def build_chair(model: Modeller, brief: Brief) -> None:
    """Add an armchair that faces the negative y axis."""
    cloth, wood, weave = brief.paints.primary, linear("8a5a34"), Finish(rough=0.85)
    model.part(0.03)
    model.box((0, 0, 0.48), (0.46, 0.42, 0.10), 0.07, cloth, weave)
    model.box((0, 0.36, 0.88), (0.46, 0.09, 0.40), 0.08, cloth, weave)
    for side in (1, -1):
        model.box((side * 0.50, 0.02, 0.62), (0.07, 0.42, 0.20), 0.06, cloth, weave)
    model.part()
    for x in (0.4, -0.4):
        for y in (-0.34, 0.36):
            foot = (x * 1.1, y * 1.1, 0.02)
            model.cone((x, y, 0.4), foot, (0.03, 0.018), wood, Finish(rough=0.4))
