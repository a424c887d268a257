"""Vectors as three rows of float32: the arithmetic every other module is written in.

A bundle of N vectors is an array of shape (3, N), so one numpy call treats all of them and every
row stays contiguous. Constants are plain Python floats: a stray float64 scalar would double the
cost of whatever it touches.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]
"""float32 at run time; numpy's stubs widen every sum with a Python number."""

Integers: TypeAlias = NDArray[np.int32]
Indices: TypeAlias = NDArray[np.intp]
Truths: TypeAlias = NDArray[np.bool_]

LUMINANCE = (0.2126, 0.7152, 0.0722)
"""How much each linear channel adds to brightness (ITU-R BT.709)."""


def floats(values: object) -> Floats:
    """Return the values as float32."""
    return np.asarray(values, np.float32)


def column(values: object) -> Floats:
    """Return three values as a (3, 1) column, ready to be combined with (3, N) rows."""
    return floats(values).reshape(3, 1)


def dot(a: Floats, b: Floats) -> Floats:
    """Return the scalar product of two bundles, row by row (the order of sums never changes)."""
    out: Floats = a[0] * b[0]
    out += a[1] * b[1]
    out += a[2] * b[2]
    return out


def length(v: Floats) -> Floats:
    """Return the Euclidean length of every vector."""
    out: Floats = np.sqrt(dot(v, v))
    return out


def clip01(x: Floats) -> Floats:
    """Return the values cut to the range 0..1."""
    return np.minimum(np.maximum(x, 0), 1)


def smoothstep(low: float, high: float, x: Floats) -> Floats:
    """Return the cubic Hermite step from 0 at `low` to 1 at `high` (3t^2 - 2t^3)."""
    t = clip01((x - low) / (high - low))
    return t * t * (3 - 2 * t)


def luminance(rgb: Floats) -> Floats:
    """Return the brightness of channel-first colours of any further shape."""
    out: Floats = rgb[0] * LUMINANCE[0] + rgb[1] * LUMINANCE[1] + rgb[2] * LUMINANCE[2]
    return out


def saturated(rgb: Floats, amount: float) -> Floats:
    """Return the colours pushed away from (or towards) their own grey."""
    grey = luminance(rgb)
    return clip01(grey + (rgb - grey) * amount)
