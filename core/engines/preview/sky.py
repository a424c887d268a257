"""The open sky: gradient, sun, clouds, stars, and the hills or houses on the horizon."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.engines.preview.arrays import Floats, clip01, column, dot, floats, smoothstep
from core.engines.preview.noise import fractal_noise, lattice_hash
from core.engines.preview.rigs import Rig


@dataclass(frozen=True, slots=True)
class Ridge:
    """One chain of hills: height, roughness, and how far it has faded into the air."""

    height: float
    roughness: float
    fade: float


RIDGES: Mapping[str, tuple[Ridge, ...]] = {
    "mountain": (Ridge(0.36, 2.6, 0.48), Ridge(0.22, 3.6, 0.28), Ridge(0.07, 9, 0.15)),
    "snow": (Ridge(0.34, 3, 0.52), Ridge(0.13, 5, 0.36)),
    "desert": (Ridge(0.07, 3, 0.75), Ridge(0.045, 4, 0.45)),
    "field": (Ridge(0.05, 4, 0.7), Ridge(0.03, 9, 0.35)),
    "forest": (Ridge(0.13, 9, 0.7), Ridge(0.10, 60, 0.45)),
    "beach": (Ridge(0.035, 5, 0.85),),
}

FOG: Mapping[str, float] = {
    "street": 0.012,
    "forest": 0.02,
    "mountain": 0.006,
    "beach": 0.004,
    "desert": 0.008,
    "snow": 0.02,
    "field": 0.008,
}
"""Density of the air per metre."""

_SNOW_CAP = {"mountain": 0.62, "snow": 0.8}
_LAMPLIGHT = (1.65, 1.05, 0.5)


@dataclass(frozen=True, slots=True)
class OpenSky:
    """Sky and horizon of an outdoor setting under one rig."""

    rig: Rig
    setting: str
    toward_sun: Floats
    sunlight: Floats
    land: Floats
    fog_density: float
    clear_until: float
    """Distance up to which the air is clear."""
    salt: int
    calm: bool = False
    """Leaves out clouds and houses, for pictures that need empty space."""

    def colour(self, directions: Floats) -> Floats:
        """Return the sky and what stands on the horizon."""
        zenith, horizon, _ = (column(c) for c in self.rig.sky)
        height = clip01(directions[2]) ** 0.55
        rgb: Floats = horizon + (zenith - horizon) * height
        facing = clip01(dot(directions, self.toward_sun))
        self._add_sun(rgb, facing)
        if self.rig.clouds and not self.calm:
            self._add_clouds(rgb, directions, facing)
        if self.rig.night and not self.rig.neon:
            self._add_stars(rgb, directions)
        bearing = np.arctan2(directions[0], directions[1])
        level = np.sqrt(directions[0] ** 2 + directions[1] ** 2 + 1e-9)
        elevation = directions[2] / level
        if self.setting == "street" and not self.calm:
            self._add_skyline(rgb, bearing, elevation)
        for number, ridge in enumerate(RIDGES.get(self.setting, ())):
            self._add_ridge(rgb, ridge, number, (bearing, elevation))
        return rgb

    def fog(self, directions: Floats) -> Floats:
        """Return the horizon, warmer towards the sun."""
        rgb = np.repeat(column(self.rig.sky[1]), directions.shape[1], axis=1)
        if self.rig.sun:
            facing = clip01(dot(directions, self.toward_sun))
            rgb += column(self.rig.sky[2]) * (0.16 * facing**10)
        return rgb

    def reflected(self, mirrored: Floats) -> Floats:
        """Return sky above and bounced light below."""
        zenith, horizon, _ = (column(c) for c in self.rig.sky)
        height = clip01(mirrored[2])
        sky = horizon * (1 - height) + zenith * height
        return np.where(mirrored[2] > 0, sky, column(self.rig.ambient[1]))

    def haze(self, distance: Floats, points: Floats) -> Floats:
        """Return Beer-Lambert extinction behind the subject."""
        del points
        clear: Floats = np.exp(-np.maximum(distance - self.clear_until, 0) * self.fog_density)
        return 1 - clear

    def _add_sun(self, rgb: Floats, facing: Floats) -> None:
        if not self.rig.sun:
            return
        disc = smoothstep(0.9990, 0.9992, facing) * 2.5 if self.rig.moon else None
        if disc is None:
            disc = smoothstep(0.9992, 0.9996, facing) * 3
        rgb += column(self.rig.sky[2]) * (0.16 * facing**10 + 0.35 * facing**90 + disc)

    def _add_clouds(self, rgb: Floats, directions: Floats, facing: Floats) -> None:
        (up,) = np.nonzero(directions[2] > 0.015)
        if not up.size:
            return
        zenith, horizon, glow = (column(c) for c in self.rig.sky)
        x, y, z = directions[:, up]
        reach = 1.2 / (z + 0.12)
        noise = fractal_noise(x * reach * 1.3 + self.salt, y * reach * 1.3, self.salt, 5)
        cover = smoothstep(0.50, 0.78, noise) * np.minimum(z * 6, 1) * self.rig.clouds
        white = horizon + zenith * 0.25 + glow * (0.16 * facing[up] ** 3)
        rgb[:, up] = rgb[:, up] * (1 - cover) + white * cover

    def _add_stars(self, rgb: Floats, directions: Floats) -> None:
        bearing = np.arctan2(directions[0], directions[1])
        spark = lattice_hash(np.floor(bearing * 260), np.floor(directions[2] * 260), 7)
        bright = np.maximum(spark - 0.9965, 0) * (300 * 0.28) * clip01(directions[2] * 5)
        rgb += bright

    def _air(self) -> tuple[Floats, Floats]:
        zenith, horizon, _ = (column(c) for c in self.rig.sky)
        return horizon * 0.55 + zenith * 0.45, horizon * 0.8 + zenith * 0.2

    def _add_ridge(
        self, rgb: Floats, ridge: Ridge, number: int, place: tuple[Floats, Floats]
    ) -> None:
        bearing, elevation = place
        height = self._crest(bearing, ridge, number)
        (land,) = np.nonzero(elevation < height + 0.0015)
        if not land.size:
            return
        ambient, air = self._air()
        b, e, h = bearing[land], elevation[land], height[land]
        rock = self.land * (0.55 + 0.9 * fractal_noise(b * 46, e * 70, 3, 4))
        sun = np.full_like(b, 0.10)
        if self.setting in _SNOW_CAP:
            # Flanks that face the sun are lit: relief from slanting creases of the same noise.
            crease = fractal_noise(b * 16 + e * 9, e * 7 - b * 3, 11, 4)
            beside = fractal_noise(b * 16 + e * 9 + 0.35, e * 7 - b * 3, 11, 4)
            sun = np.maximum(0.13 + (crease - beside) * 1.1, 0.01)
            ragged = (fractal_noise(b * 60, e * 60, 5, 3) - 0.5) * 0.09
            rock = rock + smoothstep(0.0, 0.05, e - h * 0.60 + ragged) * _SNOW_CAP[self.setting]
        lit = rock * (ambient * 0.8 + self.sunlight * sun) * (1 - ridge.fade)
        self._cover(rgb, land, h - e, lit + air * (ridge.fade * 0.92))

    def _crest(self, bearing: Floats, ridge: Ridge, number: int) -> Floats:
        x = bearing * ridge.roughness + (self.salt * 3.1 + number * 9)
        y = np.full_like(bearing, number + self.salt)
        wave = fractal_noise(x, y, self.salt + number, 5)
        if self.setting in _SNOW_CAP:
            # Folding the noise turns rounded hills into peaks.
            wave = 1.1 - np.abs(2 * wave - 1) * 2.2
        return ridge.height * (0.35 + 1.1 * wave) - 0.01

    def _add_skyline(self, rgb: Floats, bearing: Floats, elevation: Floats) -> None:
        ambient, _ = self._air()
        horizon = column(self.rig.sky[1])
        for row, (density, tallest, fade) in enumerate(((26, 0.34, 0.6), (18, 0.26, 0.25))):
            house = np.floor(bearing * density)
            share = 0.35 + lattice_hash(house, np.full_like(house, row), self.salt)
            height = tallest * share * share
            (built,) = np.nonzero(elevation < height + 0.0015)
            u, v = bearing[built] * (density * 7), elevation[built] * 150
            lit = lattice_hash(np.floor(u), np.floor(v), row) > 0.62
            lit &= (np.abs(np.mod(u, 1) - 0.5) < 0.3) & (np.abs(np.mod(v, 1) - 0.5) < 0.28)
            wall = ambient * ((0.20 if self.rig.night else 0.42) * (1 - fade))
            wall = wall + horizon * (fade * 0.8)
            pane = column(_LAMPLIGHT) * (1 - fade) if self.rig.night else wall * -0.35
            self._cover(rgb, built, height[built] - elevation[built], wall + pane * lit)

    @staticmethod
    def _cover(rgb: Floats, where: np.ndarray, above: Floats, colour: Floats) -> None:
        cover = smoothstep(-0.0015, 0.0015, above)
        rgb[:, where] = rgb[:, where] * (1 - cover) + colour * cover


def horizon_paint(rig: Rig) -> Floats:
    """Return the colour of the horizon, which snow, rain and far things take on."""
    return floats(rig.sky[1])
