"""The ground of every setting: its paint, its roughness and how much it mirrors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.engines.preview.arrays import Floats, clip01, column, smoothstep
from core.engines.preview.colour import linear
from core.engines.preview.noise import fractal_noise, value_noise

NATURAL_GROUND: Mapping[str, str] = {
    "beach": "d9c096",
    "forest": "4a5a30",
    "desert": "d2a36c",
    "mountain": "5b6f40",
    "snow": "e8eef4",
    "field": "5f7f35",
    "street": "777777",
    "room": "8a5a36",
}
NATURAL_LAND: Mapping[str, str] = {
    "mountain": "5d6a70",
    "snow": "9fb0c0",
    "desert": "b98a5c",
    "forest": "33472c",
    "field": "55703a",
    "beach": "4d6a70",
    "street": "777777",
}
FRESH_SNOW = "e8eef4"


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground plane at height zero."""

    setting: str
    paint: Floats
    road: float
    """Where the middle of the road runs."""
    polished: bool
    wet: bool
    path: bool
    stripes: float
    """Spacing of lines that lead away from the viewer; 0 draws none."""

    def surface(self, points: Floats, distance: Floats) -> tuple[Floats, Floats]:
        """Return surfaces (6, N) and how strongly each point mirrors (N,)."""
        surface = np.zeros((6, distance.size), np.float32)
        surface[3] = 0.8
        near = clip01(1 - distance / 40)
        painter = _PAINTERS.get(self.setting, _open_land)
        mirror = painter(self, surface, (points[0], points[1]), near)
        if self.stripes:
            self._draw_stripes(surface, points, distance)
        return surface, mirror

    def _draw_stripes(self, surface: Floats, points: Floats, distance: Floats) -> None:
        lane = np.abs(np.mod(points[0] / self.stripes + 0.5, 1) - 0.5)
        # The lines widen with the distance a pixel covers, so that they do not flicker.
        line = smoothstep(0.10, 0.07, lane) * (np.abs(points[0]) < self.stripes * 3.3)
        line *= clip01(1.4 - distance / (60 * self.stripes))
        dark = surface[:3].mean() > 0.12
        paint = surface[:3] * 0.38 if dark else surface[:3] * 0.3 + 0.42
        surface[:3] += (paint - surface[:3]) * line


Place = tuple[Floats, Floats]


def _studio(ground: Ground, surface: Floats, place: Place, near: Floats) -> Floats:
    del place
    surface[:3] = column(ground.paint)
    return np.full_like(near, 0.30 if ground.polished else 0.05)


def _floorboards(ground: Ground, surface: Floats, place: Place, near: Floats) -> Floats:
    x, y = place
    across = np.mod(x / 0.19, 1)
    board = np.floor(x / 0.19)
    tone = 0.75 + 0.45 * fractal_noise(board * 7.3, y * 0.9 + board * 3, 2, 3)
    gap = 1 - 0.45 * (np.abs(across - 0.5) > 0.47) * near
    surface[:3] = column(ground.paint) * (tone * gap)
    surface[3] = 0.45
    return np.full_like(near, 0.18)


def _street(ground: Ground, surface: Floats, place: Place, near: Floats) -> Floats:
    x, y = place
    offset = x - ground.road
    road = np.abs(offset) < 3.4
    grain = 0.8 + 0.4 * fractal_noise(x * 5, y * 5, 1, 3) * near + 0.2 * (1 - near)
    tint = column(ground.paint / linear(NATURAL_GROUND["street"]).mean())
    surface[:3] = np.where(road, column(linear("44464a")), column(linear("8b8780"))) * grain * tint
    slab = ~road & ((np.mod(offset, 1.2) < 0.03) | (np.mod(y, 1.2) < 0.03))
    surface[:3, slab] *= 0.6
    dashes = (np.abs(offset) < 0.09) & (np.mod(y, 4) < 2.2)
    dashes |= np.abs(np.abs(offset) - 3.1) < 0.06
    surface[:3, dashes] = column(linear("e9e2c8") * 0.8)
    if not ground.wet:
        return np.full_like(near, 0.02)
    surface[3] = 0.5
    return 0.75 * smoothstep(0.35, 0.62, fractal_noise(x * 0.35, y * 0.35, 9, 3)) + 0.12


def _beach(ground: Ground, surface: Floats, place: Place, near: Floats) -> Floats:
    x, y = place
    shore = y - 5.5 - 1.2 * np.sin(x * 0.35) - value_noise(x * 0.5, np.zeros_like(y), 4)
    sea = smoothstep(-0.2, 0.6, shore)
    wave = fractal_noise(x * 0.8, y * 2.6, 3, 4)
    sand = column(ground.paint) * (0.85 + 0.3 * fractal_noise(x * 3, y * 3, 5, 4) * near)
    surf = 0.25 * smoothstep(0.6, 0.75, wave)
    surf = surf + 0.9 * np.exp(-np.minimum((shore - 0.4) ** 2 * 6, 30))
    water = column(linear("0f5f7a")) * (0.5 + wave) + column(linear("bfe6e6")) * surf
    surface[:3] = sand * (1 - sea) + water * sea
    surface[3] = 0.8 - 0.5 * sea
    return 0.75 * sea


def _open_land(ground: Ground, surface: Floats, place: Place, near: Floats) -> Floats:
    x, y = place
    fine, broad = fractal_noise(x * 2.2, y * 2.2, 1, 5), fractal_noise(x * 0.35, y * 0.35, 6, 3)
    tone = (0.55 + 0.9 * fine * near + 0.45 * (1 - near)) * (0.75 + 0.5 * broad)
    surface[:3] = column(ground.paint) * tone
    if ground.path:
        bend = 0.5 * np.sin(y * 0.35) * (y > 2)
        trodden = smoothstep(0.75, 0.55, np.abs(x - bend) + 0.3 * fine)
        earth = column(linear("b09a76")) * (0.7 + 0.5 * fine)
        surface[:3] += (earth - surface[:3]) * trodden
    if ground.setting != "mountain":
        return np.zeros_like(near)
    lake = smoothstep(7.5, 8.2, y + broad * 3) * (y < 60)
    surface[:3] += (column(linear("1d4a5e")) - surface[:3]) * lake
    return 0.8 * lake


_PAINTERS: Mapping[str, Callable[[Ground, Floats, Place, Floats], Floats]] = {
    "studio": _studio,
    "room": _floorboards,
    "street": _street,
    "beach": _beach,
}
