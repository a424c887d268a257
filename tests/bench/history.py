"""What pages and searches of a long history cost: `python -m tests.bench.history [N] [folder]`.

Each ratio is of medians taken turn by turn in one run, so that noise meets both sides:
a page at depth N/2 to page 1 (at most 1.5), LIKE to the index for a word of 11 rows (at least
100), and a page through the app's own functions to the same columns by raw sqlite3 (at most 4).
"""

from __future__ import annotations

import itertools
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.library.pages import TILE_COLUMNS, Place
from core.wiring import Studio
from tests.bench.seed_history import RARE_WORD, open_folder, seed_history

PAGE_SIZE, ROUNDS = 48, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Medians in milliseconds."""

    rows: int
    first_page_ms: float
    deep_page_ms: float
    raw_page_ms: float
    rare_word_ms: float
    common_word_ms: float
    like_ms: float
    count_ms: float
    facets_ms: float

    def lines(self) -> list[str]:
        """Return the figures and the three bars for people."""
        deep = self.deep_page_ms / self.first_page_ms
        over_raw = self.first_page_ms / self.raw_page_ms
        over_like = self.like_ms / self.rare_word_ms
        found = ("page 1", self.first_page_ms), ("page at N/2", self.deep_page_ms)
        words = ("rare word", self.rare_word_ms), ("common word", self.common_word_ms)
        sums = ("capped count", self.count_ms), ("facets", self.facets_ms)
        raw = ("raw sqlite3 page 1", self.raw_page_ms), ("LIKE", self.like_ms)
        return [
            f"{self.rows:,} rows, pages of {PAGE_SIZE}, medians in ms",
            *(f"{name} {ms:.2f}" for name, ms in (*found, *raw, *words, *sums)),
            f"page at N/2 to page 1: {deep:.2f} (at most 1.5)",
            f"page 1 to raw sqlite3: {over_raw:.2f} (at most 4)",
            f"LIKE to rare word: {over_like:.0f} (at least 100)",
        ]


def measure(studio: Studio, *, rounds: int = ROUNDS, like_rounds: int = 3) -> Figures:
    """Return what the pages of a seeded studio on SQLite cost."""
    library = studio.library
    raw = sqlite3.connect(studio.database.url.removeprefix("sqlite:///"))
    rows, middle = _middle(raw, studio)
    columns = ", ".join(TILE_COLUMNS)
    page = (
        f"SELECT {columns} FROM generation WHERE user_id = 1 AND purged_at IS NULL "  # noqa: S608 - our own names
        f"AND trashed_at IS NULL ORDER BY created_at DESC, id DESC LIMIT {PAGE_SIZE + 1}"
    )
    like = (
        "SELECT id FROM generation WHERE user_id = 1 AND prompt LIKE ? "  # noqa: S608 - likewise
        f"ORDER BY created_at DESC, id DESC LIMIT {PAGE_SIZE}"
    )
    fresh = itertools.count(1)
    asked: dict[str, Callable[[], object]] = {
        "first": lambda: library.find("", limit=PAGE_SIZE),
        "deep": lambda: library.find("", limit=PAGE_SIZE, before=middle),
        "raw": lambda: raw.execute(page).fetchall(),
        "rare": lambda: library.find(RARE_WORD, limit=PAGE_SIZE),
        "common": lambda: library.find("the", limit=PAGE_SIZE),
        # a line never asked before, since an answer is kept until something changes
        "count": lambda: library.count(f"lighting:golden-hour -id:{next(fresh)}"),
        "facets": lambda: library.facets(f"-id:{next(fresh)}"),
    }
    times = {name: [_milliseconds(ask)] for name, ask in asked.items()}  # the first one warms up
    # pages alone first: after a thousand counted rows the next page would find cold caches
    for group in (("first", "raw", "deep", "rare"), ("common", "count", "facets")):
        for _ in range(rounds):
            for name in group:
                times[name].append(_milliseconds(asked[name]))
    likes = [
        _milliseconds(lambda: raw.execute(like, (f"%{RARE_WORD}%",)).fetchall())
        for _ in range(like_rounds)
    ]
    raw.close()
    median = {name: statistics.median(taken[1:]) for name, taken in times.items()}
    return Figures(
        rows=rows,
        first_page_ms=median["first"],
        deep_page_ms=median["deep"],
        raw_page_ms=median["raw"],
        rare_word_ms=median["rare"],
        common_word_ms=median["common"],
        like_ms=statistics.median(likes),
        count_ms=median["count"],
        facets_ms=median["facets"],
    )


def _middle(raw: sqlite3.Connection, studio: Studio) -> tuple[int, Place]:
    rows = raw.execute("SELECT count(*) FROM generation").fetchone()[0]
    by_age = "SELECT id FROM generation ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ?"
    (middle_id,) = raw.execute(by_age, (rows // 2,)).fetchone()
    generation = studio.service.see(middle_id)
    return rows, Place(generation.created_at, generation.id)


def _milliseconds(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


def _run(rows: int, folder: Path) -> None:
    studio = open_folder(folder)
    if not (studio.settings.data_dir / "seeded").exists():
        started = time.monotonic()
        seed_history(studio, rows)
        (studio.settings.data_dir / "seeded").touch()
        print(f"seeded in {time.monotonic() - started:.0f} s")
    print("\n".join(measure(studio).lines()))
    studio.close()


if __name__ == "__main__":
    wanted = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        _run(wanted, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            _run(wanted, Path(temporary))
