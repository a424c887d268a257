"""Blocking: sets figures down where a structured prompt says they are in the picture."""

from __future__ import annotations

import numpy as np

from core.engines.preview.arrays import floats
from core.engines.preview.brief import Brief
from core.engines.preview.figure import Figure
from core.engines.preview.framing import Framing
from core.engines.preview.modeller import Modeller, Placement
from core.engines.preview.stage.cast import add_figure, scale_of
from core.engines.preview.stage.roles import role_of

_FARTHER, _NEARER = 1.45, 0.74
"""Distance of background and foreground, as shares of the distance to the main figure."""
_FLYING = frozenset({"bird", "plane", "insect"})


def place_spotted(model: Modeller, brief: Brief, framing: Framing, seed: int) -> dict[int, range]:
    """Add the figures that have a spot of their own; return the parts of each by number."""
    parts = {}
    for number, figure in enumerate(brief.figures):
        if number and figure.spot is not None:
            parts[number] = add_figure(
                model, brief, number, seed, _where(brief, framing, figure, number)
            )
    return parts


def _where(brief: Brief, framing: Framing, figure: Figure, number: int) -> Placement:
    # From a place in the picture back along the lens to a place on the set.
    camera = framing.camera
    factor = _FARTHER if figure.depth > 0 else _NEARER if figure.depth < 0 else 1 + 0.04 * number
    distance = framing.distance * factor
    across, upward = figure.spot or (0.0, 0.0)
    aside = (across * camera.width / camera.short - camera.shift[0]) * camera.tangent * distance
    forward = np.array([camera.axes.forward[0], camera.axes.forward[1], 0.0])
    forward /= np.linalg.norm(forward) + 1e-6
    right = floats([forward[1], -forward[0], 0.0])
    x, y, _ = (float(v) for v in forward * (distance - framing.distance) + right * aside)
    scale = 1.0
    if figure.size is not None and framing.cut.whole:
        tall = figure.size * 2 * camera.tangent * distance * camera.height / camera.short
        scale = tall / role_of(figure).height / scale_of(brief, figure)
    height = 0.0
    if figure.stand_in in _FLYING and upward > 0.1:
        middle = (upward * camera.height / camera.short - camera.shift[1]) * camera.tangent
        tall = role_of(figure).height * scale * scale_of(brief, figure)
        height = max(0.0, float(camera.position[2]) + middle * distance - tall / 2)
    return Placement(x=x, y=y, z=height, yaw=framing.azimuth, scale=scale)
