"""Named places in the pipeline where a test can end the process as a power cut would."""

from __future__ import annotations

import os
import signal

PLAN = "FIBO_FAULT_POINT"
"""Environment variable with the name of the place; unset outside of `tests/faults`."""


def fault_point(name: str) -> None:
    """End this process by kill -9 if the test has planned that for this place; else nothing."""
    if os.environ.get(PLAN) == name:
        os.kill(os.getpid(), signal.SIGKILL)
