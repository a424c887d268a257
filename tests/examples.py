"""How many examples Hypothesis tries: few while somebody waits, many in `.ci/run`."""

from __future__ import annotations

import os

from hypothesis import settings

ARE_MANY = os.environ.get("FIBO_TEST_EXAMPLES") == "many"
"""Set by `FIBO_TEST_EXAMPLES=many`."""

PART = 8
LEAST = 4


def examples(most: int) -> int:
    """Return `most` where many examples are wanted, an eighth of it and at least 4 otherwise."""
    return most if ARE_MANY else max(min(most, LEAST), most // PART)


def choose_profile() -> None:
    """Let every property test use the chosen number of examples, and none a deadline."""
    settings.register_profile("studio", max_examples=examples(100), deadline=None)
    settings.load_profile("studio")
