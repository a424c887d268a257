"""Colours: names, hex codes and linear light."""

import re

from core.engines.preview.arrays import Floats, floats

NAMED = {
    "red": "d3222a",
    "orange": "f07a1c",
    "amber": "f5a31c",
    "yellow": "f6cf3a",
    "gold": "d9a441",
    "golden": "d9a441",
    "green": "2f9e56",
    "olive": "7a7a32",
    "teal": "128a8c",
    "turquoise": "2cc3bf",
    "cyan": "28c3e0",
    "blue": "2760d0",
    "navy": "16284f",
    "indigo": "4432a8",
    "purple": "7a3bb0",
    "violet": "8a5ad8",
    "magenta": "d42a9a",
    "pink": "f08ab0",
    "brown": "6e4428",
    "beige": "d9c6a5",
    "cream": "f2e6cc",
    "white": "f4f4f2",
    "black": "141416",
    "grey": "808488",
    "gray": "808488",
    "silver": "c4c8cc",
    "coral": "f4725c",
    "maroon": "6e1a2a",
    "crimson": "b8142c",
    "emerald": "12905a",
}

_NAMED_NOUN = re.compile(r"\b(" + "|".join(NAMED) + r")\b[ -]+(\w+)")


def linear(code: str) -> Floats:
    """Return the linear light of an sRGB hex code (display gamma 2.2)."""
    return floats([(int(code[i : i + 2], 16) / 255) ** 2.2 for i in (0, 2, 4)])


def coloured_nouns(words: str) -> list[tuple[str, str]]:
    """Return every (colour, noun after it), as in 'a red dress'."""
    return [(found.group(1), found.group(2)) for found in _NAMED_NOUN.finditer(words)]
