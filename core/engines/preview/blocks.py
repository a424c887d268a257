"""Axis-aligned blocks: houses, walls and door frames, met exactly and cheaply."""

from dataclasses import dataclass

import numpy as np

from core.engines.preview.arrays import Floats, Truths, column
from core.engines.preview.colour import linear
from core.engines.preview.noise import fractal_noise, lattice_hash

WINDOW_WIDTH, STOREY = 1.9, 2.4


@dataclass(frozen=True, slots=True)
class Block:
    """One block; `kind` is plain, wall or windows."""

    low: Floats
    high: Floats
    paint: Floats
    kind: str
    number: int

    def meet(self, origin: Floats, inverse: Floats) -> tuple[Floats, Floats]:
        """Return entry and exit distances (slab method); a miss enters after it leaves."""
        near = (column(self.low) - origin) * inverse
        far = (column(self.high) - origin) * inverse
        return np.minimum(near, far), np.maximum(near, far).min(axis=0)

    def stands_between(self, eye: Floats, target: Floats, margin: float) -> bool:
        """Say whether the block, grown by a margin, hides a point from an eye."""
        grown = Block(self.low - margin, self.high + margin, self.paint, self.kind, self.number)
        way = column(target) - column(eye)
        inverse = 1 / np.where(np.abs(way) < 1e-6, np.float32(1e-6), way)
        sides, leaving = grown.meet(column(eye), inverse)
        entry = float(sides.max())
        return entry < float(leaving[0]) and entry < 1 and float(leaving[0]) > 0

    def surface(self, points: Floats, normals: Floats, *, night: bool) -> Floats:
        """Return the surfaces (6, N) of points on the block."""
        surface = np.zeros((6, points.shape[1]), np.float32)
        surface[:3] = column(self.paint)
        surface[3] = 0.85
        if self.kind == "windows":
            self._put_in_windows(surface, points, normals, night=night)
        elif self.kind == "wall":
            stain = fractal_noise(points[0] * 1.5 + points[1], points[2] * 1.5, 4, 3)
            surface[:3] *= 0.93 + 0.1 * stain
            skirting = points[2] < 0.16
            surface[:3, skirting] = np.minimum(surface[:3, skirting] * 1.5 + 0.05, 0.8)
        return surface

    def _put_in_windows(
        self, surface: Floats, points: Floats, normals: Floats, *, night: bool
    ) -> None:
        along = np.where(np.abs(normals[0]) > 0.5, points[1], points[0])
        u, v = along / WINDOW_WIDTH + self.number, points[2] / STOREY
        column_, storey = np.floor(u), np.floor(v)
        surface[:3] *= 0.8 + 0.3 * fractal_noise(u * 2, v * 2, self.number, 3)
        pane: Truths = (np.abs(u - column_ - 0.5) < 0.30) & (np.abs(v - storey - 0.52) < 0.32)
        pane &= np.abs(normals[2]) < 0.5
        surface[:, pane] = column6(linear("1c2733"), rough=0.06)
        threshold = 0.52 if night else 0.93
        lit = pane & (lattice_hash(column_, storey, self.number) > threshold)
        glow = linear("ffc67a" if self.number % 3 else "bfe0ff")
        brightness = 0.35 + 0.65 * lattice_hash(column_[lit], storey[lit], 5)
        surface[:3, lit] = column(glow) * brightness
        surface[5, lit] = 0.11 if night else 0.02


def column6(paint: Floats, *, rough: float) -> Floats:
    """Return one surface as a (6, 1) column."""
    return np.array([*paint, rough, 0, 0], np.float32).reshape(6, 1)


def block(
    low: tuple[float, ...], high: tuple[float, ...], paint: Floats, kind: str, number: int
) -> Block:
    """Return a block between two corners."""
    return Block(np.array(low, np.float32), np.array(high, np.float32), paint, kind, number)
