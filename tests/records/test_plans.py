"""Postgres reads its indexes: no page and no word walks the whole table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy import event

from core.library.pages import Place
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.bench.seed_history import RARE_WORD, seed_history
from tests.fakes.engine import PaintedEngine


@pytest.fixture
def seeded(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("seeded")
    settings = Settings(FIBO_DATA_DIR=folder, FIBO_DATABASE_URL=SecretStr(postgres_url))
    studio = build_studio(settings, engines=[PaintedEngine()])
    seed_history(studio, 20_000)
    yield studio
    studio.close()


def test_pages_and_words_use_their_indexes(seeded: Studio) -> None:
    place = seeded.library.find("", limit=100).tiles[-1].place
    plans = {
        "page": plan(seeded, "", before=place),
        "rare": plan(seeded, RARE_WORD),
        "seed": plan(seeded, "seed:4711"),
    }

    plans["facets"] = plans_of(seeded, lambda: seeded.library.facets(""))
    plans["facets of a word"] = plans_of(seeded, lambda: seeded.library.facets(RARE_WORD))

    assert re.search(r"ix_generation_(user|created)", plans["page"]), plans["page"]
    assert re.search(r"ix_generation_(user|created)", plans["facets"]), plans["facets"]
    assert "ix_generation_words" in plans["rare"], plans["rare"]
    assert "ix_generation_seed" in plans["seed"], plans["seed"]
    assert not any("Seq Scan" in found for found in plans.values()), plans


def plan(studio: Studio, line: str, *, before: Place | None = None) -> str:
    """Return how Postgres would find the page that the library asks for."""
    return plans_of(studio, lambda: studio.library.find(line, limit=24, before=before))


def plans_of(studio: Studio, ask: Callable[[], object]) -> str:
    """Return how Postgres would do what the library really asks of the pictures."""
    asked: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "FROM generation " in statement.replace("\n", " "):
            asked.append((statement, parameters))

    event.listen(studio.database.engine, "before_cursor_execute", note)
    ask()
    event.remove(studio.database.engine, "before_cursor_execute", note)
    with studio.database.engine.connect() as connection:
        return "\n".join(
            row[0]
            for statement, parameters in asked
            for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)  # type: ignore[arg-type]
        )
