"""The layers a traced picture is made of, before any film or brush."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from core.engines.preview.arrays import Floats, Integers

PLATE, SUBJECT, COVER, DEPTH = slice(0, 3), slice(3, 6), 6, 7
NORMAL, ALBEDO = slice(8, 11), slice(11, 14)
CHANNELS = 14


@dataclass(frozen=True, slots=True)
class Layers:
    """Channel-first buffers (14, height, width) in linear light, and the object ids."""

    channels: Floats
    ids: Integers

    @classmethod
    def empty(cls, width: int, height: int) -> Self:
        """Return black layers of this size."""
        return cls(
            np.zeros((CHANNELS, height, width), np.float32), np.zeros((height, width), np.int32)
        )

    def put(self, left: int, top: int, channels: Floats, ids: Integers) -> None:
        """Set one tile."""
        height, width = ids.shape
        self.channels[:, top : top + height, left : left + width] = channels
        self.ids[top : top + height, left : left + width] = ids

    @property
    def plate(self) -> Floats:
        """What is behind the stand-ins."""
        return self.channels[PLATE]

    @property
    def subject(self) -> Floats:
        """The stand-ins, weighted by their cover."""
        return self.channels[SUBJECT]

    @property
    def cover(self) -> Floats:
        """Share of each pixel a stand-in covers."""
        cover: Floats = self.channels[COVER]
        return cover

    @property
    def depth(self) -> Floats:
        """Distance along the ray."""
        depth: Floats = self.channels[DEPTH]
        return depth

    @property
    def normals(self) -> Floats:
        """Surface normals in the world."""
        return self.channels[NORMAL]

    @property
    def albedo(self) -> Floats:
        """Paint without light."""
        return self.channels[ALBEDO]
