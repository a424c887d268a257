"""Chosen pictures in one zip: names that tell what they are, and a manifest of all of them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from core.errors import NotFoundError
from core.generation.desk import Desk
from core.generation.listing import cell
from core.records.generations import Generation

MANIFEST = "manifest.csv"
_HEAD = ("file", "note", "id", "prompt", "seed", "engine", "rating", "verdict", "sha256")
_NOT_FOR_NAMES = re.compile(r"[^\w]+")


def pack_pictures(desk: Desk, ids: Sequence[int], path: Path) -> int:
    """Write a zip of originals and a manifest to `path`; return how many pictures are in it.

    A picture without a file never fails the rest: the manifest says why it is not there.
    """
    manifest = io.StringIO()
    rows = csv.writer(manifest)
    rows.writerow(_HEAD)
    packed = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in ids:
            generation = desk.see(number)
            name, note = file_name(generation), ""
            try:
                archive.write(desk.picture_file(generation).path, name)
                packed += 1
            except NotFoundError as missing:
                name, note = "", missing.message
            rows.writerow([cell(value) for value in (name, note, *_told(generation))])
        archive.writestr(MANIFEST, "\ufeff" + manifest.getvalue())
    return packed


def file_name(generation: Generation) -> str:
    """Return `2026-03-02_a-boat_7_<id>.png`: safe on every system, and no two alike."""
    words = _NOT_FOR_NAMES.sub("-", generation.prompt).strip("-_")[:40].rstrip("-") or "picture"
    suffix = (generation.image_type or "image/png").removeprefix("image/").replace("jpeg", "jpg")
    return f"{generation.created_at:%Y-%m-%d}_{words}_{generation.seed}_{generation.id}.{suffix}"


def _told(generation: Generation) -> tuple[object, ...]:
    return (
        str(generation.id),
        generation.prompt,
        generation.seed,
        generation.engine,
        generation.rating,
        generation.verdict,
        generation.image_sha256,
    )
