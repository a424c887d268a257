"""Contact sheets: small pictures of a batch on JPEG pages, with their row ids."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

COLUMNS, ROWS = 6, 5
PER_PAGE = COLUMNS * ROWS
MOST_PAGES = 20
"""A sheet is an overview; this bounds memory and time for a batch of any size."""

_CELL, _GAP, _CAPTION = 240, 16, 28
_PAPER, _INK, _BLANK = "#faf9f7", "#1d1b18", "#e4dfd6"
_LONGEST_CAPTION = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One place on a sheet; it stays blank without a readable thumbnail."""

    thumbnail: Path | None
    caption: str


def make_contact_sheet(cells: Sequence[Cell]) -> bytes:
    """Return one page of at most `PER_PAGE` cells as JPEG; a broken thumbnail stays blank."""
    rows = max(-(-len(cells) // COLUMNS), 1)
    size = _GAP + COLUMNS * (_CELL + _GAP), _GAP + rows * (_CELL + _CAPTION + _GAP)
    page = Image.new("RGB", size, _PAPER)
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(15)
    for number, cell in enumerate(cells):
        left = _GAP + number % COLUMNS * (_CELL + _GAP)
        top = _GAP + number // COLUMNS * (_CELL + _CAPTION + _GAP)
        try:
            if cell.thumbnail is None:
                raise FileNotFoundError
            with Image.open(cell.thumbnail) as picture:
                small = picture.convert("RGB")
            small.thumbnail((_CELL, _CELL), Image.Resampling.LANCZOS)
        except (OSError, UnidentifiedImageError, ValueError):
            pen.rectangle((left, top, left + _CELL, top + _CELL), fill=_BLANK)
        else:
            middle = left + (_CELL - small.width) // 2, top + (_CELL - small.height) // 2
            page.paste(small, middle)
        # Pillow's own font has Latin letters; others appear as boxes, never as an error
        caption = " ".join(cell.caption.split())
        if len(caption) > _LONGEST_CAPTION:
            caption = f"{caption[: _LONGEST_CAPTION - 1]}…"
        pen.text((left, top + _CELL + 6), caption, fill=_INK, font=font)
    target = io.BytesIO()
    page.save(target, "JPEG", quality=85)
    return target.getvalue()
