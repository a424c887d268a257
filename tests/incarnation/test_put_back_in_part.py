"""A studio of which only the files that changed are put back, as rsync and restic do."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from core.domain.states import State
from tests.incarnation.conftest import Place, ask, work


def put_back_what_changed(copy: Path, folder: Path) -> None:
    """Put back as `rsync -a --delete` does: what has the same size and time is left alone."""
    remove_what_is_new(copy, folder)
    for file in [path for path in copy.rglob("*") if path.is_file()]:
        target = folder / file.relative_to(copy)
        if target.exists() and _looks(target) == _looks(file):
            continue
        beside = target.with_name(f".{target.name}.new")
        shutil.copy2(file, beside)
        beside.replace(target)


def write_back_what_changed(copy: Path, folder: Path) -> None:
    """Put back as `rsync -a --inplace --delete` does: into the files that are there."""
    remove_what_is_new(copy, folder)
    for file in [path for path in copy.rglob("*") if path.is_file()]:
        target = folder / file.relative_to(copy)
        if target.exists() and _looks(target) == _looks(file):
            continue
        with target.open("rb+") as written:
            written.write(file.read_bytes())
            written.truncate()
        shutil.copystat(file, target)


def remove_what_is_new(copy: Path, folder: Path) -> None:
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        if not (copy / file.relative_to(folder)).exists():
            file.unlink()


def age(path: Path) -> None:
    """Let a file look as if it was last written an hour ago."""
    found = path.stat()
    os.utime(path, (found.st_atime, found.st_mtime - 3600))


def _looks(path: Path) -> tuple[int, int]:
    return path.stat().st_size, path.stat().st_mtime_ns


def test_orders_made_since_are_held_when_only_changed_files_are_put_back(place: Place) -> None:
    studio = place.open()
    asked = [ask(studio, number).id for number in range(1, 4)]
    studio.database.close()  # so that Postgres lets it be copied
    database = place.copy_database()
    copy = place.root / "nightly"
    shutil.copytree(place.folder, copy)
    work(studio)
    place.put_database_back_under(studio, database)
    place.close()
    put_back_what_changed(copy, place.folder)

    restored = place.open()
    work(restored)

    assert restored.held.summary().count == len(asked)
    assert len(place.provider.bills) == len(asked)


def test_orders_made_since_are_held_when_changed_files_are_written_back_in_place(
    place: Place,
) -> None:
    studio = place.open()
    asked = [ask(studio, number).id for number in range(1, 4)]
    studio.database.close()
    database = place.copy_database()
    copy = place.root / "nightly"
    shutil.copytree(place.folder, copy)
    age(copy / "orders.jsonl")
    work(studio)
    place.put_database_back_under(studio, database)
    place.close()
    number = (place.folder / "orders.jsonl").stat().st_ino
    write_back_what_changed(copy, place.folder)
    assert (place.folder / "orders.jsonl").stat().st_ino == number

    restored = place.open()
    work(restored)

    assert restored.held.summary().count == len(asked)
    assert len(place.provider.bills) == len(asked)


def test_a_mark_that_was_written_back_into_its_file_does_not_hide_it(place: Place) -> None:
    first = place.open()
    ask(first, 9)
    work(first)
    place.close()
    studio = place.open()
    asked = [ask(studio, number).id for number in range(1, 4)]
    studio.database.close()
    database = place.copy_database()
    copy = place.root / "nightly"
    shutil.copytree(place.folder, copy)
    age(copy / "orders.jsonl")
    work(studio)
    bills = len(place.provider.bills)
    place.put_database_back_under(studio, database)
    place.close()
    # restarts in between may give it the number of its file at the copy again
    os.utime(place.folder / "studio.json", (0, 0))
    write_back_what_changed(copy, place.folder)

    restored = place.open()
    work(restored)

    assert restored.held.summary().count == len(asked)
    assert len(place.provider.bills) == bills


def test_a_restart_on_the_same_folder_holds_nothing(place: Place) -> None:
    studio = place.open()
    ask(studio, 1)
    work(studio)
    place.close()
    place.open()
    place.close()

    again = place.open()

    assert not again.held.summary()


def test_what_is_paid_and_known_is_fetched_before_the_rest_is_dropped(place: Place) -> None:
    studio = place.open()
    asked = [ask(studio, number).id for number in range(1, 4)]
    studio.database.close()
    copy = place.copy_database()
    work(studio)
    place.put_database_back_under(studio, copy)
    place.close()

    restored = place.open()
    dropped = restored.held.drop()
    work(restored)

    assert dropped == 0
    states = {restored.service.see(one).state for one in asked}
    assert states == {State.COMPLETED}
    assert len(place.provider.bills) == len(asked)


@pytest.mark.parametrize("how", ["chmod", "link"])
def test_other_rights_or_a_link_to_its_files_make_no_copy_of_a_folder(
    place: Place, how: str
) -> None:
    first = place.open()
    ask(first, 9)
    work(first)
    place.close()
    running = place.open()
    ask(running, 1)
    place.close()
    age(place.folder / "orders.jsonl")  # the last order is some time ago, as it mostly is
    for path in [path for path in place.folder.rglob("*") if path.is_file()]:
        if how == "chmod":
            path.chmod(0o640)
        else:
            (place.root / f"snapshot-{path.name}").hardlink_to(path)

    again = place.open()

    assert not again.held.summary()


def test_what_was_lost_and_decided_holds_nothing_at_the_next_start(place: Place) -> None:
    studio = place.open()
    studio.database.close()
    copy = place.copy_database()
    for number in range(1, 4):
        ask(studio, number)
    work(studio)
    place.put_database_back_under(studio, copy)
    assert studio.decisions.hold_what_was_turned_back()
    studio.held.drop()
    healthy = ask(studio, 11)
    place.close()

    again = place.open()

    assert again.service.see(healthy.id).hold is None
    assert not again.held.summary()


@pytest.mark.parametrize("odd", ["bytes", "folder"])
def test_an_odd_list_of_lost_orders_keeps_nobody_from_working(place: Place, odd: str) -> None:
    lost = place.folder / "lost-orders.jsonl"
    studio = place.open()
    if odd == "bytes":
        lost.write_bytes(b'{"generation": 1, "try": 1}\n\xff\xfe\n' + b"[" * 200_000 + b"\n")
    else:
        lost.mkdir()
    studio.context.order_log.note_order(77, 1, 0)

    assert studio.decisions.adopt_from_journal() == 0
    assert studio.held.send() == 0
    assert studio.health.report().database_ok
    place.close()
    ask(place.open(), 1)
