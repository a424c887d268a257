"""Drawn looks: watercolour, oil, pencil and illustration, made from the geometry's layers."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.engines.preview.arrays import Floats, clip01, floats, luminance, saturated, smoothstep
from core.engines.preview.filters import (
    blur,
    box_blur,
    grain,
    ink_edges,
    kuwahara,
    resize,
    thicken,
    warp,
)
from core.engines.preview.focus import FULL_SIZE
from core.engines.preview.layers import Layers


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a hand needs: the developed picture, its layers and a source of chance."""

    image: Floats
    layers: Layers
    distance: float
    chance: np.random.Generator

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        height, width = self.layers.ids.shape
        return height, width

    @property
    def unit(self) -> float:
        """Length of one pixel of a full-size picture."""
        return min(self.size) / FULL_SIZE

    def paper(self, colour: tuple[float, float, float], tooth: float) -> Floats:
        """Return paper with a slight tooth."""
        layers = ((1, 0.5), (4, 0.3), (16, 0.2))
        return floats(colour).reshape(3, 1, 1) + tooth * grain(self.chance, self.size, layers)

    def ink(self, extra: float = 0.0) -> Floats:
        """Return the outlines, drawn with a pen of the usual width."""
        line = ink_edges(self.layers, self.distance)
        return thicken(line, 1.3 * self.unit + extra)


def watercolor(sheet: Sheet) -> Floats:
    """Return pigment that pools at edges, granulates, and leaves a ragged border of paper."""
    u, chance = sheet.unit, sheet.chance
    wet = kuwahara(warp(sheet.image, chance, 2.6 * u, max(8, int(26 * u))), max(3, int(11 * u)))
    wash = saturated(clip01(wet) ** 0.80, 1.2)
    del wet
    wash = 0.55 * wash + 0.45 * blur(np.round(wash * 9) / 9, 1.2 * u)
    light = luminance(wash)
    pooled = np.abs(np.diff(light, axis=0, append=light[-1:]))
    pooled += np.abs(np.diff(light, axis=1, append=light[:, -1:]))
    pigment = grain(chance, sheet.size, ((2, 0.25), (24, 0.5), (90, 0.6)))
    wash = 1 - (1 - wash) * (0.86 + 0.20 * pigment)
    wash = wash - 0.9 * np.clip(blur(pooled, 1.2 * u) * 2.2, 0, 0.25)
    lines = warp(sheet.ink(), chance, 2 * u, max(2, int(30 * u)))
    lines = lines * np.clip(0.6 + 0.6 * pigment, 0, 1) * 0.42
    pencil = floats((0.75, 0.78, 0.70)).reshape(3, 1, 1)
    painted = clip01(wash) * sheet.paper((0.99, 0.98, 0.96), 0.03) * (1 - lines * pencil)
    border = _ragged_border(sheet)
    out: Floats = sheet.paper((0.97, 0.955, 0.925), 0.018) * (1 - border) + painted * border
    return out


def _ragged_border(sheet: Sheet) -> Floats:
    height, width = sheet.size
    rows, columns = np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32)
    across = np.minimum(columns, width - 1 - columns)[None, :]
    down = np.minimum(rows, height - 1 - rows)[:, None]
    inside = np.minimum(across, down) / sheet.unit
    for cells, depth in ((16, 13.0), (90, 4.0)):
        noise = sheet.chance.standard_normal((cells, cells), np.float32)
        inside = inside + depth * resize(noise, width, height)
    return smoothstep(38, 56, inside)


def oil(sheet: Sheet) -> Floats:
    """Return broad strokes that keep edges, with the relief of thick paint."""
    u = sheet.unit
    strokes = kuwahara(kuwahara(sheet.image, max(3, int(11 * u))), max(2, int(6 * u)))
    strokes = 0.45 * strokes + 0.55 * box_blur(strokes, 1)
    bristles = blur(grain(sheet.chance, sheet.size, ((2, 0.5), (6, 0.5))), max(0.6, u))
    slope = bristles - np.roll(bristles, max(1, round(2 * u)), 0)
    light = luminance(strokes)
    ridge = light - np.roll(light, (max(1, round(3 * u)), max(1, round(2 * u))), (0, 1))
    painted = saturated(contrast(strokes), 1.55) * 0.93
    return clip01(painted + 0.08 * slope + 0.28 * ridge)


def contrast(image: Floats) -> Floats:
    """Return the picture with a painter's deeper darks."""
    return image + 0.45 * (image * image * (3 - 2 * image) - image)


def pencil(sheet: Sheet) -> Floats:
    """Return outlines and four layers of hatching, darker where the light is gone."""
    u, chance = sheet.unit, sheet.chance
    lines = warp(sheet.ink(), chance, 1.3 * u, max(8, int(40 * u)))
    paint = np.clip(luminance(sheet.layers.albedo), 0.08, 1)
    shade = luminance(sheet.image) / (paint**0.45 + 0.35)
    tone = clip01(shade / max(float(np.percentile(shade, 88)), 0.05))
    wobble = grain(chance, sheet.size, ((3, 0.5), (30, 0.5)))
    ink = lines * 0.85
    height, width = sheet.size
    y, x = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None, :]
    for threshold, degrees in ((0.70, 45), (0.48, -45), (0.30, 15), (0.16, 80)):
        c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        spacing = max(7.5 * u, 3.2)
        stroke = np.abs(np.mod((x * c + y * s + 2.2 * u * wobble) / spacing, 1) - 0.5) * 2
        depth = smoothstep(threshold, threshold - 0.16, tone)
        mark = smoothstep_between(0.66 - 0.40 * depth, 0.29, stroke) * (depth > 0.02)
        ink = np.maximum(ink, mark * 0.58)
    graphite = 1 - floats((0.22, 0.22, 0.25)).reshape(3, 1, 1)
    return sheet.paper((0.975, 0.965, 0.94), 0.015) * (1 - clip01(ink) * graphite)


def smoothstep_between(low: Floats, width: float, x: Floats) -> Floats:
    """Return the cubic step that begins at a different height for every pixel."""
    t = clip01((x - low) / width)
    return t * t * (3 - 2 * t)


def illustration(sheet: Sheet) -> Floats:
    """Return flat areas of few tones inside confident lines."""
    u = sheet.unit
    flat = kuwahara(sheet.image, max(3, int(7 * u)))
    light = luminance(flat)
    stops = (
        (0, 0.14, 0.18, 0.36, 0.40, 0.66, 0.70, 1),
        (0.08, 0.14, 0.28, 0.32, 0.54, 0.60, 0.82, 0.95),
    )
    steps = np.interp(light, *stops).astype(np.float32)
    gain = np.minimum(steps / np.maximum(light, 0.03), 1.5)
    flat = saturated(clip01(flat * gain), 1.2)
    return flat * (1 - sheet.ink(0.9 * u) * (1 - floats((0.10, 0.09, 0.16)).reshape(3, 1, 1)))


BRUSHES: Mapping[str, Callable[[Sheet], Floats]] = {
    "watercolor": watercolor,
    "oil": oil,
    "pencil": pencil,
    "illustration": illustration,
}
