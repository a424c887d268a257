"""A small history keeps the bars that a long one must keep; the long one is a command."""

from __future__ import annotations

from pathlib import Path

from tests.bench.history import measure
from tests.bench.seed_history import open_folder, seed_history


def test_depth_costs_nothing_and_words_are_found_by_their_index(tmp_path: Path) -> None:
    studio = open_folder(tmp_path)
    seed_history(studio, 20_000)

    figures = measure(studio, rounds=15)
    studio.close()

    # bars at a million rows are 1.5, 4 and 100; noise is large against so little
    assert figures.deep_page_ms < 2.5 * figures.first_page_ms
    assert figures.first_page_ms < 8 * figures.raw_page_ms
    assert figures.like_ms > 4 * figures.rare_word_ms
