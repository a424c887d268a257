"""Sphere tracing of groups of solids, one group at a time, only where a ray can meet it.

After "Sphere tracing: a geometric method for the antialiased ray tracing of implicit surfaces",
The Visual Computer 12 (1996).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from core.engines.preview.arrays import Floats, Truths, floats, length
from core.engines.preview.solids import Solid

Ball: TypeAlias = tuple[float, float, float, float]
NOWHERE = 1e9
"""Entry distance of a ray that meets nothing."""

_TETRAHEDRON = ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1))
_CAUTION = 0.93
"""Share of the distance a step takes: blended solids are not quite true distances."""


@dataclass(frozen=True, slots=True)
class Group:
    """Solids that melt into one another, or a single one."""

    solids: tuple[Solid, ...]
    index: int
    centre: Floats
    radius: float
    ball: tuple[Ball, ...]
    """One ball around everything."""
    balls: tuple[Ball, ...]
    """One ball per solid."""

    def distance(self, points: Floats) -> Floats:
        """Return the distance to the smooth union (polynomial smooth minimum after Quilez)."""
        first, *others = self.solids
        nearest = first.shape.distance(points)
        for solid in others:
            other = solid.shape.distance(points)
            overlap = np.abs(nearest - other)
            np.subtract(solid.melt, overlap, out=overlap)
            np.maximum(overlap, 0, out=overlap)
            overlap *= overlap
            overlap *= 0.25 / solid.melt
            np.minimum(nearest, other, out=nearest)
            nearest -= overlap
        return nearest

    def only(self, kept: Truths) -> Group:
        """Return the group without the solids that are too far away to matter."""
        if kept.all():
            return self
        solids = tuple(solid for solid, keep in zip(self.solids, kept, strict=True) if keep)
        balls = tuple(ball for ball, keep in zip(self.balls, kept, strict=True) if keep)
        return Group(solids, self.index, self.centre, self.radius, self.ball, balls)

    def normals(self, points: Floats, step: Floats) -> Floats:
        """Return unit normals from four distances at the corners of a small tetrahedron."""
        out = np.zeros_like(points)
        moved = np.empty_like(points)
        for corner in _TETRAHEDRON:
            for axis, sign in enumerate(corner):
                np.add(points[axis], step if sign > 0 else -step, out=moved[axis])
            distance = self.distance(moved)
            for axis, sign in enumerate(corner):
                if sign > 0:
                    out[axis] += distance
                else:
                    out[axis] -= distance
        out /= length(out) + 1e-9
        return out

    def surfaces(self, points: Floats) -> Floats:
        """Return the surfaces (6, N), blended between solids that are about equally near."""
        if len(self.solids) == 1:
            return np.repeat(self.solids[0].surface[:, None], points.shape[1], axis=1)
        distances = [solid.shape.distance(points) for solid in self.solids]
        nearest = distances[0].copy()
        for distance in distances[1:]:
            np.minimum(nearest, distance, out=nearest)
        out = np.zeros((6, nearest.size), np.float32)
        total = np.zeros_like(nearest)
        for solid, distance in zip(self.solids, distances, strict=True):
            weight = np.exp(np.maximum((nearest - distance) / solid.blend, -30))
            total += weight
            for channel, value in zip(out, solid.surface, strict=True):
                np.add(channel, weight * float(value), out=channel)
        out /= total
        return out


def _group(solids: tuple[Solid, ...], index: int) -> Group:
    centres = np.array([solid.centre for solid in solids], np.float64)
    radii = np.array([solid.radius * 1.03 + solid.melt * 0.3 + 0.004 for solid in solids])
    low, high = (centres - radii[:, None]).min(axis=0), (centres + radii[:, None]).max(axis=0)
    centre = (low + high) / 2
    radius = float((np.linalg.norm(centres - centre, axis=1) + radii).max())
    x, y, z = (float(value) for value in centre)
    balls = tuple(
        (float(a), float(b), float(c), float(r))
        for (a, b, c), r in zip(centres, radii, strict=True)
    )
    return Group(solids, index, floats(centre), radius, ((x, y, z, radius),), balls)


def grouped(solids: Iterable[Solid]) -> list[Group]:
    """Return groups: solids of one part that melt stay together, all others stand alone."""
    runs: list[list[Solid]] = []
    for solid in solids:
        if solid.melt and runs and runs[-1][-1].part == solid.part:
            runs[-1].append(solid)
        else:
            runs.append([solid])
    return [_group(tuple(run), index) for index, run in enumerate(runs)]


def meet(
    balls: tuple[Ball, ...],
    origin: Floats,
    direction: Floats,
    spread: float = 0.0,
    grow: float = 0.0,
) -> tuple[Floats, Floats]:
    """Return where each ray enters and leaves a cloud of balls.

    `spread` widens the ray into a cone, for soft shadows. A miss enters at NOWHERE. Origin or
    direction may be one column for all rays.
    """
    count = max(origin.shape[1], direction.shape[1])
    entry = np.full(count, NOWHERE, np.float32)
    leaving = np.zeros(count, np.float32)
    for x, y, z, radius in balls:
        vx, vy, vz = x - origin[0], y - origin[1], z - origin[2]
        along = vx * direction[0]
        along = along + vy * direction[1]
        along += vz * direction[2]
        inside = along * along
        inside -= vx * vx + vy * vy + vz * vz
        if spread:
            wide = np.maximum(along, 0)
            wide *= spread
            wide += radius + grow
            wide *= wide
            inside += wide
        else:
            inside += (radius + grow) ** 2
        hit = inside > 0
        np.maximum(inside, 0, out=inside)
        np.sqrt(inside, out=inside)
        hit &= along > -inside
        np.minimum(entry, np.where(hit, along - inside, NOWHERE), out=entry)
        np.maximum(leaving, np.where(hit, along + inside, 0), out=leaving)
    return entry, leaving


def selected(bundle: Floats, chosen: np.ndarray) -> Floats:
    """Return the chosen columns of a bundle; a bundle of one column serves everybody."""
    return bundle if bundle.shape[1] == 1 else bundle[:, chosen]


def march(
    group: Group,
    rays: tuple[Floats, Floats],
    reach: tuple[Floats, Floats],
    precision: float,
    steps: int = 48,
) -> tuple[Floats, Truths]:
    """Return the distance at which rays (origin, direction) meet the group within their reach.

    The set of rays still under way shrinks as rays hit or leave.
    """
    origin, direction = rays
    travelled, far = reach[0].copy(), reach[1]
    final, hit = travelled.copy(), np.zeros(travelled.size, bool)
    active = np.arange(travelled.size)
    for _ in range(steps):
        points = direction * travelled
        points += origin
        step = group.distance(points)
        close = step < precision * travelled
        step *= _CAUTION
        travelled += step
        stay = travelled < far
        stay &= ~close
        remaining = np.count_nonzero(stay)
        if remaining < 0.8 * active.size or close.any():
            final[active[close]] = travelled[close]
            hit[active[close]] = True
            if not remaining:
                break
            active, travelled, far = active[stay], travelled[stay], far[stay]
            direction, origin = direction[:, stay], selected(origin, stay)
    return final, hit


def cast(
    groups: Iterable[Group],
    rays: tuple[Floats, Floats],
    distance: Floats,
    precision: float,
    steps: int = 48,
) -> np.ndarray:
    """Return the index of the nearest group per ray (-1 for none); shortens `distance` in place."""
    origin, direction = rays
    nearest = np.full(distance.size, -1, np.int32)
    for group in groups:
        some = np.flatnonzero(meet(group.ball, origin, direction)[0] < distance)
        if not some.size:
            continue
        start, toward = selected(origin, some), direction[:, some]
        entry, leaving = meet(group.balls, start, toward)
        fine = np.flatnonzero(entry < distance[some])
        if not fine.size:
            continue
        some = some[fine]
        reach = (np.maximum(entry[fine], 0.01), np.minimum(leaving[fine], distance[some]))
        found, hit = march(group, (selected(start, fine), toward[:, fine]), reach, precision, steps)
        hit &= found < distance[some]
        some = some[hit]
        distance[some] = found[hit]
        nearest[some] = group.index
    return nearest
