"""The settings that make reruns cheap are in force."""

from __future__ import annotations

import pytest

from tests.bench.rerun import measure
from tests.browser.conftest import CHROMIUM


@pytest.mark.bench
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed")
def test_a_rerun_costs_a_small_part_of_what_it_costs_with_default_settings() -> None:
    tuned_ms, default_ms = measure(most_rounds=1)

    # a tenth on a quiet machine; a noisy one blurs small figures more than large ones
    assert tuned_ms / default_ms < 0.25
