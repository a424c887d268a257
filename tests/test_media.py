"""The media store: whole files, named by content, behind names nobody can guess."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, UnidentifiedImageError

from core.errors import NotFoundError
from core.media import MEDIA_PATH, THUMBNAIL_EDGE, MediaStore
from tests.fakes.engine import painted_square

CONTENT = painted_square(5)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
SHELF = DIGEST[:2]


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


def test_a_folder_that_is_named_like_a_leftover_stops_no_sweep(
    media: MediaStore, tmp_path: Path
) -> None:
    (tmp_path / "a.part").mkdir()
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "x.part").mkdir()
    (tmp_path / "ab" / "link.part").symlink_to(tmp_path / "nowhere")
    (tmp_path / "ab" / "loop.part").symlink_to("loop.part")
    leftover = tmp_path / "ab" / "y.part"
    leftover.write_bytes(b"half")

    media.sweep(untouched_seconds=0)

    assert not leftover.exists()
    assert list((tmp_path / "ab").iterdir()) == [tmp_path / "ab" / "x.part"]
    assert (tmp_path / "a.part").is_dir()


def test_sweeping_follows_no_link_out_of_the_folder(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.part").write_bytes(b"not yours")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "ab").symlink_to(elsewhere)

    MediaStore(tmp_path / "media", key=b"key").sweep(untouched_seconds=0)

    assert (elsewhere / "mine.part").exists()


def be_a_folder(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "somebody's file").write_text("keep me")


def be_empty(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")


def be_cut(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(CONTENT[:-10])


def be_other_bytes(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes(len(CONTENT)))


def be_a_link_to_nowhere(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.symlink_to("nowhere")


@pytest.mark.parametrize(
    "spoil", [be_a_folder, be_empty, be_cut, be_other_bytes, be_a_link_to_nowhere]
)
def test_what_lies_in_the_place_of_a_picture_makes_way_for_it(
    media: MediaStore, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / SHELF / f"{DIGEST}.png")

    media.keep(CONTENT, "image/png")

    assert media.find(DIGEST, "image/png").path.read_bytes() == CONTENT


@pytest.mark.parametrize("spoil", [be_a_folder, be_empty])
def test_what_lies_in_the_place_of_a_thumbnail_makes_way_for_it(
    media: MediaStore, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / SHELF / f"{DIGEST}.thumb.webp")

    media.keep(CONTENT, "image/png")

    with Image.open(media.thumbnail_file(DIGEST)) as thumbnail:
        assert thumbnail.format == "WEBP"


def test_a_folder_in_the_place_of_a_picture_is_renamed_and_never_emptied(
    media: MediaStore, tmp_path: Path
) -> None:
    for _ in range(2):
        be_a_folder(tmp_path / SHELF / f"{DIGEST}.png")
        media.keep(CONTENT, "image/png")
        (tmp_path / SHELF / f"{DIGEST}.png").unlink()

    for name in (f"{DIGEST}.png.odd", f"{DIGEST}.png.odd-2"):
        assert (tmp_path / SHELF / name / "somebody's file").read_text() == "keep me"


def test_a_file_in_the_place_of_a_shelf_makes_way_for_it(media: MediaStore, tmp_path: Path) -> None:
    (tmp_path / SHELF).write_text("a file")

    media.keep(CONTENT, "image/png")

    assert media.find(DIGEST, "image/png").path.read_bytes() == CONTENT
    assert (tmp_path / f"{SHELF}.odd").read_text() == "a file"


def test_a_media_folder_that_went_away_is_not_made_anew(media: MediaStore, tmp_path: Path) -> None:
    tmp_path.rmdir()

    with pytest.raises(FileNotFoundError):
        media.keep(CONTENT, "image/png")

    assert not tmp_path.exists()


def test_a_folder_in_the_place_of_a_picture_is_no_picture_and_is_not_removed(
    media: MediaStore, tmp_path: Path
) -> None:
    media.keep(CONTENT, "image/png")
    (tmp_path / SHELF / f"{DIGEST}.png").unlink()
    be_a_folder(tmp_path / SHELF / f"{DIGEST}.png")

    with pytest.raises(NotFoundError):
        media.find(DIGEST, "image/png")
    assert not media.remove(DIGEST, "image/png", untouched_seconds=0)
    assert (tmp_path / SHELF / f"{DIGEST}.png").is_dir()


def test_the_purge_goes_on_where_a_thumbnail_cannot_be_removed(
    media: MediaStore, tmp_path: Path
) -> None:
    media.keep(CONTENT, "image/png")
    (tmp_path / SHELF / f"{DIGEST}.thumb.webp").unlink()
    be_a_folder(tmp_path / SHELF / f"{DIGEST}.thumb.webp")

    assert media.remove(DIGEST, "image/png", untouched_seconds=-5)
    assert not (tmp_path / SHELF / f"{DIGEST}.png").exists()


def as_nobody(do: Callable[[], bool]) -> bool:
    """Return what is said by a child process that has no rights."""
    child = os.fork()
    if not child:
        code = 2
        try:
            os.setuid(65534)
            code = 0 if do() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_what_may_not_be_read_is_not_found_and_stops_no_sweep() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        media = MediaStore(root, key=b"key")
        shut, sealed = media.keep(CONTENT, "image/png"), media.keep(painted_square(6), "image/png")
        (root / shut[:2] / "stuck.part").write_bytes(b"half")
        (root / "zz").mkdir()
        (root / "zz" / "mine.part").write_bytes(b"half")
        media.find(sealed, "image/png").path.chmod(0)
        (root / shut[:2]).chmod(0)
        for open_to_all in (root, root / "zz"):
            open_to_all.chmod(0o777)

        def nothing_is_found() -> bool:
            media.sweep(untouched_seconds=-5)
            for digest in (shut, sealed):
                with pytest.raises(NotFoundError):
                    media.find(digest, "image/png")
            return True

        assert as_nobody(nothing_is_found)
        assert not (root / "zz" / "mine.part").exists()


def test_the_names_of_a_picture_and_of_its_shelf_are_on_disk_before_it_is_kept(
    media: MediaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[tuple[int, list[str]]] = []
    really = os.fsync

    def remember(handle: int) -> None:
        really(handle)
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            flushed.append((os.fstat(handle).st_ino, os.listdir(handle)))

    monkeypatch.setattr(os, "fsync", remember)

    media.keep(CONTENT, "image/png")

    shelf = (tmp_path / SHELF).stat().st_ino
    assert (tmp_path.stat().st_ino, [SHELF]) in flushed
    named = {name for folder, names in flushed if folder == shelf for name in names}
    assert named == {f"{DIGEST}.png", f"{DIGEST}.thumb.webp"}


@pytest.mark.parametrize("damage", [b"", b"cut", painted_square(6)], ids=["empty", "cut", "other"])
def test_a_damaged_original_is_told_as_that_and_never_served(
    media: MediaStore, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    media.keep(CONTENT, "image/png")
    file = media.find(DIGEST, "image/png").path
    file.write_bytes(damage)
    os.utime(file, (1, 1))  # a clock of files may stand still for some milliseconds

    for _ in range(2):
        with pytest.raises(NotFoundError, match="damaged"):
            media.find(DIGEST, "image/png")
    with pytest.raises(NotFoundError, match="damaged"):
        media.open_name(name_of(media.picture_url(DIGEST, "image/png")))
    assert not media.is_there(DIGEST, "image/png", len(damage))
    assert len(caplog.records) == 1


def test_a_file_is_there_only_with_its_length(media: MediaStore) -> None:
    media.keep(CONTENT, "image/png")
    path = media.find(DIGEST, "image/png").path

    assert media.is_there(DIGEST, "image/png", len(CONTENT))
    path.write_bytes(CONTENT[:-1])
    assert not media.is_there(DIGEST, "image/png", len(CONTENT))
    path.unlink()
    assert not media.is_there(DIGEST, "image/png", len(CONTENT))


def test_a_file_is_read_once_for_its_hash_until_it_changes(
    media: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    whole = hashlib.file_digest

    def count(file: io.BufferedReader, name: str) -> object:
        read.append(name)
        return whole(file, name)

    monkeypatch.setattr(hashlib, "file_digest", count)
    monkeypatch.setattr("core.media.MOST_CHECKED", 1)
    first, second = (media.keep(painted_square(one), "image/png") for one in (5, 6))
    for _ in range(3):
        media.find(first, "image/png")
    assert len(read) == 1

    media.find(second, "image/png")
    media.find(first, "image/png")
    assert len(read) == 3


def fail(*_arguments: object, **_options: object) -> None:
    raise MemoryError


def test_a_picture_of_which_no_thumbnail_can_be_made_is_kept_and_gets_it_later(
    media: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = name_of(media.thumbnail_url(DIGEST))
    with monkeypatch.context() as patch:
        patch.setattr(Image.Image, "thumbnail", fail)
        media.keep(CONTENT, "image/png")
        assert media.find(DIGEST, "image/png").path.read_bytes() == CONTENT
        with pytest.raises(NotFoundError):
            media.open_name(small)

    with Image.open(media.open_name(small).path) as thumbnail:
        assert thumbnail.format == "WEBP"


def test_a_thumbnail_that_the_disk_does_not_take_keeps_no_picture_out(
    media: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = MediaStore._write

    def refuse(store: MediaStore, path: Path, content: bytes) -> None:
        if path.suffix == ".webp":
            raise PermissionError(13, "not here", str(path))
        write(store, path, content)

    monkeypatch.setattr(MediaStore, "_write", refuse)

    media.keep(CONTENT, "image/png")

    assert media.find(DIGEST, "image/png").path.read_bytes() == CONTENT
