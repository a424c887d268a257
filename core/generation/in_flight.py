"""Counts the calls to providers that are under way, so that closing the studio waits for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import StudioClosingError


class InFlight:
    """Counts the calls under way, and refuses new ones once it is closed.

    An order that is cut off between leaving and its answer may be paid for without anybody here
    knowing its request id (F09 in docs/provider.md).
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_open = True
        self._under_way = 0

    def open(self) -> None:
        """Allow calls to begin."""
        with self._changed:
            self._is_open = True

    def close(self, *, wait_seconds: float) -> bool:
        """Refuse new calls, and return whether those under way ended within `wait_seconds`."""
        with self._changed:
            self._is_open = False
            return self._changed.wait_for(lambda: self._under_way == 0, wait_seconds)

    def check(self) -> None:
        """Raise StudioClosingError if no call may begin."""
        with self._changed:
            if not self._is_open:
                raise StudioClosingError(
                    "The studio is closing; the work goes on after the next start."
                )

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Count the block as a call under way; StudioClosingError if no call may begin."""
        with self._changed:  # a reentrant lock: `check` takes it again
            self.check()
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()
