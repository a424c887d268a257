"""A loop that is replaced when it hangs; a hang shows in the duration of a round."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from core.clock import Clock

log = logging.getLogger(__name__)

HANGS_AFTER_SECONDS = 60.0
"""A longer round counts as a hang; the longest wait for a database is half as long."""

MOST_LOOPS = 3
"""After this many hanging loops in a row, no further one is started."""

LEAVE_SECONDS = 3.0
LOOK_SECONDS = 0.5


class IdleWatch:
    """Detects, by elapsed time, that work was handed over and none of it begins."""

    def __init__(
        self, clock: Clock, *, for_good_seconds: float = MOST_LOOPS * HANGS_AFTER_SECONDS
    ) -> None:
        self._clock = clock
        self._for_good_seconds = for_good_seconds
        self._since_idle: Callable[[], float] | None = None

    @property
    def hangs(self) -> bool:
        """Whether nothing has begun for longer than that should take."""
        return self._idle_seconds() > HANGS_AFTER_SECONDS

    @property
    def hangs_for_good(self) -> bool:
        """Whether this has lasted for so long that nothing will begin any more."""
        return self._idle_seconds() > self._for_good_seconds

    def note_idle(self) -> None:
        """Record that work waits and none is under way; the time counts from the first call."""
        if self._since_idle is None:
            self._since_idle = self._clock.stopwatch()

    def note_well(self) -> None:
        """Record that something has begun, or that nothing waits."""
        self._since_idle = None

    def _idle_seconds(self) -> float:
        since_idle = self._since_idle
        return 0.0 if since_idle is None else since_idle()


class WatchedLoop:
    """Runs one loop at a time, each in a thread of its own, which is abandoned if it hangs.

    The loop calls the function it is given at the end of each round, and returns if that returns
    False, because another loop has replaced it.
    """

    def __init__(self, clock: Clock, *, name: str) -> None:
        self._clock = clock
        self._name = name
        self._lock = threading.Lock()
        self._turn = self._hung = 0
        self._since_moved: Callable[[], float] | None = None

    @property
    def hangs(self) -> bool:
        """Whether no round has ended for longer than a round should take."""
        return self._still_seconds() > HANGS_AFTER_SECONDS

    @property
    def hangs_for_good(self) -> bool:
        """Whether the loops that replaced a hanging one hang too."""
        return self._still_seconds() > MOST_LOOPS * HANGS_AFTER_SECONDS

    def run(self, loop: Callable[[Callable[[], bool]], None], leaving: threading.Event) -> None:
        """Return when the loop does, and raise what it raises.

        Once `leaving` is set, a hanging loop is waited for no longer than `LEAVE_SECONDS`.
        """
        with self._lock:
            self._since_moved, self._hung = self._clock.stopwatch(), 0
        ended: queue.Queue[BaseException | None] = queue.Queue()
        try:
            while not leaving.is_set():
                self._begin(loop, ended)
                if self._has_ended(ended, leaving):
                    return
                log.error("%s hangs; it is left behind, and another goes on", self._name)
        finally:
            with self._lock:
                self._turn += 1
                self._since_moved = None

    def _begin(
        self,
        loop: Callable[[Callable[[], bool]], None],
        ended: queue.Queue[BaseException | None],
    ) -> None:
        with self._lock:
            self._turn += 1
            turn = self._turn

        def run() -> None:
            failure: BaseException | None = None
            try:
                loop(lambda: self._note_moved(turn))
            except BaseException as broken:  # noqa: BLE001 - handed to whoever runs the loop
                failure = broken
            with self._lock:
                is_current = turn == self._turn
            if is_current:
                ended.put(failure)

        threading.Thread(target=run, name=self._name, daemon=True).start()

    def _has_ended(
        self, ended: queue.Queue[BaseException | None], leaving: threading.Event
    ) -> bool:
        """Return True once the loop has ended, False if it hangs; raise what it raised."""
        since_begun = self._clock.stopwatch()
        while True:
            try:
                failure = ended.get(timeout=LEAVE_SECONDS if leaving.is_set() else LOOK_SECONDS)
            except queue.Empty:
                if leaving.is_set():
                    log.warning("left before %s had ended", self._name)
                    return True
                still_seconds = min(self._still_seconds(), since_begun())
                if still_seconds > HANGS_AFTER_SECONDS and self._hung < MOST_LOOPS - 1:
                    self._hung += 1
                    return False
            else:
                if failure is not None:
                    raise failure
                return True

    def _note_moved(self, turn: int) -> bool:
        with self._lock:
            if turn != self._turn:
                return False
            self._since_moved, self._hung = self._clock.stopwatch(), 0
            return True

    def _still_seconds(self) -> float:
        with self._lock:
            return 0.0 if self._since_moved is None else self._since_moved()
