"""Seeded random streams, one per aspect of the picture, so that one change changes one thing."""

from zlib import crc32

import numpy as np


def stream(seed: int, aspect: str) -> np.random.Generator:
    """Return the random stream of one aspect; no other aspect can disturb it."""
    return np.random.default_rng([seed & 0xFFFFFFFF, seed >> 32, crc32(aspect.encode())])
