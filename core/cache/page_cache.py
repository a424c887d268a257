"""The in-memory cache, Streamlit's own: bounded, expiring, one read for concurrent callers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

MOST_IN_MEMORY = 10_000


class PageCache(Generic[Value]):
    """Caches what `read` returned for its arguments; of concurrent callers only one reads.

    Nothing is cached if `read` raises. `place` keeps two databases in one process apart. Keys are
    compared by their `repr`, which suits numbers, words and dataclasses.
    """

    def __init__(
        self, read: Callable[..., Value], *, place: str, ttl_seconds: float, max_entries: int
    ) -> None:
        self._read = read
        self._place = place
        self._ttl_seconds = ttl_seconds
        self._max_entries = max_entries

    def recall(self, *key: object) -> Value:
        """Return the cached value of a key, or read it; raises what `read` raises."""
        # by keyword, because with positional arguments Streamlit reads the signature on every call
        found: Value = self._recall(text=f"{self._place} {key!r}", _read=self._read, _key=key)
        return found

    def clear(self) -> None:
        """Clear the cache of this process."""
        self._recall.clear()

    @cached_property
    def _recall(self) -> Any:  # noqa: ANN401 - Streamlit's wrapper of a function
        import streamlit as st  # noqa: PLC0415 - a worker shows no page and does without

        # one text as the key: Streamlit needs time for every separate argument
        def recall(text: str, _read: Callable[..., Value], _key: tuple[object, ...]) -> Value:  # noqa: ARG001 - Streamlit's key
            return _read(*_key)

        # Streamlit tells cached functions apart by their names
        recall.__qualname__ = f"{recall.__qualname__} of {self._read.__qualname__}"
        return st.cache_data(
            ttl=self._ttl_seconds,
            max_entries=min(self._max_entries, MOST_IN_MEMORY),
            show_spinner=False,
        )(recall)
