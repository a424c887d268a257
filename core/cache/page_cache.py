"""The tier in memory, which is Streamlit's own cache: bounded, timed, one flight for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import streamlit as st

Value = TypeVar("Value")

MOST_IN_MEMORY = 10_000


class PageCache(Generic[Value]):
    """Remembers what `read` returned for its arguments; of many askers at once one reads.

    Nothing is remembered when `read` raises. `place` keeps two databases in one process apart.
    Keys are told apart by their `repr`, as those of numbers, words and dataclasses can be.
    """

    def __init__(
        self, read: Callable[..., Value], *, place: str, ttl_seconds: float, max_entries: int
    ) -> None:
        # one text as the key: Streamlit takes its time over every argument that it tells apart
        def recall(text: str, _read: Callable[..., Value], _key: tuple[object, ...]) -> Value:  # noqa: ARG001 - Streamlit's key
            return _read(*_key)

        # Streamlit tells cached functions apart by their names
        recall.__qualname__ = f"{recall.__qualname__} of {read.__qualname__}"
        self._recall: Any = st.cache_data(
            ttl=ttl_seconds,
            max_entries=min(max_entries, MOST_IN_MEMORY),
            show_spinner=False,
        )(recall)
        self._read = read
        self._place = place

    def recall(self, *key: object) -> Value:
        """Return what is remembered for a key, or read it; raises what reading raises."""
        # by name, because for arguments by position Streamlit reads the signature at every call
        found: Value = self._recall(text=f"{self._place} {key!r}", _read=self._read, _key=key)
        return found

    def clear(self) -> None:
        """Forget everything, in this process."""
        self._recall.clear()
