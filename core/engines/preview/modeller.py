"""Collects solids in the local frame of one stand-in and sets them into the world."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engines.preview.arrays import Floats, column, floats
from core.engines.preview.solids import (
    Cylinder,
    Ellipsoid,
    Frame,
    Prism,
    Rotation,
    RoundBox,
    RoundCone,
    Shape,
    Solid,
    Torus,
)

Triple = tuple[float, float, float]
Outline = tuple[tuple[float, float], ...]
"""Corners of a convex shape, one after another."""

GOLDEN_ANGLE = 2.4
"""Radians; what is set down turn by turn of it never stands in rows."""

Matrix = NDArray[np.float64]

_AXES: dict[str, Matrix] = {
    "z": np.eye(3),
    "y": np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], float),
    "x": np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], float),
}
_IN_SPACE: dict[str, Callable[[float, float, float], Triple]] = {
    "z": lambda a, b, c: (a, b, c),
    "y": lambda a, b, c: (a, c, b),
    "x": lambda a, b, c: (c, a, b),
}
"""From a prism's own plane and thickness to space."""

_LYING: Matrix = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], float)


@dataclass(frozen=True, slots=True)
class Finish:
    """How a surface answers light, and how softly its colour meets its neighbours'."""

    rough: float = 0.6
    metal: float = 0.0
    glow: float = 0.0
    blend: float = 0.006


MATT = Finish()
LACQUER = Finish(rough=0.12)
GLASS = Finish(rough=0.08)
CERAMIC = Finish(rough=0.25)
STEEL = Finish(rough=0.2, metal=1.0)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a stand-in is set down: position, turn (degrees), size, upright or on its back."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    yaw: float = 0.0
    scale: float = 1.0
    lying: bool = False

    def matrix(self) -> Matrix:
        """Return the rotation from stand-in to world."""
        c, s = math.cos(math.radians(self.yaw)), math.sin(math.radians(self.yaw))
        turn: Matrix = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        return turn @ _LYING if self.lying else turn


def _sparse(matrix: Matrix) -> Rotation | None:
    if np.allclose(matrix, np.eye(3)):
        return None
    return tuple(
        tuple((axis, float(value)) for axis, value in enumerate(row) if abs(value) > 1e-7)
        for row in matrix
    )


class Modeller:
    """Adds solids to a scene, in the words of a sculptor."""

    def __init__(self, first_part: int) -> None:
        self.solids: list[Solid] = []
        self._part = first_part - 1
        self._melt = 0.0
        self.set_down(Placement())

    def set_down(self, placement: Placement) -> None:
        """Make everything that follows stand at this place."""
        self._placement = placement
        self._matrix = placement.matrix()

    def part(self, melt: float = 0.0) -> None:
        """Begin a new part; its solids melt into one another over `melt`."""
        self._part += 1
        self.melt(melt)

    @property
    def next_part(self) -> int:
        """The number the next part will have."""
        return self._part + 1

    def number_from(self, first_part: int) -> None:
        """Give the parts that follow numbers from here on."""
        self._part = first_part - 1

    def melt(self, melt: float) -> None:
        """Change the melting radius within the current part."""
        self._melt = melt * self._placement.scale

    def cone(
        self,
        start: Triple,
        end: Triple,
        radii: tuple[float, float],
        colour: Floats,
        finish: Finish = MATT,
    ) -> None:
        """Add a sphere swept from `start` to `end`."""
        a, b = self._world(start), self._world(end)
        first, last = (radius * self._placement.scale for radius in radii)
        axis = b - a
        shape = RoundCone(
            start=column(a),
            axis=column(axis),
            slope=floats(axis / max(float(axis @ axis), 1e-9)),
            start_radius=first,
            growth=last - first,
        )
        reach = float(np.linalg.norm(axis)) / 2 + max(first, last)
        self._add(shape, (a + b) / 2, reach, colour, finish)

    def ball(self, centre: Triple, radii: Triple, colour: Floats, finish: Finish = MATT) -> None:
        """Add an ellipsoid."""
        round_about = "z" if radii[0] == radii[1] else ""
        frame, scale = self._frame(centre, "z", round_about), self._placement.scale
        shape = Ellipsoid(frame, column([1 / (radius * scale) for radius in radii]))
        self._add(shape, self._world(centre), max(radii) * scale, colour, finish)

    def box(
        self, centre: Triple, half: Triple, edge: float, colour: Floats, finish: Finish = MATT
    ) -> None:
        """Add a box of the given half sizes with rounded edges."""
        frame, scale = self._frame(centre, "z"), self._placement.scale
        shape = RoundBox(frame, column([(side - edge) * scale for side in half]), edge * scale)
        self._add(shape, self._world(centre), math.hypot(*half) * scale, colour, finish)

    def cylinder(
        self,
        centre: Triple,
        size: Triple,
        colour: Floats,
        finish: Finish = MATT,
        *,
        axis: str = "z",
        top: float | None = None,
    ) -> None:
        """Add a cylinder of size (radius, half height, rounding); `top` makes it a frustum."""
        radius, half, edge = size
        upper = radius if top is None else top
        taper, scale = (upper - radius) / 2 / half, self._placement.scale
        shape = Cylinder(
            frame=self._frame(centre, axis, axis),
            radius=((radius + upper) / 2 - edge) * scale,
            half_height=(half - edge) * scale,
            edge=edge * scale,
            taper=taper,
            narrowing=1 / math.hypot(1, taper),
        )
        reach = math.hypot(max(radius, upper), half) * scale
        self._add(shape, self._world(centre), reach, colour, finish)

    def ring(
        self,
        centre: Triple,
        radii: tuple[float, float],
        colour: Floats,
        finish: Finish = MATT,
        *,
        axis: str = "z",
    ) -> None:
        """Add a torus of (ring, tube) radii."""
        ring, tube = (radius * self._placement.scale for radius in radii)
        shape = Torus(self._frame(centre, axis, axis), ring, tube)
        self._add(shape, self._world(centre), ring + tube, colour, finish)

    def prism(
        self,
        outline: Outline,
        span: tuple[float, float],
        colour: Floats,
        finish: Finish = MATT,
        *,
        axis: str = "y",
        edge: float = 0.01,
    ) -> None:
        """Add a convex outline that reaches along `axis` over `span`.

        The outline is given in (x, z) for axis y, in (y, z) for axis x and in (x, y) for axis z.
        """
        scale, thick = self._placement.scale, (span[1] - span[0]) / 2
        corners = np.array(outline, float)
        ahead = np.roll(corners, -1, axis=0)
        if (corners[:, 0] * ahead[:, 1] - corners[:, 1] * ahead[:, 0]).sum() < 0:
            corners = corners[::-1]
        middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
        centre = _IN_SPACE[axis](float(middle[0]), float(middle[1]), span[0] + thick)
        way = np.roll(corners, -1, axis=0) - corners
        normals = np.stack([way[:, 1], -way[:, 0]], axis=1)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        offsets = ((corners - middle) * normals).sum(axis=1)
        shape = Prism(
            frame=self._frame(centre, axis),
            edges=tuple(
                (float(a), float(b), float(off - edge) * scale)
                for (a, b), off in zip(normals, offsets, strict=True)
            ),
            half=(thick - edge) * scale,
            edge=edge * scale,
        )
        reach = float(np.linalg.norm(corners - middle, axis=1).max())
        self._add(shape, self._world(centre), math.hypot(reach, thick) * scale, colour, finish)

    def _world(self, local: Triple) -> Matrix:
        place = self._placement
        world: Matrix = self._matrix @ np.array(local, float) * place.scale
        world += (place.x, place.y, place.z)
        return world

    def _frame(self, centre: Triple, axis: str, round_about: str = "") -> Frame:
        # A shape that is round about the vertical looks the same however it is turned.
        if round_about == "z" and axis == "z" and not self._placement.lying:
            return Frame(column(self._world(centre)), None)
        return Frame(column(self._world(centre)), _sparse(_AXES[axis] @ self._matrix.T))

    def _add(
        self, shape: Shape, centre: Matrix, radius: float, colour: Floats, finish: Finish
    ) -> None:
        surface = floats([*colour, finish.rough, finish.metal, finish.glow])
        self.solids.append(
            Solid(
                shape=shape,
                surface=surface,
                centre=floats(centre),
                radius=radius,
                part=self._part,
                melt=self._melt,
                blend=finish.blend * self._placement.scale,
            )
        )
