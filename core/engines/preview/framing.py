"""Sets the camera up: the lens gives the angle of view, the distance holds the framing."""

import math
from dataclasses import dataclass

import numpy as np

from core.engines.preview.arrays import Floats, floats
from core.engines.preview.brief import Brief
from core.engines.preview.camera import (
    ANGLES,
    LENSES,
    Angle,
    Axes,
    Camera,
    Lens,
    direction,
    look_at,
)
from core.engines.preview.composition import COMPOSITIONS, Composition
from core.engines.preview.solids import Cylinder, RoundBox, Solid
from core.engines.preview.stage.roles import Role, is_people, role_of
from core.engines.preview.streams import stream

_WIDE_SHOT = 2.1
_UPWARD = 0.5
"""Share of a wanted height that a figure on the ground follows: the horizon goes with it."""
_PERSON_CUTS = {"macro": (0.30, 1.645), "close-up": (0.46, 1.625), "medium-shot": (1.02, 1.30)}
_BUST = (0.66, 1.57)
_FILLS = {"landscape": 0.67, "interior": 1.75}
_BREADTH = {"couple": 1.5, "group": 1.9}
_THING_CUTS = {"macro": 0.40, "close-up": 0.48, "medium-shot": 0.72}


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of the subject the picture shows: picture height and aim in metres."""

    height: float
    aim: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Extent:
    """What the subject covers, as tangents right of and above the optical axis."""

    half_width: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Framing:
    """The camera and the measures the rest of the set is built to."""

    camera: Camera
    azimuth: float
    side: int
    distance: float
    unit: float
    """Picture height in heights of a person: scales shadows, props and contact shading."""
    aim: float
    extent: Extent
    cut: Cut


def cut_of(brief: Brief) -> Cut:
    """Return how much of the main figure the picture shows."""
    role = role_of(brief.main)
    size = COMPOSITIONS[brief.composition].size
    if brief.lens == "macro":
        size = "macro"
    close = size in _PERSON_CUTS
    if brief.angle == "over-the-shoulder" and not close:
        size, close = "medium-shot", True
    if brief.angle in {"bird's-eye", "flat-lay"} and size != "macro" and not close:
        return Cut(role.frame, role.middle, whole=True)
    if is_people(brief.main) and (close or (brief.lens == "portrait" and not size)):
        height, aim = _PERSON_CUTS.get(size, _BUST)
        return Cut(height * _BREADTH.get(brief.stand_in, 1.0), aim, whole=False)
    if close:
        factor = _THING_CUTS[size]
        aim = role.middle + (role.detail - role.middle) * min(1, (1 - factor) * 1.6)
        return Cut(role.frame * factor, aim, whole=False)
    return Cut(role.frame, role.middle, whole=True)


def _measure(solids: list[Solid], position: Floats, axes: Axes) -> Extent:
    # The bounding balls, slightly shrunk because solids rarely fill theirs.
    width, top, bottom = 0.0, -9.0, 9.0
    for solid in solids:
        square = isinstance(solid.shape, RoundBox | Cylinder)
        radius = solid.radius * (0.72 if square else 0.9)
        offset = solid.centre - position
        depth = max(float(offset @ axes.forward), 0.2)
        right, up = float(offset @ axes.right), float(offset @ axes.up)
        width = max(width, (abs(right) + radius) / depth)
        top, bottom = max(top, (up + radius) / depth), min(bottom, (up - radius) / depth)
    return Extent(width, top, bottom)


@dataclass(slots=True)
class _Tripod:
    """A camera position that can be moved along its line of sight."""

    target: Floats
    position: Floats
    fixed_height: float | None

    def move(self, factor: float) -> None:
        self.position = self.target + (self.position - self.target) * factor
        if self.fixed_height is not None:
            self.position[2] = self.fixed_height

    @property
    def distance(self) -> float:
        return float(np.linalg.norm(self.position - self.target))


def _aspect(width: int, height: int) -> tuple[float, float]:
    short = min(width, height)
    return width / short, height / short


def _set_up(brief: Brief, role: Role, cut: Cut, azimuth: float, fill: float) -> _Tripod:
    angle, lens = ANGLES[brief.angle], LENSES[brief.lens]
    flat = brief.angle == "flat-lay" and role.lies
    aim = 0.08 if flat else cut.aim
    across = (cut.aim - role.middle) if flat and not cut.whole else 0.0
    target = floats([0, across, aim])
    lens_height = angle.lens_height
    if lens_height is not None and cut.whole:
        lens_height *= 1.78 * max(0.45, min(role.height / 1.78, 1.6))
    else:
        lens_height = None
    nearest = 0.42 if cut.height < 1 else 0.95 + 0.25 * role.height
    distance = max(cut.height / fill / (2 * lens.tangent), nearest)
    toward = direction(azimuth, angle.elevation)
    tripod = _Tripod(target, floats(target + toward * distance), lens_height)
    tripod.move(1.0)
    return tripod


def _fill_frame(
    tripod: _Tripod, solids: list[Solid], wanted: float, aspect: tuple[float, float]
) -> None:
    # Three rounds of measuring and stepping back: perspective changes with the distance.
    for _ in range(3):
        extent = _measure(solids, tripod.position, look_at(tripod.position, tripod.target))
        tall = (extent.top - extent.bottom) / 2
        covered = max(extent.half_width / aspect[0], tall / aspect[1])
        tripod.move(max(covered / wanted, 0.3))


def _fill(brief: Brief, lens: Lens, angle: Angle, composition: Composition) -> float:
    fill = lens.fill * composition.fill * angle.fill
    if composition.size == "wide-shot":
        fill /= _WIDE_SHOT
    fill *= _FILLS.get(brief.stand_in, 1.0)
    if brief.main.size is not None:
        fill *= brief.main.size / LENSES["standard"].fill
    return fill


def frame(brief: Brief, solids: list[Solid], seed: int, size: tuple[int, int]) -> Framing:
    """Return the camera for a brief; `solids` are those of the row of figures."""
    role, lens, angle = role_of(brief.main), LENSES[brief.lens], ANGLES[brief.angle]
    composition, aspect = COMPOSITIONS[brief.composition], _aspect(*size)
    chance = stream(seed, "camera")
    side, wander = (1 if chance.random() < 0.5 else -1), float(chance.uniform(-14, 14))
    azimuth = angle.azimuth * side + (0.0 if composition.square else wander)
    cut, fill = cut_of(brief), _fill(brief, lens, angle, composition)
    if cut.whole:
        tripod = _set_up(brief, role, cut, azimuth, fill)
        _fill_frame(tripod, solids, lens.tangent * min(fill * 1.02 + 0.04, 1.25), aspect)
    else:
        closer = min(lens.fill, 0.92) * max(composition.fill, 0.5) * 0.98
        tripod = _set_up(brief, role, cut, azimuth, closer)
    extent = _measure(solids, tripod.position, look_at(tripod.position, tripod.target))
    roll = math.radians(side * (angle.roll or composition.roll))
    camera = Camera(
        position=tripod.position,
        axes=look_at(tripod.position, tripod.target, roll),
        tangent=lens.tangent,
        width=size[0],
        height=size[1],
        shift=_shift(brief, side, aspect, _lift(extent, lens) if cut.whole else 0.0),
        fisheye=lens.fisheye,
    )
    return Framing(
        camera=camera,
        azimuth=azimuth,
        side=side,
        distance=tripod.distance,
        unit=cut.height / 1.9,
        aim=float(tripod.target[2]),
        extent=extent,
        cut=cut,
    )


def _lift(extent: Extent, lens: Lens) -> float:
    # How far the middle of the subject lies above the axis, in half frames.
    middle = (extent.top + extent.bottom) / 2 / lens.tangent
    return max(-0.45, min(0.45, middle * 0.9))


def _shift(
    brief: Brief, side: int, aspect: tuple[float, float], lift: float
) -> tuple[float, float]:
    x, y = COMPOSITIONS[brief.composition].shift
    if brief.angle == "over-the-shoulder":
        x, y = max(x, 0.24), y - 0.05
    if brief.main.spot is not None:
        spot = brief.main.spot
        return spot[0] * aspect[0], spot[1] * _UPWARD * aspect[1] - lift
    return side * x * aspect[0], y * aspect[1] - lift
