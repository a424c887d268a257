"""What goes into the preview engine and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.reading import Reading

VERSION = "2"

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
    what is absent is read from the prompt. With a structured prompt (FIBO's JSON) that is the
    scene, and the prompt is an instruction that changes it, such as "make it night".
    """

    prompt: str
    parameters: Mapping[str, str]
    seed: int
    width: int
    height: int
    structured_prompt: str | None = None
    mannequins: bool = False
    """People are neutral grey mannequins instead of somebody."""

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
    depth: NDArray[np.floating[Any]]
    """Distance from the lens along each ray, in metres of the set."""
    light: NDArray[np.floating[Any]]
    """Linear light (3, height, width) before film, palette and hand."""
    readings: tuple[Reading, ...]
    structured_prompt: str
    """The whole picture in FIBO's structured prompt, as JSON."""
