"""Ways of running a generation in a test."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from core.generation.pipeline import Pipeline
from core.records.generations import Generation
from core.wiring import Studio


def run_pipeline(studio: Studio, pipeline: Pipeline, generation: Generation) -> Generation:
    """Bring a generation to its end here and now, and return it."""
    asyncio.run(pipeline.run(generation.id))
    return studio.service.see(generation.id)


def wait_until(is_so: Callable[[], bool], *, what: str, patience_seconds: float = 180.0) -> None:
    """Return as soon as it is so; fail the test after a time no healthy run needs."""
    started = time.monotonic()
    while not is_so():
        if time.monotonic() - started > patience_seconds:
            raise AssertionError(f"waited {patience_seconds:.0f} s for {what}")
        time.sleep(0.05)
