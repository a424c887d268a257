"""The measurement in small: requests beside an open tab go well, and a missed bar is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.bench.load import ROUTES, Figures, ask, measure, table
from tests.browser.conftest import CHROMIUM
from tests.serving import Server


def figures(*, slowest_ms: float = 20.0, errors: int = 0) -> Figures:
    return Figures(
        route="history",
        alone_ms=[9.0, 10.0, 11.0],
        together_ms=[20.0] * 90 + [slowest_ms] * 10,
        errors=errors,
    )


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed")
def test_lists_and_figures_are_answered_beside_an_open_tab() -> None:
    results = measure(requests=32, tabs=1, rows=100)

    assert [found.route for found in results] == list(ROUTES)
    assert [found.errors for found in results] == [0, 0]
    assert [len(found.together_ms) for found in results] == [32, 32]


def test_an_answer_that_is_no_success_counts_as_an_error(serve: Callable[..., Server]) -> None:
    url = serve().url

    taken, errors = ask(url, "/api/generate/history?limit=0", requests=10, connections=3)

    assert (len(taken), errors) == (10, 10)


def test_a_bar_is_missed_by_a_slow_twentieth_or_by_one_error() -> None:
    assert figures(slowest_ms=50.0).holds
    assert not figures(slowest_ms=51.0).holds
    assert not figures(errors=1).holds
    assert table([figures(errors=1)]).endswith("**missed** |")
