"""Pictures for the tests: drawn once per request, small, and measured through the object ids."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engines.preview import SUBJECT_IDS, Picture, Shot, render
from core.engines.preview.scene import Scene

WOMAN = "a woman in a red coat on a city street"
BOTTLE = "perfume bottle"


def only(name: str, value: str) -> dict[str, Any]:
    """One parameter, ready to be unpacked."""
    return {name: value}


def shot(prompt: str = WOMAN, *, seed: int = 7, side: int = 128, **parameters: str) -> Shot:
    return Shot(prompt=prompt, parameters=parameters, seed=seed, width=side, height=side)


@cache
def picture(prompt: str = WOMAN, *, seed: int = 7, side: int = 128, **parameters: str) -> Picture:
    return render(shot(prompt, seed=seed, side=side, **parameters))


def pixels(drawn: Picture) -> NDArray[np.float64]:
    return drawn.pixels.astype(np.float64) / 255


def base_colours(scene: Scene) -> dict[int, tuple[tuple[float, ...], ...]]:
    """Return the paints of every part of the subject, in the order they were added."""
    paints: dict[int, tuple[tuple[float, ...], ...]] = {}
    for solid in scene.solids:
        if solid.part in SUBJECT_IDS:
            colour = tuple(float(value) for value in solid.surface[:3])
            paints[solid.part] = (*paints.get(solid.part, ()), colour)
    return paints


def subject(drawn: Picture) -> NDArray[np.bool_]:
    ids = drawn.object_ids
    mask: NDArray[np.bool_] = (ids >= SUBJECT_IDS.start) & (ids < SUBJECT_IDS.stop)
    return mask


def centre(drawn: Picture) -> tuple[float, float]:
    """Centre of the subject right of and above the middle, in half frames."""
    rows, columns = np.nonzero(subject(drawn))
    height, width = drawn.object_ids.shape
    return float(columns.mean() * 2 / width - 1), float(1 - rows.mean() * 2 / height)


def area(drawn: Picture) -> float:
    return float(subject(drawn).mean())


def brightness(drawn: Picture) -> float:
    return float(pixels(drawn).mean())


def warmth(drawn: Picture) -> float:
    """Mean of red minus blue."""
    image = pixels(drawn)
    return float((image[..., 0] - image[..., 2]).mean())


def difference(one: Picture, other: Picture) -> float:
    return float(np.abs(pixels(one) - pixels(other)).mean())
