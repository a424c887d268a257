"""Test data that is too large for the repository is found wherever it lies, or missed aloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shared import MISSING, SETTING, find_shared, needs_shared


def test_the_folder_that_is_set_is_taken(tmp_path: Path) -> None:
    (tmp_path / "mine" / "data").mkdir(parents=True)

    assert find_shared(str(tmp_path / "mine")) == tmp_path / "mine"


def test_a_folder_that_is_set_and_holds_nothing_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=SETTING):
        find_shared(str(tmp_path))


def test_without_a_setting_it_is_looked_for_beside_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "shared" / "data").mkdir(parents=True)

    assert find_shared(None, root=tmp_path / "checkout") == tmp_path / "shared"
    assert find_shared("", root=tmp_path / "worktrees" / "one") == tmp_path / "shared"


def test_where_there_is_none_tests_are_skipped_and_say_what_to_set(tmp_path: Path) -> None:
    assert find_shared(None, root=tmp_path / "a" / "checkout") is None
    assert needs_shared.kwargs["reason"] == MISSING
    assert SETTING in MISSING
