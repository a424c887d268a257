"""Shading: what colour a lit surface shows to the camera."""

from dataclasses import dataclass

import numpy as np

from core.engines.preview.arrays import Floats, clip01, dot
from core.engines.preview.scene import Scene

GLOW = 6.0
"""How many times brighter than paper white a glowing surface is."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Points where rays met something."""

    points: Floats
    normals: Floats
    rays: Floats
    surfaces: Floats
    """Red, green, blue, roughness, metalness, glow (6, N)."""

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.points.shape[1])


def shade(scene: Scene, hits: Hits, openness: Floats | float, key_light: Floats | float) -> Floats:
    """Return the light (3, N) each hit sends to the camera.

    Wrapped Lambert for the diffuse part, normalised Blinn-Phong for highlights, Schlick's
    Fresnel for reflections (Schlick, 1994).
    """
    normals, rays = hits.normals, hits.rays
    albedo, (rough, metal, glow) = hits.surfaces[:3], hits.surfaces[3:]
    up = 0.5 + 0.5 * normals[2]
    above, below = scene.ambient
    diffuse = (above * up + below * (1 - up)) * openness
    highlight = np.zeros_like(diffuse)
    shine = 160 * (1 - rough) ** 2 + 6
    for lamp in scene.lamps:
        toward, arriving = lamp.arriving(hits.points)
        if lamp is scene.key:
            arriving = arriving * key_light
        slant = dot(normals, toward)
        diffuse += lamp.colour * (clip01((slant + lamp.wrap) / (1 + lamp.wrap)) * arriving)
        half = toward - rays
        facing = clip01(dot(normals, half) / (np.sqrt(dot(half, half)) + 1e-6))
        strength = facing**shine * ((shine + 8) / 80)
        highlight += lamp.colour * (strength * clip01(slant) * arriving)
    cosine = dot(normals, rays)
    mirrored = rays - 2 * cosine * normals
    fresnel = (1 - clip01(-cosine)) ** 5 * (1 - rough * 0.75)
    seen = scene.surround.reflected(mirrored)
    for lamp in scene.lamps:
        shown = lamp.reflection(mirrored, rough)
        seen += lamp.colour * (shown * key_light if lamp is scene.key else shown)
    seen *= openness
    plain = 0.04 * (1 - 0.7 * rough)
    facing_on = plain + (albedo - plain) * metal
    mirror = facing_on + (1 - facing_on) * fresnel
    mirror *= np.where(metal > 0.5, 1, 1 - 0.6 * rough)
    out: Floats = albedo * diffuse * (1 - metal) + (highlight + seen) * mirror
    out += albedo * (glow * GLOW)
    return out
