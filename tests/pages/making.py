"""Pictures for the pages to show."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from core.domain.request import parse_request
from core.generation.pipeline import Pipeline
from core.records.generations import Generation
from core.wiring import Studio
from tests.fakes.engine import PaintedEngine


def make(
    opened: Studio, prompt: str, engine: PaintedEngine | None = None, **fields: Any
) -> Generation:
    """Ask for a picture and make it; its seed is known unless it is left open by name."""
    engine = engine or PaintedEngine()
    asked = opened.service.ask(parse_request({"prompt": prompt, "seed": len(prompt), **fields}))
    pipeline = Pipeline(replace(opened.context, engines={engine.name: engine}))
    asyncio.run(pipeline.run(asked.id))
    return opened.service.see(asked.id)
