"""A history of any length to measure with: `python -m tests.bench.seed_history N [folder]`.

Two years of a growing team, newest last, always the same for the same N: 92 % completed, the rest
failed, blocked or cancelled; 20 projects by Zipf's law; a fifth rated, a tenth approved or
rejected, a tenth tagged. Prompts are 8 to 24 words from a list whose first words are common
(`the` is in two thirds of them); `zephyranthes` is in 11 rows. Sixty small real pictures are
shared by all rows. A million rows take some minutes and about 1.5 GB.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from core.clock import first_id_at
from core.domain.vocabulary import parameters
from core.settings import Settings
from core.tables.generation import GenerationRow, PayloadRow
from core.tables.library import TagRow
from core.tables.studio import ProjectRow
from core.wiring import Studio, build_studio
from tests.fakes.engine import painted_square

NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
SPAN = timedelta(days=730)
PROJECTS, PICTURES, LOT = 20, 60, 20_000
RARE_WORD, RARE_ROWS = "zephyranthes", 11
TAGS = ("draft", "hero", "spring", "client-a", "client-b", "print", "social", "retouch")
WORDS = (
    *("the", "a", "of", "in", "on", "with", "woman", "street", "red", "light", "bottle", "car"),
    *("coat", "city", "table", "stone", "glass", "morning", "forest", "river", "dog", "cat"),
    *("mountain", "perfume", "sneaker", "bicycle", "lantern", "harbour", "market", "kitchen"),
    *("velvet", "copper", "marble", "linen", "ceramic", "orchid", "falcon", "violin", "anchor"),
    *(f"{first}{second}" for first in ("amber", "blue", "iron", "moss") for second in
      ("field", "gate", "stone", "wood", "leaf", "brook", "mill", "ridge", "vale", "haven")),
)  # fmt: skip

_RANKS = range(len(WORDS))
_SHARES = list(accumulate(1 / (rank + 1) ** 1.1 for rank in _RANKS))
"""Zipf's law: a few words are everywhere, most are rare."""


def seed_history(studio: Studio, rows: int, *, seed: int = 7) -> None:
    """Fill an empty studio with that many pictures, in lots of one transaction each."""
    chance = random.Random(seed)  # noqa: S311 - the same history every time
    _add_projects(studio)
    files = [studio.media.keep(painted_square(n * 7919), "image/png") for n in range(PICTURES)]
    rare = set(chance.sample(range(rows), min(RARE_ROWS, rows)))
    put_back = _take_indexes_off(studio)
    lot: list[dict[str, Any]] = []
    for number in range(rows):
        lot.append(_picture(chance, number, rows, files, is_rare=number in rare))
        if len(lot) == LOT or number == rows - 1:
            _write(studio, lot, chance)
            lot = []
    with studio.database.writing() as session:
        for statement in (*put_back, "ANALYZE"):
            session.connection().exec_driver_sql(statement)


def _take_indexes_off(studio: Studio) -> list[str]:
    """Drop what SQLite keeps beside the rows, and return the statements that build it at once.

    Kept row by row it takes ten times as long, most of it in the index of words.
    """
    if not studio.database.is_sqlite:
        return []
    with studio.database.writing() as session:
        connection = session.connection()
        found = connection.exec_driver_sql(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'generation' "
            "AND sql IS NOT NULL AND type IN ('index', 'trigger')"
        ).all()
        for kind, name, _ in found:
            connection.exec_driver_sql(f"DROP {kind} {name}")
    rebuild = "INSERT INTO generation_words(generation_words) VALUES ('rebuild')"
    return [*(sql for _, _, sql in found), rebuild]


def _picture(
    chance: random.Random, number: int, rows: int, files: Sequence[str], *, is_rare: bool
) -> dict[str, Any]:
    # the share of time that has passed grows with the root, so that later days are busier
    created_at = NEWEST - SPAN * (1 - ((number + 1) / rows) ** 0.5)
    status = (
        "completed" if chance.random() < 0.92 else chance.choice(("failed", "blocked", "cancelled"))
    )
    ranks = chance.choices(_RANKS, cum_weights=_SHARES, k=chance.randint(8, 24))
    words = [WORDS[rank] for rank in ranks]
    chosen = {
        one.name: chance.choice(one.values).value if chance.random() < 0.4 else None
        for one in parameters()
    }
    judged = chance.random()
    return {
        "id": first_id_at(created_at) + number % 4_000_000,
        "created_at": created_at,
        "user_id": 1,
        "project_id": min(int(chance.paretovariate(0.8)), PROJECTS),
        "status": status,
        "engine": "bria" if chance.random() < 0.6 else "preview",
        "mode": "manual" if chance.random() < 0.3 else "ai",
        "prompt": " ".join([*words, *([RARE_WORD] if is_rare else [])]),
        **chosen,
        "aspect_ratio": chance.choice(("1:1", "16:9", "4:5")),
        "resolution": "full",
        "seed": chance.randint(1, 2**31 - 1),
        "use_cache": True,
        "max_retries": 3,
        "retry_count": 0,
        "cached": chance.random() < 0.1,
        "cache_key": f"{chance.getrandbits(128):032x}",
        "started_at": created_at + timedelta(milliseconds=200 + 37 * (number % 101)),
        "completed_at": created_at + timedelta(seconds=16),
        "generation_seconds": round(chance.lognormvariate(2.7, 0.2), 2),
        "image_sha256": chance.choice(files) if status == "completed" else None,
        "image_type": "image/png" if status == "completed" else None,
        "price_microusd": 30_000,
        "reserved_microusd": 0,
        "spend_day": created_at.date().isoformat(),
        "repeats_used": 0,
        "quality_score": 0.5 + 0.05 * sum(value is not None for value in chosen.values()),
        "rating": chance.randint(1, 5) if judged < 0.2 else None,
        "verdict": chance.choice(("approved", "rejected")) if judged < 0.1 else None,
    }


def _write(studio: Studio, lot: list[dict[str, Any]], chance: random.Random) -> None:
    payloads = [
        {
            "generation_id": one["id"],
            "canonical": f"v1:{one['cache_key']}",
            "structured_prompt": f'{{"short_description":"{one["prompt"]}"}}',
        }
        for one in lot
    ]
    tags = [
        {"tag": chance.choice(TAGS), "generation_id": one["id"]}
        for one in lot
        if chance.random() < 0.1
    ]
    with studio.database.writing() as session:
        connection = session.connection()
        if studio.database.is_sqlite:
            connection.exec_driver_sql("PRAGMA cache_size = -600000")
        connection.execute(insert(GenerationRow), lot)
        connection.execute(insert(PayloadRow), payloads)
        if tags:
            connection.execute(insert(TagRow), tags)


def _add_projects(studio: Studio) -> None:
    rows: list[SQLModel] = [
        ProjectRow(id=n, name=f"Project {n:02}", colour="#0f766e", created_at=NEWEST - SPAN)
        for n in range(2, PROJECTS + 1)
    ]
    with studio.database.writing() as session:
        session.add_all(rows)


def open_folder(folder: Path) -> Studio:
    """Return a studio on a folder of its own, apart from any settings of the environment."""
    return build_studio(Settings(FIBO_DATA_DIR=folder, FIBO_PARALLEL=1))


def _progress(rows: int) -> Iterator[str]:
    started = time.monotonic()
    yield f"writing {rows:,} rows"
    yield f"done in {time.monotonic() - started:.0f} s"


if __name__ == "__main__":
    count = int(sys.argv[1].replace("_", "").replace(",", ""))
    target = Path(sys.argv[2] if len(sys.argv) > 2 else "data-seeded")
    told = _progress(count)
    print(next(told))
    opened = open_folder(target)
    seed_history(opened, count)
    opened.close()
    print(next(told), "into", target)
