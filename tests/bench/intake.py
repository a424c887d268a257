"""How long 100,000 rows take from bytes to checked rows, and how much memory.

`python -m tests.bench.intake` prints the figures.
"""

from __future__ import annotations

import time

import psutil

from core.intake.check import check
from core.intake.readers import read_file

ROWS = 100_000


def measure(rows: int = ROWS) -> tuple[float, float]:
    """Return the seconds and the megabytes that reading and checking so many rows takes."""
    lines = [
        f'"a red fox, number {n}, in fresh snow",{n},golden-hour,note {n}' for n in range(rows)
    ]
    content = "\n".join(["prompt,seed,lighting,remark", *lines]).encode()
    del lines
    process = psutil.Process()
    before, started = process.memory_info().rss, time.monotonic()
    result = check(read_file("rows.csv", content))
    seconds = time.monotonic() - started
    if result.valid != rows:
        raise AssertionError(result.errors[:3])
    return seconds, (process.memory_info().rss - before) / 1e6


if __name__ == "__main__":
    taken, grown = measure()
    print(f"{taken:.1f} s, +{grown:.0f} MB for {ROWS:,} rows")
