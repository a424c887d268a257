"""Draws contact sheets from the command line: `python -m core.engines.preview --sheet out.png`."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.engines.preview.sheet import draw_sheet, save_sheet, sheets


def main() -> None:
    """Draw the sheet that was asked for."""
    known = sheets()
    parser = argparse.ArgumentParser(prog="python -m core.engines.preview")
    parser.add_argument("--sheet", type=Path, required=True, help="file to write, .png or .jpg")
    parser.add_argument("--of", choices=known, default="scenes", help="which sheet")
    parser.add_argument("--side", type=int, default=320, help="pixels of each picture")
    parser.add_argument("--columns", type=int, default=5)
    chosen = parser.parse_args()
    page = draw_sheet(known[chosen.of], side=chosen.side, columns=chosen.columns)
    save_sheet(page, chosen.sheet)


if __name__ == "__main__":
    main()
