"""Named places in the pipeline where a test can end the process as a power cut would."""

from __future__ import annotations

import os
import signal

PLAN = "FIBO_FAULT_POINT"
"""The environment variable with the name of the place; only `tests/faults` sets it."""


def fault_point(name: str) -> None:
    """End this process by kill -9 if a test has planned that for this place; otherwise nothing."""
    if os.environ.get(PLAN) == name:
        os.kill(os.getpid(), signal.SIGKILL)
