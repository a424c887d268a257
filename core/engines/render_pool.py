"""Processes that render, so that pages stay responsive; they end with their parent."""

from __future__ import annotations

import heapq
import importlib
import itertools
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

log = logging.getLogger(__name__)

MOST_PROCESSES = 2
"""A render of 1024 px uses up to 500 MB and a whole core (`python -m tests.bench.preview`)."""

LONGEST_SECONDS = 120.0
"""How long one render may take; the largest takes a few seconds on a slow machine."""

SHOWN_SECONDS = 600.0
"""How long people see that a render was ended."""

LIVE_PREVIEW, PICTURE = 0, 1
"""Urgency of a render; a live preview that somebody is looking at comes before other pictures."""


class RenderHungError(BrokenProcessPool):
    """The render took too long, and its process was ended."""


class RenderPool:
    """At most `processes` renders at once; waiting ones are ordered by urgency, then by age.

    The work waits here and not in the executor, which only knows the order of arrival. Processes
    start with the first render. A render that takes longer than `longest_seconds` is killed, and
    with it the one in the other process; the callers of both have to ask again.
    """

    def __init__(self, *, processes: int, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._processes = min(processes, MOST_PROCESSES)
        self._longest_seconds = longest_seconds
        self._hung: set[Future[Any]] = set()
        self._hung_at: float | None = None
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._running = 0
        self._arrivals = itertools.count()
        self._executor: ProcessPoolExecutor | None = None
        self._closed = False

    def render(self, work: Callable[..., Any], *arguments: object, urgency: int) -> Future[Any]:
        """Return the future result of `work(*arguments)`; both must be picklable.

        Cancelling the future before the render begins saves the work. If the process dies, the
        future holds BrokenProcessPool, and RenderHungError if it hung. The next render gets new
        processes.
        """
        promise: Future[Any] = Future()

        def begin() -> None:
            if promise.set_running_or_notify_cancel():
                self._begin(promise, work, arguments)
            else:
                self._end()

        with self._lock:
            heapq.heappush(self._waiting, (urgency, next(self._arrivals), begin))
        self._start_next()
        return promise

    def warm(self) -> None:
        """Start a process now, so that the first live preview does not wait for its imports."""
        self.render(_import_renderer, urgency=LIVE_PREVIEW)

    @property
    def is_closed(self) -> bool:
        """Whether the pool was closed, so that a broken render was broken on purpose."""
        return self._closed

    def ended_lately(self) -> bool:
        """Whether a render hung and was ended in the last ten minutes."""
        hung_at = self._hung_at
        return hung_at is not None and time.monotonic() - hung_at < SHOWN_SECONDS

    def close(self) -> None:
        """Stop all renders at once; unfinished pictures are rendered again after the next start."""
        with self._lock:
            self._closed = True
            executor, self._executor = self._executor, None
            self._waiting.clear()
        if executor is not None:
            for child in multiprocessing.active_children():
                child.terminate()
            executor.shutdown(wait=True, cancel_futures=True)

    def _start_next(self) -> None:
        with self._lock:
            if self._closed or not self._waiting or self._running >= self._processes:
                return
            self._running += 1
            _, _, begin = heapq.heappop(self._waiting)
        begin()

    def _begin(
        self, promise: Future[Any], work: Callable[..., Any], arguments: tuple[object, ...]
    ) -> None:
        try:
            executor = self._living_executor()
            pending = executor.submit(work, *arguments)
        except (BrokenProcessPool, RuntimeError) as failure:
            self._forget_executor()
            promise.set_exception(failure)
            self._end()
            return
        alarm = threading.Timer(self._longest_seconds, self._end_hung, (executor, pending))
        alarm.daemon = True
        alarm.start()

        def hand_over(done: Future[Any]) -> None:
            alarm.cancel()
            failure = None if done.cancelled() else done.exception()
            if isinstance(failure, BrokenProcessPool):
                self._forget_executor()
            with self._lock:
                has_hung = done in self._hung
                self._hung.discard(done)
            if has_hung and failure is not None:
                failure = RenderHungError(
                    f"the render took more than {self._longest_seconds:.0f} s"
                )
            if done.cancelled():
                promise.set_exception(BrokenProcessPool("the renderer was stopped"))
            elif failure is not None:
                promise.set_exception(failure)
            else:
                promise.set_result(done.result())
            self._end()

        pending.add_done_callback(hand_over)

    def _end_hung(self, executor: ProcessPoolExecutor, pending: Future[Any]) -> None:
        if pending.done():
            return
        log.error("a render took more than %.0f s and was ended", self._longest_seconds)
        with self._lock:
            self._hung.add(pending)
            self._hung_at = time.monotonic()
        # killed, since a stopped process ignores SIGTERM; an executor that was shut down has none
        children = executor._processes or {}  # noqa: SLF001 - there is no public way
        for child in list(children.values()):
            child.kill()

    def _end(self) -> None:
        with self._lock:
            self._running -= 1
        self._start_next()

    def _living_executor(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._closed:
                raise BrokenProcessPool("the renderer is closed")
            if self._executor is None:
                self._executor = ProcessPoolExecutor(
                    self._processes,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=_live_with_parent,
                )
            return self._executor

    def _forget_executor(self) -> None:
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False)


def _import_renderer() -> None:
    importlib.import_module("core.engines.preview")


def _live_with_parent() -> None:
    """End this process when its parent is gone, however that ended, even by kill -9."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent
    os.nice(5)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(0)
