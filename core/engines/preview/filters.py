"""Picture filters on channel-first float images: resize, blur, grain, warp, Kuwahara, ink edges."""

import numpy as np
from PIL import Image, ImageFilter

from core.engines.preview.arrays import Floats, floats, luminance, smoothstep
from core.engines.preview.layers import Layers

Bicubic = Image.Resampling.BICUBIC


def resize(image: Floats, width: int, height: int) -> Floats:
    """Return the image or plane at another size, bicubic."""
    if image.ndim == 3:
        return np.stack([resize(plane, width, height) for plane in image])
    plane = Image.fromarray(np.ascontiguousarray(image, np.float32))
    return np.asarray(plane.resize((width, height), Bicubic), np.float32)


def _box(image: Floats, radius: int, axis: int) -> Floats:
    # Running mean along one axis from a cumulative sum; edges repeat.
    count = image.shape[axis]
    margins = [(0, 0)] * image.ndim
    margins[axis] = (radius + 1, radius)
    total = np.cumsum(np.pad(image, margins, "edge"), axis=axis, dtype=np.float64)
    width = 2 * radius + 1
    ahead = np.take(total, range(width, width + count), axis=axis)
    ahead -= np.take(total, range(count), axis=axis)
    ahead /= width
    return ahead.astype(np.float32)


def box_blur(image: Floats, radius: int) -> Floats:
    """Return the mean over a square of side 2 radius + 1."""
    if image.ndim == 3:  # plane by plane: the sums are twice as wide as the picture
        return np.stack([box_blur(plane, radius) for plane in image])
    return _box(_box(image, radius, 0), radius, 1)


def blur(image: Floats, radius: float) -> Floats:
    """Return the image blurred about as a Gaussian would: two boxes, at reduced size."""
    if radius < 0.6:
        return image
    height, width = image.shape[-2:]
    step = max(1, int(radius / 1.6))
    small = image
    if step > 1:
        small = resize(image, max(4, width // step), max(4, height // step))
    reach = max(1, round(radius / step * 0.7))
    small = box_blur(box_blur(small, reach), reach)
    return resize(small, width, height) if step > 1 else small


def grain(
    chance: np.random.Generator, size: tuple[int, int], layers: tuple[tuple[int, float], ...]
) -> Floats:
    """Return noise (height, width) made of (grain size, strength) layers."""
    height, width = size
    total = np.zeros(size, np.float32)
    for step, strength in layers:
        coarse = chance.standard_normal((height // step + 2, width // step + 2), np.float32)
        total += strength * (
            coarse[:height, :width] if step == 1 else resize(coarse, width, height)
        )
    return total


def warp(image: Floats, chance: np.random.Generator, amount: float, size: int) -> Floats:
    """Return the image with its pixels pushed about by smooth noise, as a wet brush does."""
    height, width = image.shape[-2:]
    shape = (height // size + 2, width // size + 2)
    pushes = [
        (resize(chance.standard_normal(shape, np.float32), width, height) * amount).astype(np.int32)
        for _ in range(2)
    ]
    rows = np.clip(np.arange(height)[:, None] + pushes[0], 0, height - 1)
    columns = np.clip(np.arange(width) + pushes[1], 0, width - 1)
    return image[..., rows, columns]


def _wrapped(step: int) -> slice:
    return slice(None, step) if step > 0 else slice(step, None)


def kuwahara(image: Floats, radius: int) -> Floats:
    """Return the edge-keeping painter's filter: the mean of the calmest of four corners.

    M. Kuwahara et al., "Processing of RI-angiocardiographic images" (1976).
    """
    half = max(1, radius // 2)
    mean, light = box_blur(image, half), luminance(image)
    unrest = box_blur(light * light, half) - luminance(mean) ** 2
    offset = half + 1
    calmest = np.full_like(unrest, np.inf)
    out = np.empty_like(image)
    for down in (-offset, offset):
        for right in (-offset, offset):
            rolled = np.roll(unrest, (down, right), (0, 1))
            # What came round from the other edge is not a neighbour.
            rolled[_wrapped(down)] = np.inf
            rolled[:, _wrapped(right)] = np.inf
            better = rolled < calmest
            for plane, source in zip(out, mean, strict=True):
                np.copyto(plane, np.roll(source, (down, right), (0, 1)), where=better)
            np.minimum(calmest, rolled, out=calmest)
    return out


def ink_edges(layers: Layers, distance: float) -> Floats:
    """Return where a draughtsman draws: outlines, steps in depth, creases (0..1)."""
    ids, nearness = layers.ids, distance / np.maximum(layers.depth, 1e-3)
    solid, paint = ids >= 1, layers.albedo
    ink = np.zeros(ids.shape, np.float32)
    for axis in (0, 1):
        other = np.roll(ids, 1, axis) != ids
        # Two parts of one figure in the same paint are one form: no line between them.
        repainted = np.abs(np.roll(paint, 1, axis + 1) - paint).max(axis=0) > 0.02
        outline = (other & (repainted | ~solid)) * 0.9
        step = smoothstep(0.03, 0.09, np.abs(np.roll(nearness, 1, axis) - nearness))
        bend = 1 - (np.roll(layers.normals, 1, axis + 1) * layers.normals).sum(axis=0)
        crease = smoothstep(0.25, 0.7, bend) * 0.9
        here = np.maximum(outline, np.maximum(step, crease) * solid)
        here[(0,) if axis == 0 else (slice(None), 0)] = 0
        ink = np.maximum(ink, here)
    return floats(ink)


def thicken(ink: Floats, width: float) -> Floats:
    """Return the lines drawn with a pen this many pixels wide, softly."""
    plate = Image.fromarray((np.clip(ink, 0, 1) * 255).astype(np.uint8))
    if width > 0.8:
        plate = plate.filter(ImageFilter.MaxFilter(2 * round(width) + 1))
    soft = plate.filter(ImageFilter.GaussianBlur(max(0.5, width * 0.45)))
    return np.asarray(soft, np.float32) / 255
