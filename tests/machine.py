"""A machine of its own with a clock of its own: a worker that lives until its input ends.

`python -m tests.machine 45` is 45 s ahead; settings come from the environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from core.clock import Clock
from core.settings import read_settings
from core.wiring import build_studio
from tests.serving import ROOT, clean_environment


class ClockAhead(Clock):
    """The machine's time, some seconds ahead."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return super().now() + self._ahead


@contextmanager
def running_machine(*, seconds_ahead: float, **environment: str) -> Iterator[None]:
    """Let a machine work within the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.machine", str(seconds_ahead)],
        cwd=ROOT,
        env={**clean_environment(), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"works\n"
        try:
            yield
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


def main() -> None:
    studio = build_studio(read_settings(), clock=ClockAhead(float(sys.argv[1])))
    studio.worker.start()
    os.write(1, b"works\n")
    sys.stdin.read()
    studio.close()


if __name__ == "__main__":
    main()
