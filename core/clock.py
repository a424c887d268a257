"""Time, chance and identity as things that can be handed in."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

UNIX = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment from which microseconds are counted where a number is stored."""

MICROSECOND = timedelta(microseconds=1)

LARGEST_SKEW_SECONDS = 5.0
"""A clock that differs from another one by more than this is shown to people."""

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_COUNTER_BITS = 22


class Clock:
    """The machine's time, and ids that sort by it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_id = 0
        self._chance = random.SystemRandom()

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return datetime.now(UTC)

    def stopwatch(self) -> Callable[[], float]:
        """Start counting and return a function that tells the seconds since."""
        started = time.monotonic()
        return lambda: time.monotonic() - started

    def stopwatch_through_sleep(self) -> Callable[[], float]:
        """Start counting as `stopwatch` does, where the time that the machine sleeps counts too."""
        started = _seconds_through_sleep()
        return lambda: _seconds_through_sleep() - started

    def new_seed(self, largest: int) -> int:
        """Return a seed between 1 and `largest` that nobody can foresee."""
        return self._chance.randint(1, largest)

    def new_id(self) -> int:
        """Return a 63-bit id: milliseconds since 2024, then 22 random bits, always rising.

        Later ids are larger within a process, and almost surely between processes. A number of
        63 bits fits SQLite's rowid and Postgres' BIGINT, and its index is smaller than a UUID's.
        """
        with self._lock:
            fresh = (first_id_at(self.now())) | self._chance.getrandbits(_COUNTER_BITS - 1)
            self._last_id = max(fresh, self._last_id + 1)
            return self._last_id


def first_id_at(moment: datetime) -> int:
    """Return the smallest id that `moment` can give; ids from it on are not older."""
    return ((moment - _EPOCH) // timedelta(milliseconds=1)) << _COUNTER_BITS


def _seconds_through_sleep() -> float:
    # what Python calls monotonic stands still on Linux while the machine sleeps
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)
