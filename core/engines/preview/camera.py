"""The camera: real focal lengths, angles, lens shift and the rays through its pixels."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.engines.preview.arrays import Floats, column, floats, length

FULL_FRAME_HALF_HEIGHT = 12.0
"""Half the height in millimetres of a 36 x 24 mm frame: tan(half angle) = 12 / focal length."""


@dataclass(frozen=True, slots=True)
class Lens:
    """One lens of the bag."""

    focal: float
    fill: float
    """Share of the frame the subject is given; wide lenses show more of the place."""
    blur: float
    """Strength of the depth of field."""
    fisheye: bool = False
    tilted: bool = False
    """Whether only a level band of the picture is in focus."""

    @property
    def tangent(self) -> float:
        """Tangent of half the angle over the shorter side."""
        return FULL_FRAME_HALF_HEIGHT / self.focal


LENSES: Mapping[str, Lens] = {
    "ultra-wide": Lens(18, 0.46, 0.0),
    "wide": Lens(24, 0.58, 0.05),
    "documentary": Lens(35, 0.64, 0.12),
    "standard": Lens(50, 0.72, 0.3),
    "portrait": Lens(85, 0.82, 1.0),
    "telephoto": Lens(135, 0.84, 1.0),
    "macro": Lens(100, 1.7, 1.0),
    "fisheye": Lens(12, 0.42, 0.0, fisheye=True),
    "tilt-shift": Lens(45, 0.68, 0.0, tilted=True),
}


@dataclass(frozen=True, slots=True)
class Angle:
    """Where the camera stands as seen from the subject (degrees), and how it is held."""

    elevation: float
    azimuth: float = 0.0
    roll: float = 0.0
    lens_height: float | None = None
    """Fixed height of the lens above the ground, in heights of a person."""
    fill: float = 1.0
    deep: bool = False
    """Everything in focus."""


ANGLES: Mapping[str, Angle] = {
    "eye-level": Angle(3),
    "low-angle": Angle(-14, lens_height=0.10, fill=1.08),
    "high-angle": Angle(36),
    "bird's-eye": Angle(72, fill=0.72, deep=True),
    "worm's-eye": Angle(-30, lens_height=0.055, fill=1.3),
    "dutch-tilt": Angle(2, roll=17),
    "over-the-shoulder": Angle(5),
    "three-quarter": Angle(15, azimuth=38),
    "flat-lay": Angle(88, deep=True),
    "point-of-view": Angle(11),
}

LENS_OF_ANGLE: Mapping[str, str] = {
    "low-angle": "wide",
    "worm's-eye": "ultra-wide",
    "point-of-view": "documentary",
}
"""Lenses an angle is usually shot with; only used when nobody chose one."""


def direction(azimuth: float, elevation: float) -> Floats:
    """Return the unit vector towards a place at this bearing; azimuth 0 is the viewer's side."""
    a, e = math.radians(azimuth), math.radians(elevation)
    return floats([math.sin(a) * math.cos(e), -math.cos(a) * math.cos(e), math.sin(e)])


@dataclass(frozen=True, slots=True)
class Axes:
    """What the camera calls forward, right and up."""

    forward: Floats
    right: Floats
    up: Floats


def look_at(position: Floats, target: Floats, roll: float = 0.0) -> Axes:
    """Return the axes of a camera that looks at a point, rolled by `roll` radians."""
    forward = (target - position).astype(np.float64)
    forward /= math.sqrt(float(forward @ forward))
    steep = abs(float(forward[2])) > 0.995
    right = np.cross(forward, (0.0, 1.0, 0.0) if steep else (0.0, 0.0, 1.0))
    right /= math.sqrt(float(right @ right))
    up = np.cross(right, forward)
    c, s = math.cos(roll), math.sin(roll)
    return Axes(floats(forward), floats(c * right + s * up), floats(c * up - s * right))


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole with lens shift, and optionally a fisheye's curvature."""

    position: Floats
    axes: Axes
    tangent: float
    width: int
    height: int
    shift: tuple[float, float] = (0.0, 0.0)
    """Lens shift in halves of the shorter side: moves the picture without turning the camera."""
    fisheye: bool = False

    @property
    def short(self) -> int:
        """The shorter side in pixels."""
        return min(self.width, self.height)

    @property
    def pixel(self) -> float:
        """Size of a pixel at distance one."""
        return 2 * self.tangent / self.short

    def rays(self, px: Floats, py: Floats) -> Floats:
        """Return unit directions through the given pixel positions."""
        x = (2 * px - self.width) / self.short - self.shift[0]
        y = (self.height - 2 * py) / self.short - self.shift[1]
        if self.fisheye:
            # Equidistant projection: the angle, not its tangent, grows with the image radius.
            radius = np.sqrt(x * x + y * y) + 1e-6
            bend = np.tan(np.minimum(radius * 1.15, 1.45)) / radius / self.tangent * 0.8
            x, y = x * bend, y * bend
        right, up = column(self.axes.right), column(self.axes.up)
        rays = column(self.axes.forward) + (x * self.tangent) * right + (y * self.tangent) * up
        rays /= length(rays)
        return rays
