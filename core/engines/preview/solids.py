"""Signed distance solids: the six shapes all stand-ins are made of.

Every formula is the exact distance or a bound below it, after Inigo Quilez, "Distance functions"
(https://iquilezles.org/articles/distfunctions/). Points are (3, N); distances are (N,).
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from core.engines.preview.arrays import Floats, dot, length

Rotation: TypeAlias = tuple[tuple[tuple[int, float], ...], ...]
"""A matrix by rows that keeps only the entries that are not zero: (column, value)."""


class Shape(Protocol):
    """Whatever can say how far away it is."""

    def distance(self, points: Floats) -> Floats:
        """Return the signed distance from each point to the surface, negative inside."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a shape stands and how it is turned."""

    origin: Floats
    rotation: Rotation | None

    def local(self, points: Floats) -> Floats:
        """Return the points as the shape sees them."""
        offset = points - self.origin
        if self.rotation is None:
            return offset
        turned = np.empty_like(offset)
        for row, entries in zip(turned, self.rotation, strict=True):
            (first, factor), *others = entries
            np.multiply(offset[first], factor, out=row)
            for axis, weight in others:
                np.add(row, offset[axis] * weight, out=row)
        return turned


def _outside(q: Floats) -> Floats:
    # Turn distances to the faces (one row per face pair) into the distance to the solid.
    # Row by row: numpy is slow at reducing an axis of two or three.
    inside: Floats = np.maximum(q[0], q[1])
    for row in q[2:]:
        np.maximum(inside, row, out=inside)
    np.minimum(inside, 0, out=inside)
    np.maximum(q, 0, out=q)
    q *= q
    total = q[0] + q[1]
    for row in q[2:]:
        total += row
    inside += np.sqrt(total, out=total)
    return inside


@dataclass(frozen=True, slots=True)
class RoundCone:
    """A sphere swept along a segment while its radius changes: limbs, trunks, tubes."""

    start: Floats
    axis: Floats
    slope: Floats
    start_radius: float
    growth: float

    def distance(self, points: Floats) -> Floats:
        """Return the distance to the swept sphere nearest to each point."""
        offset = points - self.start
        along = dot(offset, self.slope)
        np.maximum(along, 0, out=along)
        np.minimum(along, 1, out=along)
        offset -= along * self.axis
        out = length(offset)
        along *= self.growth
        out -= along
        out -= self.start_radius
        return out


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """A ball with three radii."""

    frame: Frame
    inverse: Floats

    def distance(self, points: Floats) -> Floats:
        """Return Quilez's bound k0 (k0 - 1) / k1."""
        scaled = self.frame.local(points)
        scaled *= self.inverse
        k0 = length(scaled)
        scaled *= self.inverse
        k1 = length(scaled)
        k1 += 1e-6
        return k0 * (k0 - 1) / k1


@dataclass(frozen=True, slots=True)
class RoundBox:
    """A box with rounded edges."""

    frame: Frame
    half: Floats
    edge: float

    def distance(self, points: Floats) -> Floats:
        """Return the distance to the box, its edges rounded by `edge`."""
        q = self.frame.local(points)
        np.abs(q, out=q)
        q -= self.half
        out = _outside(q)
        out -= self.edge
        return out


@dataclass(frozen=True, slots=True)
class Cylinder:
    """A cylinder or frustum along its own z axis, with rounded rims."""

    frame: Frame
    radius: float
    half_height: float
    edge: float
    taper: float
    narrowing: float

    def distance(self, points: Floats) -> Floats:
        """Return the distance in the plane of radius and height."""
        x, y, z = self.frame.local(points)
        q = np.empty((2, x.size), np.float32)
        side = np.sqrt(x * x + y * y)
        side -= self.radius
        if self.taper:
            side -= z * self.taper
            side *= self.narrowing
        q[0] = side
        np.abs(z, out=q[1])
        q[1] -= self.half_height
        out = _outside(q)
        out -= self.edge
        return out


@dataclass(frozen=True, slots=True)
class Torus:
    """A ring around its own z axis."""

    frame: Frame
    ring: float
    tube: float

    def distance(self, points: Floats) -> Floats:
        """Return the distance to the circle, less the tube."""
        x, y, z = self.frame.local(points)
        across = np.sqrt(x * x + y * y)
        across -= self.ring
        out: Floats = np.sqrt(across * across + z * z)
        return out - self.tube


@dataclass(frozen=True, slots=True)
class Prism:
    """A convex outline pushed along its own z axis: roofs, sails, wings, wedges."""

    frame: Frame
    edges: tuple[tuple[float, float, float], ...]
    """Outward normal (x, y) and offset of every side of the outline."""
    half: float
    edge: float

    def distance(self, points: Floats) -> Floats:
        """Return the largest distance to a face's plane: a bound below the true distance."""
        x, y, z = self.frame.local(points)
        out: Floats = np.abs(z)
        out -= self.half
        for across, upward, offset in self.edges:
            side = x * across
            side += y * upward
            side -= offset
            np.maximum(out, side, out=out)
        out -= self.edge
        return out


@dataclass(frozen=True, slots=True)
class Solid:
    """One shape with its surface, its bounding ball and the part of the stand-in it belongs to."""

    shape: Shape
    surface: Floats
    """Red, green, blue, roughness, metalness, glow."""
    centre: Floats
    radius: float
    part: int
    melt: float
    """Radius over which it melts into the solids before it in the same part."""
    blend: float
    """Distance over which its colour runs into its neighbours'."""
