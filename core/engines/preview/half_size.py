"""Slow light on every second pixel, joined to full size by position and normal.

A joint bilateral upsampling (Kopf et al., 2007) whose guide is the geometry.
"""

from collections.abc import Callable

import numpy as np

from core.engines.preview.arrays import Floats, dot
from core.engines.preview.shading import Hits

LIGHT_CHANNELS = 5
"""Contact shading, key light, and the mirrored picture's three colours."""

Pixels = tuple[np.ndarray, np.ndarray]
Slow = Callable[[np.ndarray], Floats]


class HalfSizeLight:
    """The slow light of one tile and layer, found once and read by all rays of the tile."""

    def __init__(self, width: int, height: int) -> None:
        self._columns, self._rows = width // 2 + 2, height // 2 + 2
        self._grid: Floats | None = None

    def read(self, pixels: Pixels, hits: Hits, slow: Slow, tolerance: float) -> Floats:
        """Return the light (5, N) of the hits; `slow` finds it exactly for some of them."""
        if self._grid is None:
            self._grid = self._fill(pixels, hits, slow)
        out, weight = self._join(self._grid, pixels, hits, tolerance)
        lonely = np.flatnonzero(weight < 0.02)
        if lonely.size:
            out[:, lonely] = slow(lonely)
        return out

    def _fill(self, pixels: Pixels, hits: Hits, slow: Slow) -> Floats:
        px, py = pixels
        chosen = np.flatnonzero((px & 1 == 0) & (py & 1 == 0))
        grid = np.zeros((12, self._rows * self._columns), np.float32)
        cells = (py[chosen] >> 1) * self._columns + (px[chosen] >> 1)
        grid[:3, cells] = hits.points[:, chosen]
        grid[3:6, cells] = hits.normals[:, chosen]
        grid[6:11, cells] = slow(chosen)
        grid[11, cells] = 1
        return grid

    def _join(
        self, grid: Floats, pixels: Pixels, hits: Hits, tolerance: float
    ) -> tuple[Floats, Floats]:
        px, py = pixels
        right, down = (px & 1).astype(np.float32) * 0.5, (py & 1).astype(np.float32) * 0.5
        corner = (py >> 1) * self._columns + (px >> 1)
        out = np.zeros((LIGHT_CHANNELS, px.size), np.float32)
        total = np.full(px.size, 1e-6, np.float32)
        points, normals = hits.points, hits.normals
        for row, vertical in ((0, 1 - down), (1, down)):
            for step, level in ((0, 1 - right), (1, right)):
                cell = grid.take(corner + (row * self._columns + step), axis=1)
                off_plane = dot(cell[:3] - points, normals) / tolerance
                alike = np.maximum(dot(cell[3:6], normals) - 0.5, 0)
                weight = (vertical * level + 0.02) * cell[11] * alike
                weight /= 1 + off_plane * off_plane * 4
                total += weight
                out += cell[6:11] * weight
        out /= total
        return out, total
