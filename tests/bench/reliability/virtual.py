"""Time that passes only when everybody waits, so that hours of a provider take seconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from core.clock import Clock, first_id_at

START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


class _Jump(selectors.DefaultSelector):
    """Instead of waiting for a timer, put the time forward to it."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("nobody waits for a time, so nothing would ever happen again")
        self.seconds += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop without sockets and threads: timers jump, `to_thread` runs at once."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._jump.seconds

    def run_in_executor(  # type: ignore[override] # the stub of the base class is looser
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run the function here and now: one thread makes a run repeatable."""
        del executor
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as failure:  # noqa: BLE001 - it belongs to whoever awaits
            future.set_exception(failure)
        return future


class VirtualClock(Clock):
    """The time of a virtual loop; ids rise and are the same in every run."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop

    def now(self) -> datetime:
        """Return the virtual moment."""
        return START + timedelta(seconds=self._loop.time())

    def stopwatch(self) -> Callable[[], float]:
        """Start counting virtual seconds."""
        started = self._loop.time()
        return lambda: self._loop.time() - started

    def new_id(self) -> int:
        """Return an id of this moment, larger than all before."""
        self._last_id = max(first_id_at(self.now()), self._last_id + 1)
        return self._last_id
