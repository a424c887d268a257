"""Most of what people ask for in PartiPrompts has a stand-in of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.parti import (
    CATEGORIES_THAT_COUNT,
    LEAST_SHARE,
    PROMPTS,
    is_drawn,
    load_prompts,
    shares,
)
from tests.shared import MISSING

SAMPLE = Path(__file__).with_name("parti_sample.tsv")
"""Every fifth prompt of PartiPrompts (Google, Apache-2.0)."""


@pytest.mark.parametrize("source", [SAMPLE, PROMPTS], ids=["sample", "all"])
def test_seven_in_ten_of_each_category_get_a_stand_in_of_their_own(source: Path) -> None:
    if not source.exists():
        pytest.skip(MISSING)
    found = shares(load_prompts(source))

    assert min(found[name] for name in CATEGORIES_THAT_COUNT) >= LEAST_SHARE, found


def test_prompts_of_every_category_are_drawn() -> None:
    entries = load_prompts(SAMPLE)
    some = {entry.category: entry.prompt for entry in entries}

    assert len(some) == 12
    assert all(is_drawn(prompt) for prompt in some.values())
