"""One case from the first start to the last: real workers, real kills, one provider."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from core.domain.failure import Charge
from core.domain.request import parse_request
from core.domain.states import State
from core.fault_points import PLAN
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.fakes.bria import FakeBria
from tests.faults.cases import ASKED, Case
from tests.faults.invariants import count_charges, evidence_of, unrecorded, violations
from tests.serving import ROOT, clean_environment

PATIENCE_SECONDS = 60.0
"""No healthy run needs as long."""

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
        reached = all([_dies_at(point, environment, studio, log) for point in case.points])
        survivor = _start(environment, log)
        try:
            _wait_until_idle(studio, survivor)
        finally:
            survivor.terminate()
            survivor.wait(PATIENCE_SECONDS)
        return _judge(case, studio, fake, reached=reached, parallel=parallel)
    finally:
        studio.close()


def _judge(case: Case, studio: Studio, fake: FakeBria, *, reached: bool, parallel: int) -> Outcome:
    evidence = evidence_of(studio, fake)
    states = Counter(one.state for one in evidence.generations())
    wrong = violations(evidence)
    if not reached:
        wrong.append(f"no worker died at {case.points}")
    if any(one.is_waiting for one in evidence.generations()):
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
    worker = _start({**environment, PLAN: point}, log)
    try:
        _wait_until_idle(studio, worker)
        return _code_of(worker) == -signal.SIGKILL
    finally:
        worker.kill()
        worker.wait(PATIENCE_SECONDS)


def _code_of(worker: subprocess.Popen[bytes]) -> int | None:
    """Return the exit code; the last row may be settled a moment before the worker dies of it."""
    try:
        return worker.wait(3)
    except subprocess.TimeoutExpired:
        return None


def _wait_until_idle(studio: Studio, worker: subprocess.Popen[bytes]) -> None:
    """Return when the worker is dead or has nothing left to do."""
    started = time.monotonic()
    while worker.poll() is None and studio.desk.count_unfinished():
        if time.monotonic() - started > PATIENCE_SECONDS:
            return
        time.sleep(0.02)


def _start(environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "core.worker"],
            cwd=ROOT,
            env={**clean_environment(), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _environment(fake: FakeBria, data_dir: Path, parallel: int) -> dict[str, str]:
    return {
        "FIBO_DATA_DIR": str(data_dir),
        "BRIA_API_TOKEN": fake.token,
        "BRIA_BASE_URL": fake.base_url,
        "FIBO_RETRY_BASE_SECONDS": "0.01",
        "FIBO_POLL_SECONDS": "0.05",
        "FIBO_RATE_PER_MINUTE": "60000",
        "FIBO_SUBMIT_TIMEOUT_SECONDS": "2",
        "FIBO_DAILY_BUDGET_USD": "0.30",
        "FIBO_PARALLEL": str(parallel),
    }


def _settings(environment: dict[str, str]) -> Settings:
    token = SecretStr(environment["BRIA_API_TOKEN"])
    return Settings.model_validate({**environment, "BRIA_API_TOKEN": token})
