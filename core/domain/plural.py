"""A number with its noun, as it is said to people."""

from __future__ import annotations


def count_of(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: `1 row`, `1,204 rows`; `many` where an s does not do."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
