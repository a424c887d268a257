"""What the preview engine costs: CPU seconds and memory over the twenty scenes of its sheet.

`python -m tests.bench.preview` prints the table; `--digests` prints the SHA-256 of every picture
instead, to compare machines, Pythons and numbers of workers.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from core.engines.preview import Shot, render
from core.engines.preview.sheet import SCENES

FULL, DRAFT = 1024, 256
MOST_MEDIAN_SECONDS, MOST_WORST_SECONDS, MOST_DRAFT_SECONDS, MOST_MEGABYTES = 4.0, 8.0, 0.5, 500


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of one picture at both sizes, and the process's peak memory after it."""

    prompt: str
    full_seconds: float
    draft_seconds: float
    peak_megabytes: int


def shot_of_scene(number: int, side: int) -> Shot:
    """Return one of the twenty scenes at a size."""
    scene = SCENES[number]
    return Shot(prompt=scene.prompt, parameters=scene.parameters, seed=7, width=side, height=side)


def cost_of(number: int) -> Cost:
    """Return what one scene costs here."""
    render(shot_of_scene(number, 64))  # tables and imports are not the picture's cost
    seconds = []
    for side in (FULL, DRAFT):
        before = time.process_time()
        render(shot_of_scene(number, side))
        seconds.append(time.process_time() - before)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Cost(SCENES[number].prompt, seconds[0], seconds[1], peak)


def digest_of(number: int, side: int = 128) -> str:
    """Return the SHA-256 of one scene's pixels."""
    return hashlib.sha256(render(shot_of_scene(number, side)).pixels.tobytes()).hexdigest()


def measure() -> list[Cost]:
    """Return the costs, each scene in a process of its own so that memory is its own too."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as pool:
        return list(pool.map(cost_of, range(len(SCENES))))


def digests(
    workers: int, scenes: Sequence[int] = range(len(SCENES)), *, side: int = 128
) -> list[str]:
    """Return the digests of scenes, rendered by so many processes at once."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(digest_of, scenes, [side] * len(scenes)))


def _print_table() -> None:
    costs = measure()
    for cost in costs:
        print(
            f"{cost.full_seconds:6.2f} s  {cost.draft_seconds:5.2f} s  {cost.peak_megabytes:4d} MB"
            f"  {cost.prompt}"
        )
    full = [cost.full_seconds for cost in costs]
    draft = [cost.draft_seconds for cost in costs]
    print(f"{FULL} px: median {statistics.median(full):.2f} s, worst {max(full):.2f} s CPU")
    print(f"{DRAFT} px: median {statistics.median(draft):.2f} s, worst {max(draft):.2f} s CPU")
    print(f"peak memory {max(cost.peak_megabytes for cost in costs)} MB")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.preview")
    parser.add_argument("--digests", action="store_true")
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.digests:
        print("\n".join(digests(chosen.workers)))
    else:
        _print_table()


if __name__ == "__main__":
    main()
