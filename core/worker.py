"""`python -m core.worker`: makes what waits, without any pages."""

from __future__ import annotations

import logging
import signal
import sys
import threading

from core.errors import StudioError
from core.settings import read_settings
from core.wiring import build_studio

log = logging.getLogger(__name__)


def main() -> int:
    """Work until SIGTERM or Ctrl+C and return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        studio = build_studio(read_settings())
    except StudioError as problem:
        log.error("%s %s", problem, problem.advice)  # noqa: TRY400 - a sentence, not a traceback
        return 2
    leaving = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: leaving.set())
    studio.worker.start()
    log.info("working")
    leaving.wait()
    studio.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
