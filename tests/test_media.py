"""The media store: whole files, named by content, behind names nobody can guess."""

from __future__ import annotations

import hashlib
import io
import os
import time
from pathlib import Path

import pytest
from PIL import Image, UnidentifiedImageError

from core.errors import NotFoundError
from core.media import MEDIA_PATH, THUMBNAIL_EDGE, MediaStore
from tests.fakes.engine import painted_square


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path, key=b"k" * 32)


def name_of(url: str) -> str:
    assert url.startswith(MEDIA_PATH + "/")
    return url.removeprefix(MEDIA_PATH + "/")


def test_the_original_is_kept_byte_for_byte_under_its_hash(media: MediaStore) -> None:
    content = painted_square(5)

    digest = media.keep(content, "image/png")

    assert digest == hashlib.sha256(content).hexdigest()
    file = media.open_name(name_of(media.picture_url(digest, "image/png")))
    assert file.path.read_bytes() == content
    assert file.media_type == "image/png"


def test_the_thumbnail_is_a_small_webp_of_the_same_shape(media: MediaStore) -> None:
    target = io.BytesIO()
    Image.new("RGB", (1360, 768), "teal").save(target, "PNG")

    digest = media.keep(target.getvalue(), "image/png")

    file = media.open_name(name_of(media.thumbnail_url(digest)))
    with Image.open(file.path) as thumbnail:
        assert thumbnail.format == "WEBP"
        assert thumbnail.size == (THUMBNAIL_EDGE, round(THUMBNAIL_EDGE * 768 / 1360))


def test_keeping_twice_writes_once(media: MediaStore, tmp_path: Path) -> None:
    digest = media.keep(painted_square(5), "image/png")
    file = media.find(digest, "image/png").path
    before = file.stat().st_ino

    media.keep(painted_square(5), "image/png")

    assert file.stat().st_ino == before
    assert len(list(tmp_path.rglob("*.*"))) == 2


def test_bytes_that_are_no_picture_leave_no_file(media: MediaStore, tmp_path: Path) -> None:
    with pytest.raises(UnidentifiedImageError):
        media.keep(b"<html>not found</html>", "image/png")

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_name_without_the_right_seal_opens_nothing(media: MediaStore, tmp_path: Path) -> None:
    digest = media.keep(painted_square(5), "image/png")
    right = name_of(media.picture_url(digest, "image/png"))
    stranger = MediaStore(tmp_path, key=b"x" * 32)
    wrong = [
        name_of(stranger.picture_url(digest, "image/png")),
        right.replace(".png", ".webp"),
        f"{digest}.png",
        f"../{right}",
        "../../fibo.sqlite",
        "",
    ]

    for name in wrong:
        with pytest.raises(NotFoundError):
            media.open_name(name)
    assert media.open_name(right).path.exists()


def test_a_sealed_name_of_a_missing_file_opens_nothing(media: MediaStore) -> None:
    with pytest.raises(NotFoundError):
        media.open_name(name_of(media.picture_url("0" * 64, "image/png")))


def test_sweeping_removes_old_leftovers_of_a_killed_process_only(
    media: MediaStore, tmp_path: Path
) -> None:
    digest = media.keep(painted_square(5), "image/png")
    old, fresh = tmp_path / "ab" / "old.part", tmp_path / "ab" / "fresh.part"
    old.parent.mkdir(exist_ok=True)
    for leftover in (old, fresh):
        leftover.write_bytes(b"half")
    long_ago = time.time() - 7200
    os.utime(old, (long_ago, long_ago))

    media.sweep(untouched_seconds=3600)

    assert not old.exists()
    assert fresh.exists()
    assert media.find(digest, "image/png").path.exists()
