"""A number with its noun."""

from __future__ import annotations


def count_of(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: `1 row`, `1,204 rows`; `many` is an irregular plural."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
