"""Colour palettes: what backdrop, ground and objects are painted with."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.engines.preview.arrays import Floats
from core.engines.preview.colour import linear

NATURAL = "natural"
"""The palette of a picture nobody chose a palette for."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Five paints in linear light."""

    backdrop: Floats
    ground: Floats
    primary: Floats
    secondary: Floats
    accent: Floats


_CODES: Mapping[str, str] = {
    NATURAL: "b9b4ac a8a39b b5442e 2f3a4a d9a441",
    "vibrant": "f2c026 e0406a 1f62e0 5a1fa8 12c48a",
    "pastel": "f4d9e2 e9d3d6 a9cfe8 f3bfc8 fbe3a1",
    "monochrome": "9a9a9a 858585 5c5c5c 2a2a2a d8d8d8",
    "warm": "d99a63 b9744a b5342a 6e3a24 f2b84b",
    "cool": "8fb3cf 7792ab 2a5f9e 24405e 7fd0dc",
    "neon": "1a1030 140c24 e0218a 2a1a5a 19e0ff",
    "earth-tones": "b79b78 8a7152 6f7f4a 5a3e2b c4743c",
    "jewel-tones": "0f5a50 0c4144 a3123f 27348b e0a526",
    "neutral": "e0dace d0c8ba f0ebe0 8f887c bfa987",
    "muted": "9da29c 8a8f8a 8d6f6c 55646d b3a283",
    "high-contrast": "1a5fc4 12408c ff7f11 10141c fff1d6",
}


def palette(name: str) -> Palette:
    """Return the paints of a palette.

    Raises:
        KeyError: if there is no such palette.
    """
    return Palette(*(linear(code) for code in _CODES[name].split()))
