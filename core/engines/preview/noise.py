"""Value noise and lattice hashes: texture that depends on place, never on order."""

from functools import cache

import numpy as np

from core.engines.preview.arrays import Floats

_CELLS = 256


@cache
def _lattice() -> Floats:
    table = np.random.default_rng(12345).random((_CELLS, _CELLS)).astype(np.float32).ravel()
    table.flags.writeable = False
    return table


def lattice_hash(i: Floats, j: Floats, salt: int = 0) -> Floats:
    """Return one number in 0..1 per whole-numbered cell (integer mixing as in xxHash)."""
    h = i.astype(np.int64) * 374761393 + j.astype(np.int64) * 668265263 + salt * 1274126177
    h &= 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFF).astype(np.float32) / 65536


def value_noise(x: Floats, y: Floats, salt: int = 0) -> Floats:
    """Return smooth noise in 0..1: random lattice values joined by cubic Hermite weights."""
    i, j = np.floor(x), np.floor(y)
    u, v = x - i, y - j
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
    row, col = i.astype(np.int32) + salt * 17, j.astype(np.int32) + salt * 41
    row0, row1 = (row & 255) << 8, ((row + 1) & 255) << 8
    col0, col1 = col & 255, (col + 1) & 255
    table = _lattice()
    a, b = table.take(row0 | col0), table.take(row0 | col1)
    a += (table.take(row1 | col0) - a) * u
    b += (table.take(row1 | col1) - b) * u
    b -= a
    b *= v
    a += b
    return a


def fractal_noise(x: Floats, y: Floats, salt: int = 0, octaves: int = 4) -> Floats:
    """Return octaves of value noise, each twice as fine and half as strong (fBm)."""
    out = value_noise(x, y, salt) * 0.5
    for octave in range(1, octaves):
        scale = 2.0**octave
        out += value_noise(x * scale, y * scale, salt + octave) * (0.5 / scale)
    return out
