"""Colour grading: every palette as a colourist would print it."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.engines.preview.arrays import Floats, clip01, floats, luminance, saturated
from core.engines.preview.palettes import NATURAL

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Grade:
    """Split toning, saturation, contrast and lift."""

    shadows: Rgb = (0, 0, 0)
    highlights: Rgb = (0, 0, 0)
    saturation: float = 1.0
    contrast: float = 0.0
    gain: float = 1.0
    lift: float = 0.0


GRADES: Mapping[str, Grade] = {
    NATURAL: Grade(),
    "vibrant": Grade(saturation=1.6, contrast=0.2),
    "pastel": Grade(saturation=1.3, gain=0.74, lift=0.25),
    "monochrome": Grade(saturation=0.0, contrast=0.15),
    "warm": Grade(shadows=(0.10, 0.0, -0.16), highlights=(0.16, 0.05, -0.22)),
    "cool": Grade(shadows=(-0.16, 0.0, 0.20), highlights=(-0.14, 0.02, 0.12)),
    "neon": Grade((0.10, -0.10, 0.24), (-0.02, -0.06, 0.10), saturation=1.4, gain=0.9),
    "earth-tones": Grade((0.07, 0.03, -0.12), (0.03, 0.02, -0.14), saturation=0.62, gain=0.9),
    "jewel-tones": Grade((-0.03, -0.01, 0.07), (0.04, -0.02, 0.02), 1.35, contrast=0.35, gain=0.94),
    "neutral": Grade((0.02, 0.01, 0.0), (0.05, 0.025, -0.05), 0.55, gain=0.94, lift=0.06),
    "muted": Grade((0.0, 0.015, 0.02), (0.0, 0.0, -0.02), saturation=0.45, gain=0.78, lift=0.10),
    "high-contrast": Grade((-0.08, 0.0, 0.13), (0.12, 0.04, -0.12), 1.2, contrast=0.8),
}


def contrasted(image: Floats, amount: float) -> Floats:
    """Return the image mixed with its own S-curve (3x^2 - 2x^3)."""
    return image + amount * (image * image * (3 - 2 * image) - image)


def split_toned(image: Floats, shadows: Rgb, highlights: Rgb) -> Floats:
    """Return the image with its shadows and highlights tinted apart."""
    light = luminance(image)
    dark, bright = floats(shadows).reshape(3, 1, 1), floats(highlights).reshape(3, 1, 1)
    toned = image + (1 - light) * (0.25 + light) * dark + light * (1.1 - light) * bright
    return clip01(toned)


def graded(image: Floats, grade: Grade) -> Floats:
    """Return the print."""
    out = image
    if any(grade.shadows) or any(grade.highlights):
        out = split_toned(out, grade.shadows, grade.highlights)
    if grade.saturation != 1:
        out = saturated(out, grade.saturation)
    if grade.contrast:
        out = contrasted(out, grade.contrast)
    return clip01(out * grade.gain + grade.lift)
