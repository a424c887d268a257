"""A decision that an engine took while it read a request, and its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood: `stand-in` · `person` · `from 'woman'`."""

    aspect: str
    choice: str
    source: str


ASPECTS = {
    "camera": "camera_angle",
    "lens": "fov",
    "light": "lighting",
    "palette": "color_palette",
}
"""Aspects with a shorter name than their parameter; the others have the same name."""
