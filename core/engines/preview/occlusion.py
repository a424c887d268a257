"""Who stands in whose light: cones of rays, soft shadows and contact shading."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from core.engines.preview.arrays import Floats, Truths, clip01, column, dot, length
from core.engines.preview.light import Sun
from core.engines.preview.march import NOWHERE, Group, meet

_SHADOW_STEPS = 18
_CONTACT = ((0.15, 0.45), (0.5, 0.35), (1.0, 0.28))
"""Heights above the surface, as shares of the reach, and their weights."""


class Occluders:
    """All groups of a scene, ready to be asked who can matter to a bundle of points or rays.

    Of a large group only the solids that matter are handed out, which is most of the speed.
    """

    def __init__(self, groups: list[Group]) -> None:
        self.groups = groups
        self._centres = np.array([g.centre for g in groups], np.float64).reshape(-1, 3)
        self._radii = np.array([g.radius for g in groups], np.float64)
        self._members = [
            (np.array([s.centre for s in g.solids], np.float64),
             np.array([s.radius * 1.03 + s.melt + 0.01 for s in g.solids]))
            for g in groups
        ]  # fmt: skip

    def in_cone(self, apex: Floats, rays: Floats) -> list[Group]:
        """Return the groups a bundle of rays from one point can meet, nearest first."""
        if not self.groups:
            return []
        axis = rays.mean(axis=1, dtype=np.float64)
        axis /= math.sqrt(float(axis @ axis)) + 1e-12
        widest = math.acos(float(np.clip(dot(rays, column(axis)).min() - 1e-5, -1, 1)))

        def met(centres: np.ndarray, radii: np.ndarray) -> Truths:
            toward = centres - apex.ravel()
            distance = np.linalg.norm(toward, axis=1) + 1e-9
            angle = np.arccos(np.clip(toward @ axis / distance, -1, 1))
            near: Truths = angle < widest + np.arcsin(np.clip(radii / distance, 0, 1))
            near |= distance < radii
            return near

        distance = np.linalg.norm(self._centres - apex.ravel(), axis=1) - self._radii
        return list(self._picked(met, np.argsort(distance, kind="stable")))

    def towards(self, points: Floats, key: Sun) -> Iterator[Group]:
        """Yield the groups that may stand between the points and the lamp."""
        centre, radius = _ball_around(points)
        toward = key.direction.ravel().astype(np.float64)

        def between(centres: np.ndarray, radii: np.ndarray) -> Truths:
            offset = centres - centre
            ahead = offset @ toward
            reach = np.maximum(ahead, 0)
            aside = np.linalg.norm(offset - reach[:, None] * toward, axis=1)
            near: Truths = aside < radii + radius + reach / key.softness + 0.05
            near &= ahead > -radii - radius
            return near

        return self._picked(between)

    def around(self, points: Floats, reach: float) -> Iterator[Group]:
        """Yield the groups within reach of the points."""
        centre, radius = _ball_around(points)

        def close(centres: np.ndarray, radii: np.ndarray) -> Truths:
            near: Truths = np.linalg.norm(centres - centre, axis=1) < radii + radius + reach
            return near

        return self._picked(close)

    def _picked(
        self, wanted: Callable[[np.ndarray, np.ndarray], Truths], order: np.ndarray | None = None
    ) -> Iterator[Group]:
        if not self.groups:
            return
        mine = wanted(self._centres, self._radii)
        for i in range(len(self.groups)) if order is None else order:
            if not mine[i]:
                continue
            group = self.groups[i]
            kept = wanted(*self._members[i]) if len(group.solids) > 2 else None
            if kept is None:
                yield group
            elif kept.any():
                yield group.only(kept)


def _ball_around(points: Floats) -> tuple[np.ndarray, float]:
    centre = points.mean(axis=1, dtype=np.float64)
    return centre, float(length(points - column(centre)).max())


def soft_shadow(occluders: Occluders, points: Floats, key: Sun, least_step: float) -> Floats:
    """Return the share of the key light that arrives, with a penumbra.

    The nearest miss along the ray gives the penumbra (Quilez, "Soft shadows in raymarched SDFs").
    """
    light = np.ones(points.shape[1], np.float32)
    if not light.size:
        return light
    spread = 0.8 / key.softness
    for group in occluders.towards(points, key):
        entry, _ = meet(group.ball, points, key.direction, spread, 0.01)
        some = np.flatnonzero((entry < NOWHERE * 0.1) & (light > 0.01))
        if not some.size:
            continue
        start = points[:, some]
        entry, leaving = meet(group.balls, start, key.direction, spread, 0.01)
        fine = np.flatnonzero(entry < NOWHERE * 0.1)
        if not fine.size:
            continue
        some = some[fine]
        reach = (np.maximum(entry[fine], 0.012), leaving[fine])
        light[some] = _penumbra(group, start[:, fine], key, reach, (light[some], least_step))
    light = clip01(light)
    return light * light * (3 - 2 * light)


def _penumbra(
    group: Group,
    start: Floats,
    key: Sun,
    reach: tuple[Floats, Floats],
    so_far: tuple[Floats, float],
) -> Floats:
    travelled, far = reach
    light, least_step = so_far
    active = np.arange(light.size)
    half = 0.5 * key.softness
    for _ in range(_SHADOW_STEPS):
        distance = group.distance(start + key.direction * travelled)
        seen = np.minimum(light[active], 0.5 + half * distance / travelled)
        light[active] = seen
        travelled = travelled + np.maximum(distance, least_step)
        keep = (seen > 0.01) & (travelled < far)
        active = active[keep]
        if not active.size:
            break
        start, travelled, far = start[:, keep], travelled[keep], far[keep]
    return light


def contact_shading(occluders: Occluders, points: Floats, normals: Floats, reach: float) -> Floats:
    """Return how open the surroundings are, 0..1 (ambient occlusion from three distances)."""
    heights = [reach * share for share, _ in _CONTACT]
    open_to = [np.full(points.shape[1], height, np.float32) for height in heights]
    for group in occluders.around(points, reach):
        offset = points - column(group.centre)
        near = np.flatnonzero(dot(offset, offset) < (group.radius + 2 * reach) ** 2)
        if not near.size:
            continue
        start, outward = points[:, near], normals[:, near]
        for height, free in zip(heights, open_to, strict=True):
            free[near] = np.minimum(free[near], group.distance(start + outward * height))
    closed = np.zeros(points.shape[1], np.float32)
    for height, free, (_, weight) in zip(heights, open_to, _CONTACT, strict=True):
        closed += weight * clip01((height - free) / height)
    return clip01(1 - closed)
