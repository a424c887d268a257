"""Whoever moves to Postgres and leaves pictures in the SQLite file is told so."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.errors import WrongFolderError
from core.incarnation.beside import pictures_in
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.fakes.engine import PaintedEngine
from tests.records.little_history import add_pictures


def kinds(studio: Studio) -> set[str]:
    return {notice.kind for notice in studio.health.report().notices}


def test_pictures_in_a_sqlite_file_beside_postgres_are_told_of(
    tmp_path: Path, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = build_studio(Settings(FIBO_DATA_DIR=tmp_path), engines=[PaintedEngine()])
    add_pictures(before, {"prompt": "a boat"}, {"prompt": "a fox"})
    assert "sqlite_beside" not in kinds(before)
    before.close()
    moved = Settings(FIBO_DATA_DIR=tmp_path, FIBO_DATABASE_URL=SecretStr(postgres_url))

    with caplog.at_level(logging.WARNING), pytest.raises(WrongFolderError) as refused:
        build_studio(moved, engines=[PaintedEngine()])
    code = refused.value.advice.partition("FIBO_ADOPT=")[2].rstrip(".")
    adopted = moved.model_copy(update={"adopt": code})
    studio = build_studio(adopted, engines=[PaintedEngine()])
    assert "2 generations are in the SQLite file" in caplog.text
    assert "sqlite_beside" in kinds(studio)
    add_pictures(studio, {"prompt": "a new one"})
    assert "sqlite_beside" not in kinds(studio)
    studio.close()


def test_a_file_that_is_none_of_ours_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database")
    (tmp_path / "folder").mkdir()

    assert [pictures_in(tmp_path / name) for name in ("text", "folder", "nothing")] == [0, 0, 0]
