"""`python -m core.worker`: makes what waits, without any pages."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

from core import logs
from core.errors import DatabaseAwayError, StudioError
from core.settings import Settings, read_settings
from core.wiring import Studio, build_studio

log = logging.getLogger("core.worker")

LOOK_SECONDS, LOOKS_BEFORE_ENDING = 5.0, 2
HANGS = 4
"""The exit code of a hanging worker; whoever started it may restart it."""


def main() -> int:
    """Work until SIGTERM or Ctrl+C and return the exit code."""
    logs.set_up("text")
    logging.getLogger("core").setLevel(logging.INFO)
    leaving = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: leaving.set())
    try:
        settings = read_settings()
        logs.set_up(settings.log, hidden=settings.secrets)
        studio = _open_studio(settings, leaving)
    except StudioError as problem:
        log.error("%s %s", problem, problem.advice)  # noqa: TRY400 - a sentence, not a traceback
        return 2
    except Exception as failure:  # noqa: BLE001 - the outermost edge
        log.error("The worker cannot start: %s: %s", type(failure).__name__, failure)  # noqa: TRY400
        return 2
    if studio is None:
        return 0
    studio.worker.start()
    studio.presence.show()
    logs.adopt_loggers()
    log.info("working")
    hung_looks = 0
    while not leaving.wait(LOOK_SECONDS):
        # after a suspension of minutes, a process seems to hang until its loops have run once
        hung_looks = hung_looks + 1 if studio.worker.hangs_for_good else 0
        if hung_looks >= LOOKS_BEFORE_ENDING:
            log.error("The worker hangs, so it ends; start it again. Nothing is lost.")
            logging.shutdown()
            os._exit(HANGS)  # a hanging thread would prevent any other exit
    studio.close()
    return 0


def _open_studio(settings: Settings, leaving: threading.Event) -> Studio | None:
    """Return the studio once its database is there, or None if `leaving` is set first."""
    is_logged = False
    while not leaving.is_set():
        try:
            return build_studio(settings)
        except DatabaseAwayError as away:
            if not is_logged:
                log.warning("%s %s", away, away.advice)
                is_logged = True
            leaving.wait(1.0)
    return None


if __name__ == "__main__":
    sys.exit(main())
