"""How numbers and facts are written in sentences."""

from __future__ import annotations

DOT = " · "
"""Between the facts of one line."""


def count_of(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: `1 row`, `1,204 rows`; `many` is an irregular plural."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def at_start(words: str) -> str:
    """Return words as they begin a sentence, with a capital letter."""
    return words[:1].upper() + words[1:]
