"""What one process hands out another one finds, for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.clock import Clock
from core.errors import NotFoundError
from core.shelf import Shelf


class Later(Clock):
    """A clock that can be set forward."""

    ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def test_what_is_kept_is_found_by_another_process_and_taken_once(tmp_path: Path) -> None:
    mine, other = (Shelf(tmp_path / "x", Clock(), kept_seconds=60) for _ in range(2))
    name = mine.keep(b"a boat", suffix=".txt")
    mine.put("visit~file", b"rows")

    assert (other.load(name), mine.keep(b"a boat", suffix=".txt")) == (b"a boat", name)
    assert other.sizes() == {name: 6, "visit~file": 4}
    assert other.take("visit~file") == b"rows"
    with pytest.raises(NotFoundError):
        mine.take("visit~file")


def test_it_is_forgotten_after_its_time_unless_it_is_shown_again(tmp_path: Path) -> None:
    clock = Later()
    shelf = Shelf(tmp_path, clock, kept_seconds=60)
    shown, forgotten = shelf.keep(b"shown"), shelf.keep(b"forgotten")
    clock.ahead = timedelta(seconds=40)
    shelf.keep(b"shown")
    clock.ahead = timedelta(seconds=80)

    assert shelf.load(shown) == b"shown"
    with pytest.raises(NotFoundError):
        shelf.load(forgotten)
    Shelf(tmp_path, clock, kept_seconds=60).keep(b"new")
    assert set(shelf.sizes()) == {shown, shelf.keep(b"new")}


@pytest.mark.parametrize("name", ["", "../secret", "a/b", ".hidden", "a\0b", "é", "a" * 300])
def test_a_name_that_leads_elsewhere_finds_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("secret")
    shelf = Shelf(tmp_path / "x", Clock(), kept_seconds=60)

    with pytest.raises(NotFoundError):
        shelf.load(name)
    with pytest.raises(ValueError, match="cannot be the name"):
        shelf.put(name, b"x")
