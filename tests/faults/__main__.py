"""`python -m tests.faults`: every fault point many times, as a table; exit code 1 if one lies."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

from tests.fakes.bria import FakeBria, start_fake
from tests.faults.cases import ASKED, CASES, Case
from tests.faults.deaths import Outcome, die_and_recover
from tests.faults.kinds import KINDS, Kind, break_and_recover

COLUMNS = ("runs", "reached", "ledger", "yes", "maybe", "unrecorded", "completed", "unknown")


def main() -> int:
    """Run the cases, print the table and what is wrong, and return the exit code."""
    asked = _arguments()
    every: tuple[Case | Kind, ...] = (*CASES, *KINDS)
    chosen = [case for case in every if asked.only in {None, case.name}]
    if not chosen:
        print(f"There is no case {asked.only}; there are {', '.join(c.name for c in every)}.")
        return 2
    started = time.monotonic()
    print(f"{'fault point':30}" + "".join(f"{name:>11}" for name in COLUMNS), flush=True)
    wrong: list[str] = []
    total: list[Outcome] = []
    with _fakes(asked.together) as free, ThreadPoolExecutor(asked.together) as pool:
        turns = [(case, turn) for case in chosen for turn in range(asked.times)]
        outcomes = pool.map(lambda pair: _run(pair[0], pair[1], free), turns)
        for case in chosen:
            of_case = [next(outcomes) for _ in range(asked.times)]
            total += of_case
            print(_line(case.name, of_case), flush=True)
            wrong += [f"{case.name}: {words}" for one in of_case for words in one.wrong]
    print(_line("all", total))
    print(f"{len(total)} runs in {time.monotonic() - started:.0f} s, {len(wrong)} violations")
    print("\n".join(wrong))
    return 1 if wrong else 0


def _run(case: Case | Kind, turn: int, free: SimpleQueue[FakeBria]) -> Outcome:
    """Run a case once: even turns one picture after the other, odd ones all at the same time.

    What a kind of fault leaves to chance is drawn from a seed, told where something is wrong.
    """
    fake = free.get()
    try:
        with tempfile.TemporaryDirectory() as folder:
            if isinstance(case, Kind):
                seed = random.SystemRandom().randrange(10**6)
                outcome = break_and_recover(case, fake, Path(folder), seed=seed)
                return replace(
                    outcome, wrong=tuple(f"seed {seed}: {words}" for words in outcome.wrong)
                )
            return die_and_recover(case, fake, Path(folder), parallel=ASKED if turn % 2 else 1)
    finally:
        free.put(fake)


@contextmanager
def _fakes(number: int) -> Iterator[SimpleQueue[FakeBria]]:
    free: SimpleQueue[FakeBria] = SimpleQueue()
    with ExitStack() as stack:
        for _ in range(number):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            free.put(stack.enter_context(start_fake(Path(folder))))
        yield free


def _line(name: str, outcomes: list[Outcome]) -> str:
    numbers = (
        len(outcomes),
        sum(one.reached for one in outcomes),
        sum(one.charged for one in outcomes),
        sum(one.yes for one in outcomes),
        sum(one.maybe for one in outcomes),
        sum(one.unrecorded for one in outcomes),
        sum(one.completed for one in outcomes),
        sum(one.unknown for one in outcomes),
    )
    return f"{name:30}" + "".join(f"{number:11}" for number in numbers)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--times", type=int, default=40, help="runs of each fault point")
    parser.add_argument("--only", help="name of one fault point or kind of fault")
    parser.add_argument("--together", type=int, default=2, help="runs at the same time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
