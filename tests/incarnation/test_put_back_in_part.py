"""A studio of which only the files that changed are put back, as rsync and restic do."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.domain.states import State
from tests.incarnation.conftest import Place, ask, work


def put_back_what_changed(copy: Path, folder: Path) -> None:
    """Put back as `rsync -a --delete` does: what has the same size and time is left alone."""
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        if not (copy / file.relative_to(folder)).exists():
            file.unlink()
    for file in [path for path in copy.rglob("*") if path.is_file()]:
        target = folder / file.relative_to(copy)
        if target.exists() and _looks(target) == _looks(file):
            continue
        beside = target.with_name(f".{target.name}.new")
        shutil.copy2(file, beside)
        beside.replace(target)


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
