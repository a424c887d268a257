"""One case from the first start to the last: real workers, real kills, one provider."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from pydantic import SecretStr

from core import wiring, worker
from core.clock import Clock
from core.domain.failure import Charge
from core.domain.request import parse_request
from core.domain.states import State
from core.engines.render_pool import RenderPool
from core.fault_points import PLAN
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.fakes.bria import FakeBria
from tests.faults.cases import ASKED, Case
from tests.faults.invariants import (
    Evidence,
    count_charges,
    evidence_of,
    unrecorded,
    violations,
)
from tests.serving import clean_environment

PATIENCE_SECONDS = 60.0
"""No healthy run needs as long."""

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload([__name__])
"""A process that has imported everything and gives birth to workers in milliseconds."""

migrating = threading.Lock()
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
    environment = {**environment_of(fake, folder / "studio", parallel), **case.settings}
    with migrating:
        studio = build_studio(settings_of(environment))
    try:
        for number in range(ASKED):
            words = {"prompt": f"a red boat, number {number}", "seed": 1000 + number}
            studio.service.ask(parse_request({**words, "engine": "bria", "aspect_ratio": "1:1"}))
        log = folder / "studio" / "worker.log"
        reached = sum(dies_at(point, environment, studio, log) for point in case.points)
        with worker_process(environment, log) as survivor:
            wait_until_idle(studio, survivor)
        everywhere = reached == len(case.points)
        return _judge(case, studio, fake, reached=everywhere, parallel=parallel)
    finally:
        studio.close()


def _judge(case: Case, studio: Studio, fake: FakeBria, *, reached: bool, parallel: int) -> Outcome:
    outcome, evidence = outcome_of(studio, fake, wrong=())
    states = Counter(one.state for one in evidence.generations)
    wrong = list(outcome.wrong)
    ordered = Counter(charge.seed for charge in evidence.charges)
    if ordered and max(ordered.values()) > 1 and "FIBO_ON_UNKNOWN" not in case.settings:
        wrong.append(f"a picture was paid for twice: {ordered}")
    if not reached:
        wrong.append(f"no worker died at {case.points}")
    lost = case.unknown + case.ended
    if parallel == 1 and states[State.COMPLETED] != ASKED - lost:
        wrong.append(f"{lost} should not be completed, but: {dict(states)}")
    if parallel == 1 and states[State.UNKNOWN] != case.unknown:
        wrong.append(f"{case.unknown} should be unknown, but: {dict(states)}")
    return replace(outcome, reached=reached, wrong=tuple(wrong))


def outcome_of(studio: Studio, fake: FakeBria, *, wrong: Iterable[str]) -> tuple[Outcome, Evidence]:
    """Return what came of a run, with `wrong` and every promise that does not hold."""
    evidence = evidence_of(studio, fake)
    states = Counter(one.state for one in evidence.generations)
    found = [*wrong, *violations(evidence)]
    if any(one.is_waiting for one in evidence.generations):
        found.append(f"something still waits: {dict(states)}")
    outcome = Outcome(
        reached=True,
        charged=len(evidence.charges),
        yes=count_charges(evidence, Charge.YES),
        maybe=count_charges(evidence, Charge.MAYBE),
        unrecorded=len(unrecorded(evidence)),
        completed=states[State.COMPLETED],
        unknown=states[State.UNKNOWN],
        wrong=tuple(found),
    )
    return outcome, evidence


def dies_at(point: str, environment: dict[str, str], studio: Studio, log: Path) -> bool:
    """Return whether a worker killed itself there; one that did not is ended without thanks."""
    with worker_process({**environment, PLAN: point}, log) as victim:
        wait_until_idle(studio, victim)
        # the last row may be settled a moment before the worker dies of it
        victim.join(3 if victim.is_alive() else None)
        return victim.exitcode == -signal.SIGKILL


def wait_until_idle(studio: Studio, process: BaseProcess) -> None:
    """Return when the worker is dead or has nothing left to do."""
    started = time.monotonic()
    while process.is_alive() and studio.service.count_unfinished():
        if time.monotonic() - started > PATIENCE_SECONDS:
            return
        time.sleep(0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJump:
    """Somebody sets a machine's clock: when, and by how much."""

    after_seconds: float
    jump_seconds: float


@contextmanager
def worker_process(
    environment: dict[str, str],
    log: Path,
    *,
    clock_jump: ClockJump | None = None,
    render_seconds: float | None = None,
) -> Iterator[BaseProcess]:
    """Give a worker process, and end it as a power cut would if it still lives afterwards.

    `render_seconds` is how long one of its renders may take.
    """
    process = _nursery.Process(
        target=_live,
        args=(environment, log, clock_jump, render_seconds),
        daemon=render_seconds is None,  # one that renders has children of its own
    )
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


def _live(
    environment: dict[str, str],
    log: Path,
    clock_jump: ClockJump | None,
    render_seconds: float | None,
) -> None:
    """Be `python -m core.worker`, only that the imports are already done."""
    if clock_jump is not None:
        _set_clock(clock_jump)
    if render_seconds is not None:
        # in this process only, which ends with the run
        setattr(wiring, RenderPool.__name__, partial(RenderPool, longest_seconds=render_seconds))
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    sys.exit(worker.main())


def _set_clock(jump: ClockJump) -> None:
    started, really = time.monotonic(), Clock.now

    def now(clock: Clock) -> datetime:
        has_jumped = time.monotonic() - started > jump.after_seconds
        return really(clock) + timedelta(seconds=jump.jump_seconds * has_jumped)

    # in this process only, which ends with the run
    Clock.now = now  # type: ignore[method-assign, assignment]


def environment_of(fake: FakeBria, data_dir: Path, parallel: int) -> dict[str, str]:
    """Return the environment of a worker that is quick and talks to the fake."""
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


def settings_of(environment: dict[str, str]) -> Settings:
    """Return the settings that such an environment gives."""
    token = SecretStr(environment["BRIA_API_TOKEN"])
    given = {name: value for name, value in environment.items() if name.startswith("FIBO_")}
    return Settings.model_validate(
        {**given, "BRIA_BASE_URL": environment["BRIA_BASE_URL"], "BRIA_API_TOKEN": token}
    )
