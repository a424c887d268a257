"""Time, chance and identity as arguments."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

UNIX = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment from which stored microseconds are counted."""

MICROSECOND = timedelta(microseconds=1)

LARGEST_SKEW_SECONDS = 5.0
"""A clock that differs from another one by more than this is shown to people."""

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_COUNTER_BITS = 22


class Clock:
    """The machine's time, and ids that sort by time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_id = 0
        self._chance = random.SystemRandom()

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return datetime.now(UTC)

    def stopwatch(self) -> Callable[[], float]:
        """Start a stopwatch; the returned function gives the seconds since."""
        started = time.monotonic()
        return lambda: time.monotonic() - started

    def stopwatch_through_sleep(self) -> Callable[[], float]:
        """Start a stopwatch that also counts the time while the machine sleeps."""
        started = _seconds_through_sleep()
        return lambda: _seconds_through_sleep() - started

    def new_seed(self, largest: int) -> int:
        """Return an unpredictable seed between 1 and `largest`."""
        return self._chance.randint(1, largest)

    def new_id(self) -> int:
        """Return a 63-bit id that always rises: milliseconds since 2024, then 22 random bits.

        Later ids are larger within a process, and almost certainly between processes. 63 bits fit
        SQLite's rowid and Postgres' BIGINT, and the index is smaller than that of a UUID.
        """
        with self._lock:
            fresh = (first_id_at(self.now())) | self._chance.getrandbits(_COUNTER_BITS - 1)
            self._last_id = max(fresh, self._last_id + 1)
            return self._last_id


def first_id_at(moment: datetime) -> int:
    """Return the smallest id of `moment`; ids from it on are not older."""
    return ((moment - _EPOCH) // timedelta(milliseconds=1)) << _COUNTER_BITS


def _seconds_through_sleep() -> float:
    # Python's monotonic clock stops on Linux while the machine sleeps
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)
