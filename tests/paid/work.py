"""A worker's work in a test: everything whose time has come, until nothing moves any more."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from core.domain.request import parse_request
from core.domain.states import WAITING
from core.generation.pipeline import Pipeline
from core.records.generations import Generation
from core.wiring import Studio


def ask(studio: Studio, prompt: str = "a red boat", **fields: Any) -> Generation:
    """Ask for a paid picture."""
    return studio.service.ask(parse_request({"prompt": prompt, "engine": "bria", **fields}))


def work_on(studio: Studio, generation: Generation, *, runs: int = 20) -> Generation:
    """Run a generation again and again, as the backlog would, until it no longer waits."""

    async def keep_running() -> None:
        pipeline = Pipeline(replace(studio.context, sleep=_hurry))
        for _ in range(runs):
            now = studio.service.see(generation.id)
            if now.state not in WAITING:
                break
            if now.not_before is not None:
                wait_seconds = (now.not_before - studio.clock.now()).total_seconds()
                if wait_seconds > 5:
                    break
                await asyncio.sleep(max(wait_seconds, 0))
            await pipeline.run(generation.id)

    asyncio.run(keep_running())
    return studio.service.see(generation.id)


async def _hurry(seconds: float) -> None:
    """Sleep as long as asked, but never long."""
    await asyncio.sleep(min(seconds, 0.02))
