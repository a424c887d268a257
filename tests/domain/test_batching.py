"""When a batch stops by itself: a rule over counts alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.domain.batching import (
    FEWEST_SETTLED,
    Acknowledged,
    LineState,
    StopRules,
    acknowledged_of,
    reason_to_stop,
    still_acknowledged,
)

few = st.integers(min_value=0, max_value=60)
shares = st.floats(min_value=0.01, max_value=1.0)
RULES = StopRules(failed_share=0.3)


@given(done=few, failed=few, unclear=few, late=few, share=shares)
def test_an_unclear_or_late_row_counts_for_the_stop_rules_as_a_failed_one_does(
    done: int, failed: int, unclear: int, late: int, share: float
) -> None:
    rules = StopRules(failed_share=share)
    mixed = {
        LineState.DONE: done,
        LineState.FAILED: failed,
        LineState.UNKNOWN: unclear,
    }
    all_failed = {LineState.DONE: done, LineState.FAILED: failed + unclear + late}

    stops = reason_to_stop(mixed, rules, Acknowledged(), late=late) is not None

    assert stops == (reason_to_stop(all_failed, rules, Acknowledged()) is not None)
    settled = done + failed + unclear + late
    assert stops == (settled >= FEWEST_SETTLED and (failed + unclear + late) / settled > share)


@given(done=few, failed=few, unclear=few, late=few, more=few)
def test_what_was_seen_is_not_held_against_it_and_what_comes_after_is(
    done: int, failed: int, unclear: int, late: int, more: int
) -> None:
    counts = {LineState.DONE: done, LineState.FAILED: failed, LineState.UNKNOWN: unclear}
    seen = acknowledged_of(counts, late=late)
    assert reason_to_stop(counts, RULES, seen, late=late) is None

    later = {**counts, LineState.UNKNOWN: unclear + more}

    stops = reason_to_stop(later, RULES, seen, late=late) is not None
    assert stops == (more >= FEWEST_SETTLED)


@given(done=few, unclear=few, late=few)
def test_seen_problem_that_is_mended_hides_no_new_one(done: int, unclear: int, late: int) -> None:
    seen = acknowledged_of({LineState.DONE: done, LineState.UNKNOWN: unclear}, late=late)
    mended = {LineState.DONE: done + unclear + late}
    seen = still_acknowledged(seen, acknowledged_of(mended))

    again = {**mended, LineState.UNKNOWN: FEWEST_SETTLED}

    assert reason_to_stop(again, RULES, seen) is not None


def test_the_reason_tells_what_the_rows_may_have_cost() -> None:
    counts = {LineState.DONE: 8, LineState.UNKNOWN: 12}
    reason = reason_to_stop(counts, RULES, Acknowledged(), money="$0.36 perhaps charged")
    assert "12 of the last 20 rows failed or are unclear, $0.36 perhaps charged" in (reason or "")
