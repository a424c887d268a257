"""The benchmark of a large batch: a small one goes through it, and its bars can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench.batch import Figures, measure
from tests.browser.conftest import CHROMIUM

VERBS = ("pause", "retry", "resume", "pause again", "finish", "cancel")
ROWS = 2_000
"""So many that the batch is still under way when the verbs come late on a busy machine."""

QUICK = Figures(
    rows=100_000,
    check_seconds=9.0,
    check_peak_mb=420.0,
    durable_seconds=12.0,
    first_picture_seconds=1.0,
    verb_seconds=dict.fromkeys(VERBS, 0.5),
    idle_ms=[60.0, 70.0, 80.0],
    busy_ms=[100.0, 120.0, 140.0],
)


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed")
def test_a_small_batch_goes_through_every_step_of_the_benchmark() -> None:
    figures = measure(ROWS, reruns=3, watched_seconds=0)

    assert tuple(figures.verb_seconds) == VERBS
    assert min(figures.check_seconds, figures.durable_seconds, figures.check_peak_mb) > 0
    assert len(figures.idle_ms) == 3
    assert len(figures.busy_ms) >= 1
    assert figures.crowding >= 1
    assert len(figures.table().splitlines()) == 2 + len(figures.bars)


@pytest.mark.parametrize(
    "slow",
    [
        {"check_seconds": 21.0},
        {"check_peak_mb": 501.0},
        {"durable_seconds": 21.0},
        {"first_picture_seconds": 5.1},
        {"verb_seconds": {**QUICK.verb_seconds, "cancel": 2.1}},
        {"busy_ms": [300.0, 310.0, 320.0]},
    ],
)
def test_each_bar_can_be_missed(slow: dict[str, object]) -> None:
    assert all(bar.is_held for bar in QUICK.bars)
    assert "FAIL" not in QUICK.table()

    missed = [bar for bar in replace(QUICK, **slow).bars if not bar.is_held]  # type: ignore[arg-type]

    assert len(missed) == 1
    assert missed[0].line.endswith("FAIL")
