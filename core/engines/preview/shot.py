"""What goes into the preview engine and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.reading import Reading

VERSION = "1"

BACKGROUND_ID = 0
"""Ids up to this one are background: 0 sky or backdrop, -1 ground, -2 and below blocks."""

SUBJECT_IDS = range(100, 1000)
"""Ids of the parts of what the picture is about; larger ids are dressing (trees, props, hands)."""

SMALLEST_SIDE, LARGEST_SIDE = 64, 1536
LARGEST_SEED = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """What the preview is asked to show.

    Parameters may hold any of camera_angle, fov, lighting, color_palette, composition and style;
    what is absent is read from the prompt.
    """

    prompt: str
    parameters: Mapping[str, str]
    seed: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= LARGEST_SEED:
            raise ValueError(f"The seed {self.seed} is not between 0 and {LARGEST_SEED}.")
        for side in (self.width, self.height):
            if not SMALLEST_SIDE <= side <= LARGEST_SIDE:
                raise ValueError(
                    f"A side of {side} pixels is not between {SMALLEST_SIDE} and {LARGEST_SIDE}."
                )


@dataclass(frozen=True, slots=True)
class Picture:
    """The finished picture, what every pixel shows, and how the request was understood."""

    pixels: NDArray[np.uint8]
    object_ids: NDArray[np.int32]
    readings: tuple[Reading, ...]
