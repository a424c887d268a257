"""Compares this machine's clock with Bria's, using the Date header of Bria's responses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from core.clock import LARGEST_SKEW_SECONDS

log = logging.getLogger(__name__)

SHOWN_FOR = timedelta(hours=1)
"""An older comparison says nothing about the clock now."""

_WHOLE_SECOND = timedelta(seconds=1)


class ProviderClock:
    """The clock difference in the last response; only shown to people, nothing depends on it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seen: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """Return this machine's time."""
        return self._now()

    def note(self, headers: Mapping[str, str], *, asked_at: datetime) -> None:
        """Compare with the Date of a response that has just arrived; skip cached responses."""
        try:
            date = parsedate_to_datetime(headers.get("Date", ""))
        except ValueError:
            return
        if "Age" in headers:
            return
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        # the response was dated between the request and now, rounded down to the second
        ahead = asked_at - (date + _WHOLE_SECOND)
        behind = date - self._now()
        seconds = max(ahead, timedelta(0)) - max(behind, timedelta(0))
        was_off = self.ahead_seconds is not None
        self._seen = self._now(), seconds.total_seconds()
        if self.ahead_seconds is not None and not was_off:
            log.warning("this machine's clock differs from Bria's by %.0f s", self._seen[1])

    @property
    def ahead_seconds(self) -> float | None:
        """Seconds this clock is ahead of Bria's, negative if behind; None if that is little."""
        if self._seen is None:
            return None
        at, seconds = self._seen
        is_fresh = abs(self._now() - at) <= SHOWN_FOR
        return seconds if is_fresh and abs(seconds) > LARGEST_SKEW_SECONDS else None
