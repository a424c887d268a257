"""The four-legged stand-in: dog, cat, horse and their relatives."""

from collections.abc import Mapping

from core.engines.preview.arrays import Floats
from core.engines.preview.brief import Brief
from core.engines.preview.colour import linear
from core.engines.preview.lexicon import earliest, mentions
from core.engines.preview.modeller import Finish, Modeller

_COATS: Mapping[str, tuple[str, str]] = {
    "dog": ("dogs?|puppy|corgi|pet", "b98a55"),
    "cat": ("cats?|kitten", "8a7a68"),
    "horse": ("horse|pony", "6b4226"),
    "fox": ("fox", "c8641e"),
    "wolf": ("wolf", "7c7f84"),
    "deer": ("deer", "9a6a3c"),
    "lion": ("lion", "c79a52"),
    "tiger": ("tiger", "d07a22"),
    "bear": ("bear", "4f3626"),
    "cow": ("cow", "d8d2c8"),
}
_FUR = Finish(rough=0.75)
_DARK = "101010"


def _coat(brief: Brief) -> Floats:
    if brief.painted:
        return brief.paints.primary
    found = earliest(brief.words, {name: words for name, (words, _) in _COATS.items()})
    natural = linear(_COATS[found[0]][1] if found else "a07850")
    return natural * 0.9 + brief.paints.primary * 0.1


def build_animal(model: Modeller, brief: Brief) -> None:
    """Add a quadruped that looks along the positive x axis."""
    long_legged = mentions(brief.words, "horse|pony|deer|cow|lion")
    short_nosed = mentions(brief.words, "cats?|kitten|fox|tiger")
    reach, hip = (0.58, 0.86) if long_legged else (0.5, 0.52)
    nose = reach * 1.5 + (0.09 if short_nosed else 0.24)
    coat = _coat(brief)
    belly = coat * 0.55 + 0.25
    _trunk(model, coat, reach, hip)
    model.cone(
        (reach * 1.5, 0, hip + 0.68), (nose, 0, hip + 0.64), (0.085, 0.06), belly,
        Finish(rough=0.75, blend=0.02),
    )  # fmt: skip
    _head(model, coat, (reach, hip, nose), upright=not long_legged)
    _legs(model, (coat, belly), reach, hip)
    if mentions(brief.words, "horse|pony|lion"):
        for i in range(6):
            tuft = (reach * (0.72 + 0.09 * i) - 0.08, 0, hip + 0.42 + 0.09 * i)
            model.ball(tuft, (0.09, 0.05, 0.11), coat * 0.25)
    tail = hip - 0.1 if long_legged else hip + 0.52
    start, end = (-reach * 0.98, 0, hip + 0.26), (-reach * 1.35, 0.05, tail)
    model.cone(start, end, (0.055, 0.03), coat)


def _trunk(model: Modeller, coat: Floats, reach: float, hip: float) -> None:
    model.part(0.09)
    rump, chest = (-reach * 0.8, 0, hip + 0.18), (reach * 0.7, 0, hip + 0.22)
    model.cone(rump, chest, (0.19, 0.23), coat, _FUR)
    nape, poll = (reach * 0.75, 0, hip + 0.28), (reach * 1.25, 0, hip + 0.62)
    model.cone(nape, poll, (0.15, 0.10), coat, _FUR)
    model.ball((reach * 1.36, 0, hip + 0.72), (0.17, 0.145, 0.145), coat, _FUR)


def _head(
    model: Modeller, coat: Floats, size: tuple[float, float, float], *, upright: bool
) -> None:
    reach, hip, nose = size
    ear = hip + (0.98 if upright else 0.95)
    model.melt(0.03)
    for side in (1, -1):
        start, end = (reach * 1.3, side * 0.09, hip + 0.82), (reach * 1.27, side * 0.12, ear)
        model.cone(start, end, (0.055, 0.012), coat * 0.6)
        eye = (reach * 1.5, side * 0.09, hip + 0.76)
        model.ball(eye, (0.02, 0.02, 0.024), linear(_DARK), Finish(rough=0.1, blend=0.002))
    tip = (nose + 0.06, 0, hip + 0.66)
    model.ball(tip, (0.03, 0.035, 0.028), linear(_DARK), Finish(rough=0.2, blend=0.003))


def _legs(model: Modeller, paints: tuple[Floats, Floats], reach: float, hip: float) -> None:
    coat, sock = paints
    model.melt(0.07)
    for front, side, lean in (
        (reach * 0.62, 1, 0.03),
        (reach * 0.62, -1, -0.05),
        (-reach * 0.75, 1, -0.05),
        (-reach * 0.75, -1, 0.04),
    ):
        knee = (front + lean, side * 0.11, hip * 0.45)
        model.cone((front, side * 0.11, hip + 0.1), knee, (0.095, 0.055), coat)
        paw = (front + lean * 0.3, side * 0.11, 0.05)
        model.cone(knee, paw, (0.052, 0.045), sock, Finish(blend=0.05))
