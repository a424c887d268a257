"""One decision an engine took while it read a request, and where it came from."""

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
"""The parameters whose aspect has a shorter word; the others are called what they are."""
