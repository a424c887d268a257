"""The gate that calls to a provider pass: a studio that closes lets those under way end first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import StudioClosingError


class InFlight:
    """Knows how many calls are under way, and lets no more begin once it is closed.

    An order that is cut off between leaving and its answer may be paid for without anybody here
    knowing its number (F09 in docs/provider.md).
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_open = True
        self._under_way = 0

    def open(self) -> None:
        """Let calls begin."""
        with self._changed:
            self._is_open = True

    def close(self, *, wait_seconds: float) -> bool:
        """Let no more calls begin, and return whether those under way have ended in time."""
        with self._changed:
            self._is_open = False
            return self._changed.wait_for(lambda: self._under_way == 0, wait_seconds)

    def check(self) -> None:
        """Raise StudioClosingError if the gate is closed."""
        with self._changed:
            if not self._is_open:
                raise StudioClosingError(
                    "The studio is closing; the work goes on after the next start."
                )

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Count the block as a call under way; StudioClosingError if the gate is closed."""
        with self._changed:  # its lock may be taken twice by one thread
            self.check()
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()
