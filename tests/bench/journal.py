"""What a start pays for settled orders: `python -m tests.bench.journal` (100,000 of them).

Counts CPU seconds of this process, as a worker spends them when it starts: reading the journal and
asking the database what is still open; first with all lines in the journal, as a studio of an
earlier version left them, then after they were moved out.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import insert

from core.clock import first_id_at
from core.domain.failure import Charge
from core.settings import Settings
from core.tables.generation import AttemptRow
from core.wiring import Studio, build_studio

LINES = 100_000
MOST_CPU_SECONDS = 0.5


def fill(studio: Studio, lines: int) -> None:
    """Write so many settled tries into the journal and the database."""
    now = studio.clock.now()
    first = first_id_at(now)
    entries = [(first + 1000 * number, 1, f"{number:032x}") for number in range(lines)]
    rows = [
        {
            "id": generation_id,
            "generation_id": generation_id,
            "number": number,
            "started_at": now,
            "request_id": request_id,
            "charge": Charge.YES,
            "price_microusd": 30_000,
            "spend_day": "2026-11-30",
        }
        for generation_id, number, request_id in entries
    ]
    with studio.database.writing() as session:
        session.execute(insert(AttemptRow), rows)
    studio.context.journal.bring_back(entries)


def cpu_seconds(act: Callable[[], object]) -> float:
    """Return what this process computed for it."""
    started = time.process_time()
    act()
    return time.process_time() - started


def measure(folder: Path, lines: int) -> dict[str, float]:
    """Return the CPU seconds of a start before the compaction, of that, and of a start after."""
    settings = Settings(FIBO_DATA_DIR=folder)
    studio = build_studio(settings)
    fill(studio, lines)
    studio.close()
    figures = {}
    for name in ("start", "start after"):
        studio = build_studio(settings)
        figures[name] = cpu_seconds(partial(_read_as_a_worker, studio))
        if name == "start":
            figures["compaction"] = cpu_seconds(studio.decisions.compact_journal)
        studio.close()
    return figures


def _read_as_a_worker(studio: Studio) -> None:
    studio.context.journal.prepare()
    if studio.decisions.adopt_from_journal():
        raise AssertionError("nothing was to be adopted")


def main(lines: int) -> int:
    """Print the table and return 0 where a start is as quick as promised."""
    with tempfile.TemporaryDirectory() as name:
        figures = measure(Path(name), lines)
    kept = figures["start"] < MOST_CPU_SECONDS
    told = "kept" if kept else "**missed**"
    print(f"{lines:,} settled lines, CPU seconds:")
    print(f"- a start that reads them: {figures['start']:.2f} (at most {MOST_CPU_SECONDS}: {told})")
    print(f"- moving them out, ten minutes later: {figures['compaction']:.2f}")
    print(f"- each start after that: {figures['start after']:.3f}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else LINES))
