"""Depth of field: the plate first, then the stand-ins over it, blurred by circle of confusion."""

from collections.abc import Sequence

import numpy as np

from core.engines.preview.arrays import Floats, Truths, floats
from core.engines.preview.filters import blur
from core.engines.preview.layers import Layers

FULL_SIZE = 1024
"""Pixels of the shorter side at which lengths of film and brush are given."""

_WIDEST = 26.0


def _mixed(levels: Sequence[Floats], level: Floats) -> Floats:
    # Read between blurred copies of an image, as between the levels of a pyramid.
    out = levels[0] * np.maximum(1 - level, 0)
    for number, image in enumerate(levels[1:], start=1):
        out += image * np.maximum(1 - np.abs(level - number), 0)
    return out


def _between(values: Floats, stops: Sequence[float]) -> Floats:
    return np.interp(values, stops, range(len(stops))).astype(np.float32)


def focused(layers: Layers, distance: float, strength: float) -> Floats:
    """Return the composite (3, height, width) of plate and stand-ins, in linear light.

    The circle of confusion grows with |1 - focus / depth| (thin lens).
    """
    plate, subject, cover = layers.plate, layers.subject, layers.cover
    if strength < 0.05:
        return plate * (1 - cover) + subject
    u = min(cover.shape) / FULL_SIZE
    confusion = np.abs(1 - distance / np.maximum(layers.depth, 1e-3)) * (strength * _WIDEST)
    np.minimum(confusion, 30, out=confusion)
    solid = layers.ids > 0
    plate = _blurred_plate(plate, np.where(solid, 0, confusion), cover, (solid, u))
    confusion = np.where(solid, confusion, 0)
    if (confusion > 5).mean() > 0.004:
        subject, cover = _blurred_subject(subject, cover, confusion, u)
    return plate * (1 - cover) + subject


def _blurred_plate(
    plate: Floats, confusion: Floats, cover: Floats, where: tuple[Truths, float]
) -> Floats:
    solid, u = where
    behind = float(np.median(confusion[~solid])) if not solid.all() else 0.0
    spread = blur(np.maximum(confusion, cover * behind), 6 * u)
    levels = [plate, *(blur(plate, radius * u) for radius in (4, 11, _WIDEST))]
    return _mixed(levels, _between(spread, (0, 4, 11, _WIDEST)))


def _blurred_subject(
    subject: Floats, cover: Floats, confusion: Floats, u: float
) -> tuple[Floats, Floats]:
    stack = np.concatenate([subject, cover[None]])
    levels = [stack, *(blur(stack, radius * u) for radius in (5, 14))]
    soft = _mixed(levels, _between(blur(confusion, 5 * u), (1.5, 5, 14)))
    return soft[:3], np.clip(soft[3], 0, 1)


def tilted(image: Floats, focus_row: float) -> Floats:
    """Return the picture of a tilted lens: sharp in a level band, soft above and below it."""
    height, width = image.shape[-2:]
    u = min(height, width) / FULL_SIZE
    off = np.abs((np.arange(height) + 0.5) / height - focus_row)
    level = np.interp(off, (0.15, 0.26, 0.38, 0.55), (0, 1, 2, 2.6))
    rows = floats(level)[:, None] * np.ones((1, width), np.float32)
    return _mixed([image, *(blur(image, radius * u) for radius in (8, 18, 32))], rows)
