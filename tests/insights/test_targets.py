"""The monitoring targets: which are judged, and from how many cases."""

from __future__ import annotations

import pytest

from core.cache.counts import CacheCounts
from core.insights.report import Totals
from core.insights.targets import FEWEST_CASES, Target, check_targets

CACHE = CacheCounts(
    entries=3,
    valid=3,
    expired=0,
    picture_bytes=0,
    entry_bytes=0,
    hits=0,
    saved_seconds=0.0,
    saved_microusd=0,
    found_expired=0,
    evicted=0,
    cleared=0,
)


def targets(**sums: int) -> dict[str, Target]:
    return {one.name: one for one in check_targets(Totals(sums), CACHE, 100)}


def test_one_failure_among_three_says_nothing_about_a_target() -> None:
    success = targets(completed=2, failed=1)["Success"]

    assert (success.status, success.n) == ("too_few", 3)


@pytest.mark.parametrize(("failed", "status"), [(1, "missed"), (0, "met")])
def test_a_target_is_judged_from_twenty_cases_on(failed: int, status: str) -> None:
    success = targets(completed=FEWEST_CASES - failed, failed=failed)["Success"]

    assert success.status == status
    assert targets(completed=FEWEST_CASES - 1 - failed, failed=failed)["Success"].status == (
        "too_few"
    )


def test_few_cache_hits_are_no_failure_and_many_meet_the_target() -> None:
    assert targets(eligible=100, hits=3)["Cache hits"].status == "below"
    assert targets(eligible=100, hits=61)["Cache hits"].status == "met"
    assert targets(eligible=FEWEST_CASES - 1, hits=0)["Cache hits"].status == "too_few"


def test_without_a_case_nothing_is_judged_but_how_full_the_cache_is() -> None:
    assert {name: one.status for name, one in targets().items()} == {
        "Cache hits": "no_case",
        "Retries": "no_case",
        "Success": "no_case",
        "Average time": "no_case",
        "Cache memory": "met",
    }
