"""The tracer: tiles of the picture as layers of light, depth, normals and paint."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.engines.preview.arrays import Floats, Integers, clip01, column, dot, floats
from core.engines.preview.blocks import Block
from core.engines.preview.half_size import LIGHT_CHANNELS, HalfSizeLight, Pixels
from core.engines.preview.layers import (
    ALBEDO,
    CHANNELS,
    COVER,
    DEPTH,
    NORMAL,
    PLATE,
    SUBJECT,
    Layers,
)
from core.engines.preview.march import Group, cast, grouped
from core.engines.preview.occlusion import Occluders, contact_shading, soft_shadow
from core.engines.preview.scene import Scene
from core.engines.preview.shading import Hits, shade
from core.engines.preview.surroundings import blocks_in_cone, first_hit, surfaces_at

TILE = 256
"""Pixels; smaller tiles pay more for calls, larger ones for memory."""

_SUBPIXELS = ((0.125, 0.625), (0.375, 0.125), (0.625, 0.875), (0.875, 0.375))
_MIRROR_STEPS = 28


@dataclass(slots=True)
class _Tile:
    """What all rays of one tile share."""

    groups: list[Group]
    blocks: list[tuple[int, Block]]
    backdrop: HalfSizeLight
    figures: HalfSizeLight


class Tracer:
    """Traces the picture of one scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._occluders = Occluders(grouped(scene.solids))
        self._eye = column(scene.framing.camera.position)
        self._precision = 0.55 * scene.framing.camera.pixel

    def trace(self) -> Layers:
        """Return the layers of the whole picture."""
        camera = self.scene.framing.camera
        layers = Layers.empty(camera.width, camera.height)
        for top in range(0, camera.height, TILE):
            for left in range(0, camera.width, TILE):
                height, width = min(TILE, camera.height - top), min(TILE, camera.width - left)
                self._tile(layers, left, top, (width, height))
        return layers

    def _tile(self, layers: Layers, left: int, top: int, size: tuple[int, int]) -> None:
        width, height = size
        camera = self.scene.framing.camera
        columns, rows = np.meshgrid(np.arange(width), np.arange(height))
        px, py = columns.ravel(), rows.ravel()
        rays = camera.rays(floats(px + (left + 0.5)), floats(py + (top + 0.5)))
        tile = _Tile(
            groups=self._occluders.in_cone(self._eye, rays),
            blocks=blocks_in_cone(self.scene.blocks, self._eye, rays),
            backdrop=HalfSizeLight(width, height),
            figures=HalfSizeLight(width, height),
        )
        found, ids = self._trace(tile, rays, (px, py))
        edges = _edges(found, ids, (height, width))
        if edges.size:
            # All further rays in one go: most of a small picture's time is the calls.
            x = np.concatenate([px[edges] + (left + dx) for dx, _ in _SUBPIXELS])
            y = np.concatenate([py[edges] + (top + dy) for _, dy in _SUBPIXELS])
            again = (np.tile(px[edges], len(_SUBPIXELS)), np.tile(py[edges], len(_SUBPIXELS)))
            more = self._trace(tile, camera.rays(floats(x), floats(y)), again)[0]
            total = found[:, edges].copy()
            for number in range(len(_SUBPIXELS)):
                total += more[:, number * edges.size : (number + 1) * edges.size]
            total /= len(_SUBPIXELS) + 1
            total[DEPTH] = found[DEPTH, edges]
            found[:, edges] = total
        layers.put(left, top, found.reshape(CHANNELS, height, width), ids.reshape(height, width))

    def _trace(self, tile: _Tile, rays: Floats, pixels: Pixels) -> tuple[Floats, Integers]:
        found = np.zeros((CHANNELS, rays.shape[1]), np.float32)
        ids = self._trace_surroundings(tile, found, rays, pixels)
        if tile.groups:
            self._trace_figures(tile, found, (rays, ids), pixels)
        return found, ids

    def _trace_surroundings(
        self, tile: _Tile, found: Floats, rays: Floats, pixels: Pixels
    ) -> Integers:
        scene = self.scene
        first = first_hit(self._eye, rays, tile.blocks)
        found[DEPTH], found[NORMAL] = first.distance, first.normals
        sky = np.flatnonzero(first.missed())
        if sky.size:
            found[PLATE, sky] = scene.surround.colour(rays[:, sky])
        where = np.flatnonzero(~first.missed())
        if where.size:
            distance, toward = first.distance[where], rays[:, where]
            points = self._eye + toward * distance
            surfaces, mirror = surfaces_at(scene, first, points, where)
            hits = Hits(points, first.normals[:, where], toward, surfaces)
            px, py = pixels
            light = tile.backdrop.read(
                (px[where], py[where]),
                hits,
                self._slow_light(hits, scene.reach * 1.6, mirror),
                scene.reach * 1.6 * 0.12,
            )
            colour = shade(scene, hits, light[0], light[1])
            colour += light[2:] * (mirror * (0.25 + 0.75 * (1 - clip01(-toward[2])) ** 3))
            found[PLATE, where] = self._faded(colour, distance, hits)
            found[ALBEDO, where] = surfaces[:3]
        return first.ids()

    def _faded(self, colour: Floats, distance: Floats, hits: Hits) -> Floats:
        surround = self.scene.surround
        haze = surround.haze(distance, hits.points)
        if not haze.any():
            return colour
        level = hits.rays.copy()
        np.maximum(level[2], 0.004, out=level[2])
        return colour * (1 - haze) + surround.fog(level) * haze

    def _trace_figures(
        self, tile: _Tile, found: Floats, seen: tuple[Floats, Integers], pixels: Pixels
    ) -> None:
        rays, ids = seen
        scene, distance = self.scene, found[DEPTH]
        nearest = cast(tile.groups, (self._eye, rays), distance, self._precision)
        where = np.flatnonzero(nearest >= 0)
        if not where.size:
            return
        hits, parts = self._surface(
            tile.groups, nearest[where], (self._eye, rays[:, where]), distance[where]
        )
        ids[where] = parts
        facing_away = np.maximum(dot(hits.normals, hits.rays), 0)
        hits.normals[:] -= facing_away * hits.rays
        px, py = pixels
        light = tile.figures.read(
            (px[where], py[where]),
            hits,
            self._slow_light(hits, scene.reach, None),
            scene.reach * 0.12,
        )
        colour = shade(scene, hits, light[0], light[1])
        found[SUBJECT, where] = self._faded(colour, distance[where], hits)
        found[COVER, where] = 1
        found[NORMAL, where] = hits.normals
        found[ALBEDO, where] = hits.surfaces[:3]

    def _surface(
        self,
        groups: list[Group],
        nearest: np.ndarray,
        way: tuple[Floats, Floats],
        distance: Floats,
    ) -> tuple[Hits, Integers]:
        # Normals and surfaces, group by group.
        origin, rays = way
        known = {group.index: group for group in groups}
        points = origin + rays * distance
        normals, surfaces = np.empty_like(points), np.empty((6, distance.size), np.float32)
        parts = np.empty(distance.size, np.int32)
        for index in np.unique(nearest):
            mine = np.flatnonzero(nearest == index)
            group = known[int(index)]
            spot = points[:, mine]
            normals[:, mine] = group.normals(spot, 0.0006 * distance[mine] + 0.0008)
            surfaces[:, mine] = group.surfaces(spot)
            parts[mine] = group.solids[0].part
        return Hits(points, normals, rays, surfaces), parts

    def _slow_light(
        self, hits: Hits, reach: float, mirror: Floats | None
    ) -> Callable[[np.ndarray], Floats]:
        scene, key = self.scene, self.scene.key

        def find(some: np.ndarray) -> Floats:
            light = np.zeros((LIGHT_CHANNELS, some.size), np.float32)
            if not some.size:
                return light
            points, normals = hits.points[:, some], hits.normals[:, some]
            light[0] = contact_shading(self._occluders, points, normals, reach)
            light[1] = 1
            facing = np.flatnonzero(dot(normals, key.direction) > -key.wrap)
            start = points[:, facing] + normals[:, facing] * 0.012
            light[1, facing] = soft_shadow(self._occluders, start, key, 0.02 * scene.unit)
            if mirror is not None:
                polished = np.flatnonzero(mirror[some] > 0.01)
                if polished.size:
                    rays = hits.rays[:, some[polished]]
                    light[2:, polished] = self._mirrored(points[:, polished], rays)
            return light

        return find

    def _mirrored(self, points: Floats, rays: Floats) -> Floats:
        # What the ground mirrors: the same set from below, without shadows.
        scene = self.scene
        rays, origin = rays * column((1, 1, -1)), points + column((0, 0, 0.01))
        below = self._eye * column((1, 1, -1))
        blocks = blocks_in_cone(scene.blocks, below, rays)
        first = first_hit(origin, rays, blocks)
        colour = scene.surround.colour(rays)
        where = np.flatnonzero(~first.missed())
        if where.size:
            spot = origin[:, where] + rays[:, where] * first.distance[where]
            surfaces, _ = surfaces_at(scene, first, spot, where)
            hits = Hits(spot, first.normals[:, where], rays[:, where], surfaces)
            colour[:, where] = self._faded(
                shade(scene, hits, 1.0, 1.0), first.distance[where], hits
            )
        groups = self._occluders.in_cone(below, rays)
        nearest = cast(groups, (origin, rays), first.distance, 0.003, _MIRROR_STEPS)
        where = np.flatnonzero(nearest >= 0)
        if where.size:
            hits, _ = self._surface(
                groups, nearest[where], (origin[:, where], rays[:, where]), first.distance[where]
            )
            colour[:, where] = shade(scene, hits, 1.0, 1.0)
        return np.minimum(colour, 4)


def _neighbours() -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    every = slice(None)
    yield (slice(None, -1), every), (slice(1, None), every)
    yield (every, slice(None, -1)), (every, slice(1, None))


def _edges(found: Floats, ids: Integers, shape: tuple[int, int]) -> np.ndarray:
    """Return the pixels where part, depth or normal jumps: only these get more rays."""
    parts, depth = ids.reshape(shape), found[DEPTH].reshape(shape)
    normals = found[NORMAL].reshape(3, *shape)
    edge = np.zeros(shape, bool)
    for a, b in _neighbours():
        near, far = depth[a], depth[b]
        jump = (parts[a] != parts[b]) | (np.abs(near - far) > 0.06 * np.minimum(near, far))
        jump |= dot(normals[(slice(None), *a)], normals[(slice(None), *b)]) < 0.82
        edge[a] |= jump
        edge[b] |= jump
    return np.flatnonzero(edge)
