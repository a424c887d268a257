"""Ways of ordering and finishing batches in a test."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from core.batches.feeder import Feeder
from core.domain.request import parse_request
from core.generation.pipeline import Pipeline
from core.records import backlog
from core.records.batch_rows import NewLine
from core.wiring import Studio


def new_lines(count: int, *, first: int = 1, **fields: object) -> list[NewLine]:
    """Return lines that all ask for something else."""
    return [
        NewLine(
            row_id=f"row-{number}",
            request=parse_request({"prompt": f"boat number {number}", **fields}),
            tags=("boats",),
            extra={"harbour": f"pier {number}"},
        )
        for number in range(first, first + count)
    ]


def feeder_of(studio: Studio, *, parallel: int = 4) -> Feeder:
    return Feeder(studio.database, studio.clock, studio.service, parallel=parallel)


def work_off(studio: Studio, *, most: int = 100) -> list[int]:
    """Make what waits in the backlog, in its order, and return the ids."""
    with studio.database.reading() as session:
        waiting = backlog.waiting_for_a_worker(session, limit=most, now=studio.clock.now())
    pipeline = Pipeline(studio.context)
    for generation_id, _ in waiting:
        asyncio.run(pipeline.run(generation_id))
    return [generation_id for generation_id, _ in waiting]


def run_to_end(studio: Studio, feeder: Feeder, *, most_turns: int = 200) -> list[int]:
    """Feed and make in turns until nothing more happens; return the ids in order."""
    made: list[int] = []
    for _ in range(most_turns):
        more = feeder.feed()
        done = work_off(studio)
        made += done
        if not more and not done:
            return made
    raise AssertionError("it goes on for ever")


def prompts_of(studio: Studio, ids: Sequence[int]) -> list[str]:
    return [studio.service.see(one).prompt for one in ids]
