"""Composition: where the subject goes in the frame, how large, and what the set adds."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Composition:
    """One way to arrange a picture."""

    shift: tuple[float, float] = (0.0, 0.0)
    """Place of the subject from the centre, in half frames; x is mirrored with the seed."""
    fill: float = 1.0
    roll: float = 0.0
    """Degrees, turned with the seed."""
    square: bool = False
    """The camera faces the set squarely instead of wandering with the seed."""
    size: str = ""
    """close-up, medium-shot or wide-shot; empty leaves it to the lens."""
    dressing: str = ""
    """What the set adds: pairs, lines, doorway or calm."""


COMPOSITIONS: Mapping[str, Composition] = {
    "rule-of-thirds": Composition(shift=(1 / 3, -0.06)),
    "centered": Composition(),
    "symmetrical": Composition(square=True, fill=0.94, dressing="pairs"),
    "leading-lines": Composition(shift=(0.2, 0.10), square=True, fill=0.72, dressing="lines"),
    "dynamic": Composition(shift=(0.24, -0.10), fill=1.12, roll=12),
    "minimal": Composition(shift=(0.40, -0.34), fill=0.42, dressing="calm"),
    "frame-within-frame": Composition(square=True, fill=0.74, dressing="doorway"),
    "close-up": Composition(size="close-up"),
    "medium-shot": Composition(size="medium-shot"),
    "wide-shot": Composition(shift=(0.0, -0.12), size="wide-shot"),
    "copy-space": Composition(shift=(0.50, 0.0), fill=0.84, dressing="calm"),
}
