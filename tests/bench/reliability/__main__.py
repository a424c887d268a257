"""What becomes of orders at a provider that fails, ours and three other ways of asking.

`python -m tests.bench.reliability` prints the table of docs/reliability.md.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.bench.reliability.baselines import BASELINES
from tests.bench.reliability.faults import SCHEDULES
from tests.bench.reliability.figures import pooled
from tests.bench.reliability.report import bars, table
from tests.bench.reliability.runs import POLICIES, Run, carry_out

BARRED = {"independent-10", "bursts"}
"""The schedules with a bar: always with all the jobs. Our own code takes 20 ms a job."""


def main() -> int:
    """Carry out every run, print the table, and return 0."""
    asked = _arguments()
    gc.set_threshold(50_000, 50, 50)
    started = time.monotonic()
    cases = [(schedule, policy) for schedule in asked.schedules for policy in POLICIES]
    runs = [run for case in cases for run in _runs(case, asked)]
    # the longest first, so that no process is left with one of them at the end
    order = sorted(range(len(runs)), key=lambda place: -_weight(runs[place]))
    with ProcessPoolExecutor(asked.processes) as pool:
        futures = {place: pool.submit(carry_out, runs[place]) for place in order}
        parts = [futures[place].result() for place in range(len(runs))]
    of_case = [parts[place : place + asked.seeds] for place in range(0, len(parts), asked.seeds)]
    results = {case: pooled(found) for case, found in zip(cases, of_case, strict=True)}
    print(table(results), "", *bars(results), sep="\n")
    minutes = (time.monotonic() - started) / 60
    print(f"\n{minutes:.0f} min on {asked.processes} processes, {asked.seeds} seeds.")
    return 0


def _runs(case: tuple[str, str], asked: argparse.Namespace) -> Iterator[Run]:
    """Yield the runs of one line; all policies meet the same number of jobs."""
    schedule, policy = case
    jobs = asked.jobs if schedule in BARRED else min(asked.jobs, asked.other_jobs)
    for seed in range(1, asked.seeds + 1):
        yield Run(policy=policy, schedule=schedule, seed=seed, jobs=jobs)


def _weight(run: Run) -> int:
    return run.jobs * (1 if run.policy in BASELINES else 50)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reliability", description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--other-jobs", type=int, default=1000, help="for schedules without a bar")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--schedules", nargs="+", choices=list(SCHEDULES), default=list(SCHEDULES))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
