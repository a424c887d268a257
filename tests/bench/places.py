"""Whether a batch with eight places keeps all eight busy: `python -m tests.bench.places`.

A worker makes 48 rows at the fake Bria, which takes 15 seconds a picture. The ideal is
rows × latency / places; what it took beyond that is a ratio within one run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from core.records.batches import Plan
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.batches.orders import new_lines
from tests.fakes.bria import start_fake
from tests.running import wait_until

PLACES, ROWS, LATENCY_SECONDS = 8, 48, 15.0
MOST_TIMES_IDEAL = 1.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupancy:
    """How many rows were made, how many at once, and how long it took beside the ideal."""

    made: int
    most_at_once: int
    times_ideal: float


def measure(*, rows: int = ROWS, latency_seconds: float = LATENCY_SECONDS) -> Occupancy:
    """Return how full the places of one batch were, from the first start to the last end."""
    with tempfile.TemporaryDirectory() as folder, start_fake(Path(folder)) as fake:
        fake.set_rules(ready_after_seconds=latency_seconds)
        studio = build_studio(
            Settings(
                FIBO_DATA_DIR=Path(folder),
                BRIA_API_TOKEN=SecretStr(fake.token),
                BRIA_BASE_URL=fake.base_url,
                FIBO_POLL_SECONDS=0.1,
                FIBO_RATE_PER_MINUTE=60_000,
            )
        )
        try:
            return _occupancy(studio, rows, latency_seconds)
        finally:
            studio.close()


def _occupancy(studio: Studio, rows: int, latency_seconds: float) -> Occupancy:
    plan = Plan(name="places", parallel=PLACES)
    batch = studio.batches.start(plan, new_lines(rows, engine="bria"))
    studio.worker.start()
    wait_until(lambda: studio.batches.load(batch.id).is_over, what="the batch")
    made = [line.generation for line in studio.batches.lines(batch.id)]
    spans = [
        (one.started_at, one.completed_at)
        for one in made
        if one and one.started_at and one.completed_at
    ]
    whole = max(end for _, end in spans) - min(start for start, _ in spans)
    ideal = timedelta(seconds=latency_seconds) * rows / PLACES
    changes = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    under_way = most_at_once = 0
    for _, change in changes:
        under_way += change
        most_at_once = max(most_at_once, under_way)
    return Occupancy(made=len(spans), most_at_once=most_at_once, times_ideal=whole / ideal)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the occupancy and return 0 where all places were used and the bar is kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.places", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three rounds instead of six")
    found = measure(rows=ROWS // 2 if parser.parse_args(arguments).quick else ROWS)
    is_kept = found.times_ideal <= MOST_TIMES_IDEAL and found.most_at_once == PLACES
    print(
        f"{found.made} pictures, {found.most_at_once} of {PLACES} places in use at once, "
        f"{found.times_ideal:.2f} times the ideal (at most {MOST_TIMES_IDEAL}): "
        f"{'pass' if is_kept else '**missed**'}"
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
