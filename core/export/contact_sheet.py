"""Contact sheets: the pictures of a batch small on JPEG pages, with their row ids."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

COLUMNS, ROWS = 6, 5
PER_PAGE = COLUMNS * ROWS
MOST_PAGES = 20
"""A sheet is a view; a batch of any size gets one without using more memory or time."""

_CELL, _GAP, _CAPTION = 240, 16, 28
_PAPER, _INK, _BLANK = "#faf9f7", "#1d1b18", "#e4dfd6"
_LONGEST_CAPTION = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One place on a sheet; without a readable thumbnail it stays blank."""

    thumbnail: Path | None
    caption: str


def draw_sheet(cells: Sequence[Cell]) -> bytes:
    """Return one page of at most `PER_PAGE` cells as JPEG; a broken thumbnail leaves a blank."""
    rows = max(-(-len(cells) // COLUMNS), 1)
    size = _GAP + COLUMNS * (_CELL + _GAP), _GAP + rows * (_CELL + _CAPTION + _GAP)
    page = Image.new("RGB", size, _PAPER)
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(15)
    for number, cell in enumerate(cells):
        left = _GAP + number % COLUMNS * (_CELL + _GAP)
        top = _GAP + number // COLUMNS * (_CELL + _CAPTION + _GAP)
        _place(page, pen, cell, left, top)
        pen.text((left, top + _CELL + 6), _drawable(cell.caption), fill=_INK, font=font)
    target = io.BytesIO()
    page.save(target, "JPEG", quality=85)
    return target.getvalue()


def _place(page: Image.Image, pen: ImageDraw.ImageDraw, cell: Cell, left: int, top: int) -> None:
    try:
        if cell.thumbnail is None:
            raise FileNotFoundError
        with Image.open(cell.thumbnail) as picture:
            small = picture.convert("RGB")
        small.thumbnail((_CELL, _CELL), Image.Resampling.LANCZOS)
    except (OSError, UnidentifiedImageError, ValueError):
        pen.rectangle((left, top, left + _CELL, top + _CELL), fill=_BLANK)
        return
    page.paste(small, (left + (_CELL - small.width) // 2, top + (_CELL - small.height) // 2))


def _drawable(caption: str) -> str:
    # Pillow's own font knows the Latin letters; what it lacks is shown as a box, never an error
    line = " ".join(caption.split())
    return line if len(line) <= _LONGEST_CAPTION else f"{line[: _LONGEST_CAPTION - 1]}…"
