"""A database and a data folder that do not belong together do not start."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from core.domain.states import State
from core.errors import WrongFolderError
from core.incarnation import opening
from core.incarnation.mark import Mark, MarkedFolder
from core.incarnation.store import open_store
from core.records import holds, workers
from core.wiring import Studio
from tests.incarnation.conftest import Place, ask, work
from tests.paid.little_studio import PowerCut, power_cut_at


def other_database(place: Place) -> str:
    """Return the URL of a database in which nothing was ever made."""
    copy = place.copy_database()
    if place.is_sqlite:
        Path(copy.removeprefix("sqlite:///")).unlink()
        return copy
    name = copy.split("/")[3].partition("?")[0]
    place._run(f"DROP DATABASE {name}")
    place._run(f"CREATE DATABASE {name}")
    return copy


def code_of(refused: pytest.ExceptionInfo[WrongFolderError]) -> str:
    found = re.search(r"FIBO_ADOPT=(\w+)", refused.value.advice)
    assert found
    return found[1]


def made_one(place: Place) -> Studio:
    running = place.open()
    ask(running, 1)
    work(running)
    place.close()
    return running


def test_an_empty_database_beside_a_full_folder_is_refused_unless_asked_for(place: Place) -> None:
    made_one(place)
    empty = other_database(place)

    with pytest.raises(WrongFolderError, match="The database is empty") as refused:
        place.open(url=empty)

    with pytest.raises(WrongFolderError):
        place.open(url=empty, FIBO_ADOPT="yes")
    adopted = place.open(url=empty, FIBO_ADOPT=code_of(refused))
    assert adopted.service.newest(limit=1) == []
    place.close()
    place.open(url=empty)
    place.close()
    with pytest.raises(WrongFolderError):
        place.open(url=other_database(place), FIBO_ADOPT=code_of(refused))


def test_an_empty_database_beside_a_folder_of_an_old_version_is_refused(place: Place) -> None:
    made_one(place)
    for name in ("studio.json", "orders.jsonl"):
        (place.folder / name).unlink()

    with pytest.raises(WrongFolderError, match="The database is empty"):
        place.open(url=other_database(place))


def test_a_studio_of_an_old_version_is_taken_over_without_a_word(place: Place) -> None:
    running = made_one(place)
    running = place.open()
    ask(running, 2)
    with running.database.writing() as session:
        session.execute(text("DELETE FROM installation_key WHERE name = 'incarnation'"))
    place.close()
    for name in ("studio.json", "orders.jsonl"):
        (place.folder / name).unlink()

    upgraded = place.open()

    assert not upgraded.held.summary()
    work(upgraded)
    assert len(place.provider.bills) == 2


def test_the_database_of_another_studio_is_refused(place: Place) -> None:
    made_one(place)
    own = place.folder
    place.database_url, first = other_database(place), place.database_url
    place.folder = place.root / "other"
    made_one(place)

    with pytest.raises(WrongFolderError, match="another studio") as refused:
        place.open(folder=own)

    place.open(folder=own, FIBO_ADOPT=code_of(refused))
    place.database_url = first


def test_an_empty_folder_beside_a_full_database_is_refused_unless_asked_for(place: Place) -> None:
    running = place.open()
    ask(running, 1)
    place.close()
    away = place.root / "away"

    with pytest.raises(WrongFolderError, match="is empty, and the database") as refused:
        place.open(folder=away)

    adopted = place.open(folder=away, FIBO_ADOPT=code_of(refused))
    assert adopted.held.summary().count == 1


def test_a_folder_put_back_from_an_older_copy_is_recognised(place: Place) -> None:
    made_one(place)
    copy = place.copy_folder()
    running = place.open()
    ask(running, 2)
    place.close()
    place.put_folder_back(copy)

    again = place.open()

    assert again.held.summary().count == 1
    assert "data folder was put back" in again.held.summary().because


def test_an_older_database_without_a_new_order_is_recognised_by_its_starts(place: Place) -> None:
    running = place.open()
    ask(running, 1)
    place.close()
    database = place.copy_database()
    place.open()
    place.close()

    again = place.open(url=database)

    assert again.held.summary().count == 1


@pytest.mark.parametrize(
    ("point", "marked"),
    [("before_mark_commit", 1), ("before_mark_settled", 2), ("before_start_noted", 2)],
)
def test_a_power_cut_between_both_marks_is_no_false_alarm(
    place: Place, point: str, marked: int
) -> None:
    running = place.open()
    ask(running, 1)
    place.close()
    with power_cut_at(point), pytest.raises(PowerCut):
        place.open()

    again = place.open()

    assert not again.held.summary()
    with again.database.reading() as session:
        assert f'"count": {marked + 1}' in holds.read_key(session, opening.ENTRY)
    assert [path.name for path in place.folder.glob("studio.json*")] == ["studio.json"]


def test_studios_that_start_together_on_an_empty_database_all_live(place: Place) -> None:
    # Alembic keeps its state in globals, so threads cannot migrate together as processes do
    with place.open().database.writing() as session:
        session.execute(text("DELETE FROM installation_key"))
    place.close()
    shutil.rmtree(place.folder)

    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: open_store(place.settings()), range(6)))

    for store in opened:
        store.folder_check.check()
        store.database.close()
    assert len({store.folder_mark for store in opened}) == 1
    assert not place.open().held.summary()


def test_two_machines_with_one_database_and_different_folders_do_not_work_together(
    place: Place,
) -> None:
    running = place.open()
    ask(running, 1)
    live_on(running, "left-machine")
    copy = place.copy_folder()

    with pytest.raises(WrongFolderError, match="left-machine works with this database"):
        place.open(folder=copy)

    place.open()  # a second process of the first machine, or a third on the shared folder


def live_on(studio: Studio, host: str) -> None:
    setup = workers.ProcessSetup(folder=studio.context.folder_mark, host=host)
    with studio.database.writing() as session:
        workers.begin_life(session, host, setup)


@pytest.mark.parametrize("replaced", [False, True])
def test_a_database_file_that_vanishes_alone_keeps_paid_orders_here_and_turns_health_red(
    place: Place, *, replaced: bool
) -> None:
    running = place.open()
    file = running.database.file
    if file is None:
        pytest.skip("a server has no file to lose")
    running.context.preflight.require()
    asked = ask(running, 1)
    if replaced:
        copy = file.with_name("copy.sqlite")
        shutil.copy(file, copy)
        copy.replace(file)
    else:
        file.unlink()

    work(running, most=1)

    assert place.provider.bills == []
    assert running.service.see(asked.id).state is State.QUEUED
    assert any("database file" in problem for problem in running.health.report().problems)


@pytest.mark.parametrize("replaced", [False, True])
def test_a_folder_that_vanishes_keeps_paid_orders_here_until_it_is_back(
    place: Place, *, replaced: bool
) -> None:
    running = place.open()
    running.context.preflight.require()
    asked = ask(running, 1)
    away = place.root / "away"
    place.folder.rename(away)
    if replaced:
        place.folder.mkdir()

    work(running, most=1)

    assert place.provider.bills == []
    assert running.service.see(asked.id).state is State.QUEUED
    assert any("data folder" in problem for problem in running.health.report().problems)

    if replaced:
        shutil.rmtree(place.folder)
    away.rename(place.folder)
    running.context.preflight.require()
    with running.database.writing() as session:
        session.execute(text("UPDATE generation SET not_before = NULL"))
    work(running)

    assert len(place.provider.bills) == 1
    assert running.health.report().problems == () or "data folder" not in str(
        running.health.report().problems
    )


def test_the_folder_of_another_studio_in_its_place_takes_no_order(place: Place) -> None:
    running = place.open()
    ask(running, 1)
    place.folder.rename(place.root / "away")
    place.folder.mkdir()
    (place.folder / "studio.json").write_text(
        '{"studio": "x", "folder": "y", "count": 1, "nonce": "z"}'
    )

    work(running, most=1)

    assert place.provider.bills == []


def test_a_copy_is_known_even_if_its_file_has_the_number_of_the_old_one(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MarkedFolder, "inode", lambda _self: 7)
    monkeypatch.setattr(MarkedFolder, "prepare", _prepare_as_seven(MarkedFolder.prepare))
    running = place.open()
    ask(running, 1)
    place.close()
    place.put_folder_back(place.copy_folder())

    assert place.open().held.summary().count == 1


def _prepare_as_seven(
    prepare: Callable[[MarkedFolder, Mark], int],
) -> Callable[[MarkedFolder, Mark], int]:
    def prepare_as_seven(folder: MarkedFolder, mark: Mark) -> int:
        prepare(folder, mark)
        return 7

    return prepare_as_seven
