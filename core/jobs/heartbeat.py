"""Heartbeats in a thread of their own, so that slow work cannot delay them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from core.domain.notice import Notice
from core.generation.leases import Lease
from core.records.workers import Life

log = logging.getLogger(__name__)

SIGNS_BEFORE_STRIKING_OUT = 2
"""After the database was away every process seems silent, so the others get time to report."""


class Heartbeat:
    """Gives the signs of life of one process, and declares silent processes dead."""

    def __init__(
        self,
        lease: Lease,
        *,
        tell_struck_out: Callable[[Sequence[Life]], None] | None = None,
        lives: Callable[[], bool] = lambda: True,
        problem: Callable[[], Notice | None] = lambda: None,
    ) -> None:
        """Use `lease`; with `tell_struck_out`, silent processes are declared dead and passed to it.

        While `lives` returns False, no sign of life is given: this thread alone is no proof. Every
        sign reports what `problem` returns, which must not read anything that can hang.
        """
        self._lease = lease
        self._tell_struck_out = tell_struck_out
        self._lives = lives
        self._problem = problem
        self._leaving = threading.Event()
        self._thread: threading.Thread | None = None
        self._signs = 0
        self._is_well = True

    def start(self) -> None:
        """Begin a life, raising what the database raises, and give signs of life from now on."""
        self._lease.begin()
        self._live_on()

    def owns(self, life: Life) -> bool:
        """Return whether that life is the one kept here."""
        return self._lease.owns(life)

    def show(self) -> None:
        """Begin a life in the background, and retry until the database accepts it."""
        self._live_on()

    def _live_on(self) -> None:
        self._leaving.clear()
        self._thread = threading.Thread(target=self._run, name="signs of life", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Give no more signs of life; the owner of the lease ends it."""
        self._leaving.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def leave(self) -> None:
        """Give no more signs of life and end this life, if that can be stored."""
        self.stop()
        try:
            self._lease.end()
        except SQLAlchemyError as failure:
            log.warning("the others will miss this process only by its silence: %s", failure)

    def _run(self) -> None:
        seconds = self._lease.rules.sign_seconds
        while not self._leaving.wait(seconds if self._lease.has_life else min(seconds, 1.0)):
            try:
                self._sign()
            except SQLAlchemyError as failure:
                if self._is_well:
                    log.warning("no sign of life could be given: %s", failure)
                self._is_well = False
                self._signs = 0
            except Exception:  # a thread that ends silently would look dead to the others
                log.exception("a sign of life failed")
                self._signs = 0
            else:
                self._is_well = self._lives()

    def _sign(self) -> None:
        if not self._lives():
            if self._is_well:
                log.error("no sign of life is given any more: what it stands for hangs")
            self._is_well = False
            self._signs = 0
            return
        if not self._lease.has_life:
            self._lease.begin()
            self._signs = 0
            return
        if not self._lease.renew(problem=self._problem()):
            log.warning("this process was taken for dead; it begins anew, and others have its work")
            self._signs = 0
            return
        self._signs += 1
        if self._tell_struck_out is not None and self._signs >= SIGNS_BEFORE_STRIKING_OUT:
            dead = self._lease.strike_out_others()
            if dead:
                self._tell_struck_out(dead)
