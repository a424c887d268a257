"""Colours: names, hex codes and linear light."""

from __future__ import annotations

import re
from functools import cache

import webcolors

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

_AMBIGUOUS = frozenset({
    "chocolate", "tomato", "plum", "wheat", "salmon", "lime", "linen", "snow", "tan", "orchid",
    "thistle", "peru", "bisque", "sienna",
})  # fmt: skip
"""CSS colours that are rather things, unless "-coloured" follows."""


def linear(code: str) -> Floats:
    """Return the linear light of an sRGB hex code (display gamma 2.2)."""
    return floats([(int(code[i : i + 2], 16) / 255) ** 2.2 for i in (0, 2, 4)])


@cache
def _shades() -> dict[str, str]:
    # CSS writes "lightblue"; people write "light blue".
    table = {name: webcolors.name_to_hex(name)[1:] for name in webcolors.names("css3")}
    table |= NAMED
    for name in tuple(table):
        for tone in ("light", "dark", "medium", "pale", "deep", "hot", "royal", "sky", "forest"):
            if name.startswith(tone) and name != tone:
                table[f"{tone} {name[len(tone) :]}"] = table[name]
    return table


def shade(name: str) -> Floats:
    """Return the paint of a colour name.

    Raises:
        KeyError: if it is no colour.
    """
    return linear(_shades()[name])


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = sorted(_shades(), key=len, reverse=True)
    plain = "|".join(name for name in names if name not in _AMBIGUOUS)
    every = "|".join(names)
    before = rf"\b(?:({plain})(?:[- ]colou?red)?|({every})[- ]colou?red)\b[ -]+(?:and \w+ )?(\w+)"
    behind = rf"\b(\w+) (?:is|are|in|painted|dyed|all in|colou?red) ({plain})\b(?![- ]+\w)"
    return re.compile(before), re.compile(behind)


@cache
def _listed() -> re.Pattern[str]:
    names = sorted((name for name in _shades() if name not in _AMBIGUOUS), key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(names)})\b(?=\s*(?:[,.;]|and|with|$))")


def coloured_nouns(words: str) -> list[tuple[str, str, int]]:
    """Return every (colour, noun, place): 'a red dress', 'the dress is red'."""
    before, behind = _patterns()
    found = [(m.group(1) or m.group(2), m.group(3), m.start()) for m in before.finditer(words)]
    taken = {place for _, _, place in found}
    found += [
        (m.group(2), m.group(1), m.start(2))
        for m in behind.finditer(words)
        if m.start(2) not in taken
    ]
    return sorted(found, key=lambda entry: entry[2])


def bare_colour(words: str) -> str | None:
    """Return the first colour of words that list colours without nouns: 'red, glossy'."""
    found = _listed().search(words)
    return found.group(1) if found else None
