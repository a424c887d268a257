"""A figure of the picture: which stand-in plays it, and what its words say."""

from __future__ import annotations

from dataclasses import dataclass

from core.engines.preview.arrays import Floats
from core.engines.preview.colour import linear
from core.engines.preview.lexicon import mentions
from core.engines.preview.palettes import Palette

Spot = tuple[float, float]
"""A place in the picture, right of and above the middle, in half frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing in the picture."""

    words: str
    """What the request says about it, in lower case."""
    noun: str
    """The word that chose the stand-in; empty when none did."""
    stand_in: str
    kind: str
    """Which of the stand-in's variants: dog or horse, house or tower."""
    paints: Palette
    painted: bool = False
    """Whether the request named its colour."""
    painted_below: bool = False
    """Whether it named the colour of a lower part: trousers, a lid, a roof."""
    number: int = 1
    spot: Spot | None = None
    """Where it was asked to be."""
    size: float | None = None
    """Share of the picture's height it was asked to have."""
    depth: float = 0.0
    """Steps behind (positive) or before the main figure."""

    def says(self, pattern: str) -> bool:
        """Say whether its words contain one of these as a whole word."""
        return mentions(self.words, pattern)

    def paint(self, natural: str, share: float = 0.1) -> Floats:
        """Return the colour that was asked for, else the natural one with a touch of palette."""
        if self.painted:
            return self.paints.primary
        return linear(natural) * (1 - share) + self.paints.primary * share
