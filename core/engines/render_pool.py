"""Processes that render, so that pages stay quick; they end when their parent does."""

from __future__ import annotations

import heapq
import importlib
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

MOST_PROCESSES = 2
"""A render of 1024 px holds up to 500 MB and a whole core (reference engine.md)."""

DRAFT, PICTURE = 0, 1
"""Urgency of a render; a draft that somebody is looking at goes before a waiting picture."""


class RenderPool:
    """At most `processes` renders at once; those that wait go by urgency, then by age.

    The work waits here and not in the executor, because the executor has no order but arrival.
    Processes start with the first render.
    """

    def __init__(self, *, processes: int) -> None:
        self._processes = min(processes, MOST_PROCESSES)
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._running = 0
        self._arrivals = itertools.count()
        self._executor: ProcessPoolExecutor | None = None
        self._closed = False

    def render(self, work: Callable[..., Any], *arguments: object, urgency: int) -> Future[Any]:
        """Return the future result of `work(*arguments)`; both must be picklable.

        Cancelling the future before its turn has come saves the work. If the process dies, the
        future holds BrokenProcessPool and the next render gets new processes.
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
        """Start a process now, so that the first draft does not wait for its imports."""
        self.render(_import_renderer, urgency=DRAFT)

    @property
    def is_closed(self) -> bool:
        """Whether the pool was closed, so that a render that broke did so on purpose."""
        return self._closed

    def close(self) -> None:
        """Stop all renders at once; what was being drawn is drawn again after the next start."""
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
            drawing = self._living_executor().submit(work, *arguments)
        except (BrokenProcessPool, RuntimeError) as failure:
            self._forget_executor()
            promise.set_exception(failure)
            self._end()
            return
        drawing.add_done_callback(lambda done: self._hand_over(promise, done))

    def _hand_over(self, promise: Future[Any], done: Future[Any]) -> None:
        failure = None if done.cancelled() else done.exception()
        if isinstance(failure, BrokenProcessPool):
            self._forget_executor()
        if done.cancelled():
            promise.set_exception(BrokenProcessPool("the renderer was stopped"))
        elif failure is not None:
            promise.set_exception(failure)
        else:
            promise.set_result(done.result())
        self._end()

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
    """End this process when its parent is gone, however it went, even by kill -9."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which then ends us
    os.nice(5)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(0)
