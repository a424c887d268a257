"""Lamps: suns, softboxes, neon tubes and the window panes light falls through."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.engines.preview.arrays import Floats, clip01, column, dot, length, smoothstep
from core.engines.preview.camera import direction
from core.engines.preview.rigs import Beam


class Lamp(Protocol):
    """Whatever sheds light on the set."""

    @property
    def colour(self) -> Floats:
        """Its light, linear."""
        ...

    @property
    def wrap(self) -> float:
        """How far it reaches around the form."""
        ...

    def arriving(self, points: Floats) -> tuple[Floats, Floats | float]:
        """Return the direction towards the lamp and the share of its light that arrives."""
        ...

    def reflection(self, mirrored: Floats, rough: float) -> Floats:
        """Return how bright the lamp shows in a reflection going this way."""
        ...


@dataclass(frozen=True, slots=True)
class Sun:
    """A light so far away that it comes from one direction."""

    direction: Floats
    colour: Floats
    softness: float
    wrap: float
    window: "WindowPanes | None" = None
    card: bool = False
    """Whether it is a surface that shows in reflections, such as a softbox."""

    def arriving(self, points: Floats) -> tuple[Floats, Floats | float]:
        """Return the one direction, and what the window panes let through."""
        share = self.window.passing(points) if self.window else 1.0
        return self.direction, share

    def reflection(self, mirrored: Floats, rough: float) -> Floats:
        """Return the softbox as a bright card that blurs with roughness."""
        if not self.card:
            return np.zeros(mirrored.shape[1], np.float32)
        facing = dot(mirrored, self.direction)
        return smoothstep(0.88 - 0.2 * rough, 0.93 + 0.05 * (1 - rough), facing) * 1.1


@dataclass(frozen=True, slots=True)
class Tube:
    """A neon tube near the subject; its light falls off with the square of the distance."""

    position: Floats
    behind: Floats
    """Direction in which its glow shows on the backdrop."""
    colour: Floats
    wrap: float = 0.25

    def arriving(self, points: Floats) -> tuple[Floats, Floats | float]:
        """Return direction and inverse square fall-off."""
        toward = self.position - points
        distance = length(toward) + 1e-4
        toward /= distance
        return toward, 1 / (distance * distance)

    def reflection(self, mirrored: Floats, rough: float) -> Floats:
        """Return a soft blob."""
        return self.glow(mirrored, 24) * (0.16 + 0.0 * rough)

    def glow(self, directions: Floats, sharpness: int) -> Floats:
        """Return how strongly the tube shines on what lies in these directions."""
        return clip01(dot(directions, self.behind)) ** sharpness


@dataclass(frozen=True, slots=True)
class WindowPanes:
    """Panes and bars of a window, projected along the key light."""

    across: Floats
    upward: Floats
    unit: float

    def passing(self, points: Floats) -> Floats:
        """Return the light that passes the bars: two by two panes and the wall around them."""
        a = dot(points, self.across) / (0.62 * self.unit) + 0.5
        b = dot(points, self.upward) / (0.80 * self.unit) + 0.1
        pane_a, pane_b = np.mod(a, 1), np.mod(b, 1)
        panes = smoothstep(0.02, 0.07, np.minimum(pane_a, 1 - pane_a))
        panes *= smoothstep(0.02, 0.06, np.minimum(pane_b, 1 - pane_b))
        panes *= smoothstep(1.75, 1.6, np.abs(a - 0.5)) * smoothstep(1.6, 1.45, np.abs(b - 0.6))
        return panes * 0.95 + 0.05


def window_panes(toward: Floats, unit: float) -> WindowPanes:
    """Return the panes for light that comes from this direction."""
    level = np.cross(toward.ravel(), (0.0, 0.0, 1.0))
    level = level / np.linalg.norm(level)
    return WindowPanes(column(level), column(np.cross(level, toward.ravel())), unit)


def sun(beam: Beam, azimuth: float, *, card: bool, window_unit: float | None = None) -> Sun:
    """Return the lamp for a beam of a rig whose camera stands at `azimuth`."""
    toward = column(direction(azimuth + beam.azimuth, beam.elevation))
    panes = None if window_unit is None else window_panes(toward, window_unit)
    return Sun(toward, column(beam.colour), beam.softness, beam.wrap, panes, card)
