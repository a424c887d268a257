"""Reads where in the picture a thing shall be, and how large, from the words people use."""

from __future__ import annotations

import re

from core.engines.preview.figure import Spot

_ACROSS = (
    (r"far[- ]left|left edge", -0.62), (r"far[- ]right|right edge", 0.62),
    (r"(?:cent(?:er|re)|middle)[- ]left|left of (?:the )?cent(?:er|re)", -0.26),
    (r"(?:cent(?:er|re)|middle)[- ]right|right of (?:the )?cent(?:er|re)", 0.26),
    (r"left", -0.42), (r"right", 0.42), (r"cent(?:er|re)\w*|middle", 0.0),
)  # fmt: skip
_UPWARD = (
    (r"top|upper|above", 0.42), (r"bottom|lower|below", -0.36), (r"cent(?:er|re)\w*|middle", 0.0)
)  # fmt: skip
_SIZES = (
    (r"fills?|dominant|very large|extra large|huge|massive", 0.88), (r"medium|moderate", 0.5),
    (r"tiny|very small|minuscule", 0.14), (r"small|little", 0.28), (r"large|big|tall", 0.74),
)  # fmt: skip
_BACK, _FRONT = r"background|behind|distance|distant|far away|rear", r"foreground|front|near camera"


def _first(words: str, table: tuple[tuple[str, float], ...]) -> float | None:
    for pattern, value in table:
        if re.search(rf"\b(?:{pattern})\b", words):
            return value
    return None


def spot_of(words: str | None) -> Spot | None:
    """Return the place in half frames that a location names, or None if it names none."""
    if not words:
        return None
    across, upward = _first(words.lower(), _ACROSS), _first(words.lower(), _UPWARD)
    if across is None and upward is None:
        return None
    return (across or 0.0, upward or 0.0)


def depth_of(words: str | None) -> float:
    """Return 1 for what stands in the background, -1 for the foreground, else 0."""
    stated = (words or "").lower()
    if re.search(rf"\b(?:{_BACK})\b", stated):
        return 1.0
    return -1.0 if re.search(rf"\b(?:{_FRONT})\b", stated) else 0.0


def size_of(words: str | None) -> float | None:
    """Return the share of the picture's height that a relative size names, or None."""
    return _first((words or "").lower(), _SIZES)


def location_words(spot: Spot) -> str:
    """Return the name of a place in the picture, as FIBO writes it."""
    across = "left" if spot[0] < -0.2 else "right" if spot[0] > 0.2 else "center"
    upward = "top" if spot[1] > 0.3 else "bottom" if spot[1] < -0.3 else ""
    if not upward:
        return across
    return upward if across == "center" else f"{upward}-{across}"


def size_words(share: float) -> str:
    """Return the name of a share of the picture's height, as FIBO writes it."""
    for least, words in ((0.62, "large within frame"), (0.38, "medium"), (0.2, "small")):
        if share >= least:
            return words
    return "very small"
