"""A small history keeps what a long one must keep; the long one is a command."""

from __future__ import annotations

from pathlib import Path

from tests.bench.insights import measure
from tests.bench.seed_history import open_folder, seed_history


def test_figures_are_read_and_percentiles_are_near_without_the_generations(tmp_path: Path) -> None:
    studio = open_folder(tmp_path)
    seed_history(studio, 4_000)
    studio.close()

    reopened = open_folder(tmp_path)
    figures = measure(reopened, rounds=3)
    reopened.close()

    # 4,000 rows over 730 days are hardly fewer as days; the bars are kept from a million on
    assert figures.rows == 4_000
    assert max(figures.p50_error, figures.p95_error) <= 0.02
    assert figures.days_ms < figures.raw_page_ms
    assert len(figures.bars()) == 3
