"""A small run of the bench that takes all PartiPrompts through the browser."""

from __future__ import annotations

import pytest

from tests.bench.parti import PROMPTS
from tests.bench.parti_batch import run
from tests.browser.conftest import CHROMIUM
from tests.shared import MISSING

ROWS = 34


@pytest.mark.bench
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed")
@pytest.mark.skipif(not PROMPTS.exists(), reason=MISSING)
def test_a_batch_from_the_browser_survives_a_killed_worker() -> None:
    report = run(rows=ROWS, kills=1)

    assert report.pictures == ROWS
    assert 0 < report.killed_at[0] < ROWS
