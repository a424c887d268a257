"""A backup is whole, is checked before it is restored, and is known as a copy afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from core.backup import folders
from core.clock import Clock
from core.domain.states import State
from core.errors import StartError
from core.settings import Settings
from core.wiring import build_studio
from tests.fakes.paid_engine import PlannedProvider
from tests.incarnation.conftest import ask, work


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

    states = [one.state for one in restored.desk.newest(limit=5)]
    assert states == [State.QUEUED, State.COMPLETED]
    assert restored.held.standing().count == 1
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

    with pytest.raises(StartError, match="1 files of the backup are missing or changed"):
        folders.restore(settings, tmp_path / "backup", replace=True)

    assert not (tmp_path / "data.replaced-1").exists()


def test_a_backup_goes_into_a_new_folder_outside_of_the_data(tmp_path: Path) -> None:
    settings = backed_up(tmp_path, PlannedProvider())

    for place in ("backup", "data/backup"):
        with pytest.raises(StartError):
            folders.make(settings, tmp_path / place, now=Clock().now())
