"""The zip of chosen pictures: safe names, a list of what is missing, a link that is kept."""

from __future__ import annotations

import io
import json
import os
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from core.clock import Clock
from core.errors import InvalidRequestError, NotFoundError
from core.export import selection
from core.export.selection import KEPT_SECONDS, Selections
from core.wiring import Studio
from tests.export.heavy import make_heavy
from tests.export.test_archive import csv_rows
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures


def one_picture(studio: Studio, number: int = 9, **columns: object) -> int:
    digest = studio.media.keep(painted_square(number), "image/png")
    shown = {"image_sha256": digest, "image_type": "image/png", "image_width": 64}
    return add_pictures(studio, {**shown, "image_height": 64, **columns})[0]


def opened(studio: Studio, ids: list[int]) -> zipfile.ZipFile:
    name, pieces = studio.archives.open(studio.archives.url_of_pictures(ids).rpartition("/")[2])
    assert name == "pictures.zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_a_zip_names_its_pictures_and_says_what_is_missing(studio: Studio) -> None:
    whole = one_picture(studio, prompt="../../etc/passwd: a *boat*", seed=7)
    duplicate = one_picture(studio, 10, prompt="../../etc/passwd: a *boat*", seed=7)
    gone = one_picture(studio, 11)
    failed, blocked = add_pictures(
        studio,
        {"status": "failed", "prompt": "=1+1", "error_message": "Bria could not be reached."},
        {"status": "blocked"},
    )
    studio.service.picture_file(studio.service.see(gone)).path.unlink()
    studio.library.tag([whole], "hero")

    archive = opened(studio, [failed, whole, gone, duplicate, blocked, 5])

    assert archive.testzip() is None
    assert archive.namelist() == [
        *("pictures/etc-passwd- a -boat_7.png", "pictures/etc-passwd- a -boat_7-2.png"),
        *("contact-sheet-01.jpg", "manifest.csv", "manifest.json"),
    ]
    rows = csv_rows(archive)
    assert [row["status"] for row in rows] == ["failed", "done", "missing", "done", "blocked"]
    assert rows[0]["reason"] == "Bria could not be reached."
    assert rows[0]["prompt"] == "=1+1"
    assert b"'=1+1" in archive.read("manifest.csv")
    assert (rows[1]["tag"], rows[1]["seed"]) == ("hero", "7")
    told = json.loads(archive.read("manifest.json"))
    assert [one["generation_id"] for one in told] == [
        str(number) for number in (failed, whole, gone, duplicate, blocked)
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_memory_does_not_grow_with_the_zip(studio: Studio) -> None:
    ids = [one_picture(studio, number) for number in range(8)]
    for number in ids:
        make_heavy(studio, number)

    tracemalloc.start()
    total = sum(len(piece) for piece in studio.archives.zip_of_pictures(ids))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert total > 64_000_000
    assert peak < 16_000_000


def test_a_link_keeps_for_two_days_after_it_was_shown(tmp_path: Path) -> None:
    kept = Selections(tmp_path, Clock())
    digest = kept.keep([3, 1, 2])
    assert kept.load(digest) == [3, 1, 2]
    old = time.time() - KEPT_SECONDS - 1

    for path in tmp_path.iterdir():
        os.utime(path, (old, old))
    assert kept.keep([3, 1, 2]) == digest
    kept.keep([4])
    assert kept.load(digest) == [3, 1, 2]
    for path in tmp_path.iterdir():
        os.utime(path, (old, old))
    kept.keep([5])
    with pytest.raises(NotFoundError):
        kept.load(digest)


def test_a_zip_of_too_many_is_refused_in_a_sentence(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "MOST_PICTURES", 2)

    with pytest.raises(InvalidRequestError, match="at most 2 pictures, not 3"):
        studio.archives.url_of_pictures([1, 2, 3])
