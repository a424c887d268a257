"""One case from the first start to the last: real workers, real kills, one provider."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from pydantic import SecretStr

from core import worker
from core.domain.failure import Charge
from core.domain.request import parse_request
from core.domain.states import State
from core.fault_points import PLAN
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.fakes.bria import FakeBria
from tests.faults.cases import ASKED, Case
from tests.faults.invariants import count_charges, evidence_of, unrecorded, violations
from tests.serving import clean_environment

PATIENCE_SECONDS = 60.0
"""No healthy run needs as long."""

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload([__name__])
"""A process that has imported everything and gives birth to workers in milliseconds."""

_migrating = threading.Lock()
"""Alembic keeps its state in globals, so two threads cannot migrate together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one case, in the numbers of the table, and what is wrong with it."""

    reached: bool
    charged: int
    yes: int
    maybe: int
    unrecorded: int
    completed: int
    unknown: int
    wrong: tuple[str, ...]


def die_and_recover(case: Case, fake: FakeBria, folder: Path, *, parallel: int) -> Outcome:
    """Ask for pictures, let the worker die at every point of the case, and see what is left."""
    fake.start_over()
    if case.submit_faults:
        fake.plan("submit", *case.submit_faults)
    environment = {**_environment(fake, folder / "studio", parallel), **case.settings}
    with _migrating:
        studio = build_studio(_settings(environment))
    try:
        for number in range(ASKED):
            words = {"prompt": f"a red boat, number {number}", "seed": 1000 + number}
            studio.desk.ask(parse_request({**words, "engine": "bria", "aspect_ratio": "1:1"}))
        log = folder / "studio" / "worker.log"
        reached = sum(_dies_at(point, environment, studio, log) for point in case.points)
        with _worker(environment, log) as survivor:
            _wait_until_idle(studio, survivor)
        everywhere = reached == len(case.points)
        return _judge(case, studio, fake, reached=everywhere, parallel=parallel)
    finally:
        studio.close()


def _judge(case: Case, studio: Studio, fake: FakeBria, *, reached: bool, parallel: int) -> Outcome:
    evidence = evidence_of(studio, fake)
    states = Counter(one.state for one in evidence.generations)
    wrong = violations(evidence)
    ordered = Counter(charge.seed for charge in evidence.charges)
    if ordered and max(ordered.values()) > 1 and "FIBO_ON_UNKNOWN" not in case.settings:
        wrong.append(f"a picture was paid for twice: {ordered}")
    if not reached:
        wrong.append(f"no worker died at {case.points}")
    if any(one.is_waiting for one in evidence.generations):
        wrong.append(f"something still waits: {dict(states)}")
    lost = case.unknown + case.ended
    if parallel == 1 and states[State.COMPLETED] != ASKED - lost:
        wrong.append(f"{lost} should not be completed, but: {dict(states)}")
    if parallel == 1 and states[State.UNKNOWN] != case.unknown:
        wrong.append(f"{case.unknown} should be unknown, but: {dict(states)}")
    return Outcome(
        reached=reached,
        charged=len(evidence.charges),
        yes=count_charges(evidence, Charge.YES),
        maybe=count_charges(evidence, Charge.MAYBE),
        unrecorded=len(unrecorded(evidence)),
        completed=states[State.COMPLETED],
        unknown=states[State.UNKNOWN],
        wrong=tuple(wrong),
    )


def _dies_at(point: str, environment: dict[str, str], studio: Studio, log: Path) -> bool:
    """Return whether a worker killed itself there; one that did not is ended without thanks."""
    with _worker({**environment, PLAN: point}, log) as victim:
        _wait_until_idle(studio, victim)
        # the last row may be settled a moment before the worker dies of it
        victim.join(3 if victim.is_alive() else None)
        return victim.exitcode == -signal.SIGKILL


def _wait_until_idle(studio: Studio, process: BaseProcess) -> None:
    """Return when the worker is dead or has nothing left to do."""
    started = time.monotonic()
    while process.is_alive() and studio.desk.count_unfinished():
        if time.monotonic() - started > PATIENCE_SECONDS:
            return
        time.sleep(0.02)


@contextmanager
def _worker(environment: dict[str, str], log: Path) -> Iterator[BaseProcess]:
    """Give a worker process, and end it as a power cut would if it still lives afterwards."""
    process = _nursery.Process(target=_live, args=(environment, log), daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


def _live(environment: dict[str, str], log: Path) -> None:
    """Be `python -m core.worker`, only that the imports are already done."""
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    sys.exit(worker.main())


def _environment(fake: FakeBria, data_dir: Path, parallel: int) -> dict[str, str]:
    return {
        **clean_environment(),
        "FIBO_DATA_DIR": str(data_dir),
        "BRIA_API_TOKEN": fake.token,
        "BRIA_BASE_URL": fake.base_url,
        "FIBO_RETRY_BASE_SECONDS": "0.01",
        "FIBO_RETRY_CAP_SECONDS": "0.5",
        "FIBO_POLL_SECONDS": "0.05",
        "FIBO_RATE_PER_MINUTE": "60000",
        "FIBO_SUBMIT_TIMEOUT_SECONDS": "2",
        "FIBO_DAILY_BUDGET_USD": "0.30",
        "FIBO_PARALLEL": str(parallel),
    }


def _settings(environment: dict[str, str]) -> Settings:
    token = SecretStr(environment["BRIA_API_TOKEN"])
    given = {name: value for name, value in environment.items() if name.startswith("FIBO_")}
    return Settings.model_validate(
        {**given, "BRIA_BASE_URL": environment["BRIA_BASE_URL"], "BRIA_API_TOKEN": token}
    )
