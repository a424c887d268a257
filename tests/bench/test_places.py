"""The places of a batch are all used, and never more; how well is only measured in the bench."""

from __future__ import annotations

from tests.bench.places import PLACES, measure


def test_eight_at_once_are_eight_and_never_nine() -> None:
    found = measure(rows=2 * PLACES, latency_seconds=5.0)

    assert (found.made, found.most_at_once) == (2 * PLACES, PLACES)
    assert found.times_ideal > 1, "no picture is there before its time"
