"""`python -m core.worker`: makes what waits, without any pages."""

from __future__ import annotations

import logging
import signal
import sys
import threading

from core import logs
from core.errors import StudioError
from core.settings import read_settings
from core.wiring import build_studio

log = logging.getLogger("core.worker")


def main() -> int:
    """Work until SIGTERM or Ctrl+C and return the exit code."""
    logs.set_up("text")
    logging.getLogger("core").setLevel(logging.INFO)
    try:
        settings = read_settings()
        logs.set_up(settings.log, hidden=settings.secrets)
        studio = build_studio(settings)
    except StudioError as problem:
        log.error("%s %s", problem, problem.advice)  # noqa: TRY400 - a sentence, not a traceback
        return 2
    leaving = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: leaving.set())
    studio.worker.start()
    logs.adopt_loggers()
    log.info("working")
    leaving.wait()
    studio.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
