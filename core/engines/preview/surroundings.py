"""Rays against everything that is not a stand-in: blocks, ground, backdrop and sky."""

import math
from dataclasses import dataclass

import numpy as np

from core.engines.preview.arrays import Floats, Integers, Truths, column
from core.engines.preview.blocks import Block
from core.engines.preview.scene import Scene

_SKY, _GROUND = -1, -2
FARTHEST = 1e4


@dataclass(slots=True)
class FirstHit:
    """What each ray meets first: a distance, a normal, and a block number, ground or sky."""

    distance: Floats
    normals: Floats
    target: Integers

    def ids(self) -> Integers:
        """Return object ids: 0 sky, -1 ground, -2 and below blocks."""
        ground = self.target == _GROUND
        return np.where(ground, -1, np.where(self.target == _SKY, 0, -2 - self.target)).astype(
            np.int32
        )

    def missed(self) -> Truths:
        """Return which rays meet nothing."""
        missed: Truths = self.target == _SKY
        return missed


def blocks_in_cone(
    blocks: tuple[Block, ...], apex: Floats, rays: Floats
) -> list[tuple[int, Block]]:
    """Return the (number, block) a bundle of rays from one point can meet."""
    axis = rays.mean(axis=1, dtype=np.float64)
    axis /= math.sqrt(float(axis @ axis)) + 1e-12
    cosine = (rays[0] * float(axis[0]) + rays[1] * float(axis[1]) + rays[2] * float(axis[2])).min()
    widest = math.acos(max(-1.0, min(1.0, float(cosine) - 1e-5)))
    found = []
    for number, block in enumerate(blocks):
        middle = (block.low + block.high).astype(np.float64) / 2
        radius = float(np.linalg.norm(block.high - block.low)) / 2
        offset = middle - apex.ravel()
        distance = math.sqrt(float(offset @ offset)) + 1e-9
        if distance <= radius:
            found.append((number, block))
            continue
        angle = math.acos(max(-1.0, min(1.0, float(offset @ axis) / distance)))
        if angle < widest + math.asin(radius / distance):
            found.append((number, block))
    return found


def first_hit(origin: Floats, rays: Floats, blocks: list[tuple[int, Block]]) -> FirstHit:
    """Return what the rays meet before any stand-in."""
    count = rays.shape[1]
    distance = np.full(count, FARTHEST, np.float32)
    normals = np.zeros((3, count), np.float32)
    target = np.full(count, _SKY, np.int32)
    inverse = 1 / np.where(np.abs(rays) < 1e-6, np.float32(1e-6), rays)
    for number, block in blocks:
        sides, leaving = block.meet(origin, inverse)
        entry = sides.max(axis=0)
        hit = np.flatnonzero((entry < leaving) & (entry > 0.01) & (entry < distance))
        if not hit.size:
            continue
        distance[hit], target[hit] = entry[hit], number
        struck = sides[:, hit] >= entry[hit]
        normals[:, hit] = np.where(struck, -np.sign(rays[:, hit]), 0)
    down = rays[2] < -1e-4
    below = np.where(down, -origin[2] / np.minimum(rays[2], -1e-4), FARTHEST * 10)
    ground = below < distance
    distance[ground] = below[ground]
    target[ground] = _GROUND
    normals[:, ground] = column((0, 0, 1))
    return FirstHit(distance, normals, target)


def surfaces_at(
    scene: Scene, first: FirstHit, points: Floats, where: np.ndarray
) -> tuple[Floats, Floats]:
    """Return surfaces (6, N) and mirror strengths (N,) of what was met."""
    target, normals = first.target[where], first.normals[:, where]
    surfaces = np.zeros((6, where.size), np.float32)
    mirror = np.zeros(where.size, np.float32)
    ground = target == _GROUND
    if ground.any():
        painted, strength = scene.ground.surface(points[:, ground], first.distance[where][ground])
        surfaces[:, ground], mirror[ground] = painted, strength
    for number in np.unique(target[~ground]):
        mine = target == number
        block = scene.blocks[int(number)]
        surfaces[:, mine] = block.surface(points[:, mine], normals[:, mine], night=scene.rig.night)
    return surfaces, mirror
