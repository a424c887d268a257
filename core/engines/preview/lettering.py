"""Lettering: the words of a structured prompt's text_render, set into the picture."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.domain.scene import TextRender
from core.engines.preview.colour import bare_colour, shade
from core.engines.preview.places import spot_of

_SIZES = ((r"large|big|huge|bold headline", 0.12), (r"small|tiny|fine", 0.035))
_USUAL, _SMALLEST_PIXELS = 0.07, 7
_MARGIN, _WIDEST = 0.05, 0.90
_GAMMA = 1 / 2.2


def lettered(pixels: NDArray[np.uint8], texts: Sequence[TextRender]) -> NDArray[np.uint8]:
    """Return the picture with each text at its place, in Pillow's own scalable font."""
    image = Image.fromarray(pixels)
    for text in texts:
        if text.text and text.text.strip():
            _set(image, text, text.text.strip())
    return np.asarray(image)


def _set(image: Image.Image, text: TextRender, words: str) -> None:
    width, height = image.size
    share = next(
        (s for pattern, s in _SIZES if re.search(rf"\b(?:{pattern})\b", (text.size or "").lower())),
        _USUAL,
    )
    pen = ImageDraw.Draw(image)
    points = max(_SMALLEST_PIXELS, share * min(image.size))
    while True:
        font = ImageFont.load_default(points)
        box = pen.multiline_textbbox((0, 0), words, font, align="center")
        if box[2] - box[0] <= width * _WIDEST or points <= _SMALLEST_PIXELS:
            break
        points = max(_SMALLEST_PIXELS, points * 0.85)
    across, upward = spot_of(text.location) or (0.0, -0.7)
    if abs(upward) > 0.3:
        upward = 0.78 if upward > 0 else -0.78
    wide, tall = box[2] - box[0], box[3] - box[1]
    left = (across + 1) / 2 * width - wide / 2
    top = (1 - upward) / 2 * height - tall / 2
    left = min(max(left, _MARGIN * width), (1 - _MARGIN) * width - wide)
    top = min(max(top, _MARGIN * height), (1 - _MARGIN) * height - tall)
    place = (left - box[0], top - box[1])
    ink, edge = _inks(image, text, (left, top, left + wide, top + tall))
    stroke = max(1, round(points / 26))
    pen.multiline_text(
        place, words, ink, font, align="center", stroke_width=stroke, stroke_fill=edge
    )


def _inks(
    image: Image.Image, text: TextRender, box: tuple[float, float, float, float]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    # The colour that was asked for, else white or black against what is behind; edged with both.
    named = bare_colour((text.color or "").lower())
    if named:
        ink = tuple(round(255 * float(value) ** _GAMMA) for value in shade(named))
    else:
        behind = np.asarray(image.crop(box))
        light = float(behind.mean()) if behind.size else 0.0
        ink = (20, 20, 22) if light > 150 else (250, 250, 248)
    bright = sum(ink) / 3 > 127
    return ink, (20, 20, 22) if bright else (250, 250, 248)
