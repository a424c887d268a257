"""One run: a policy, a schedule, a seed and a number of jobs."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from itertools import accumulate

from tests.bench.reliability.baselines import BASELINES
from tests.bench.reliability.faults import SCHEDULES
from tests.bench.reliability.figures import Figures, JobEnd, count
from tests.bench.reliability.ours import run_ours
from tests.bench.reliability.provider import VirtualBria
from tests.bench.reliability.virtual import VirtualClock, VirtualLoop

MEAN_GAP_SECONDS = 4.0
"""Jobs arrive at random, 15 a minute: eight places are then about two thirds taken."""

HOLD, RESEND = "ours, hold", "ours, resend_once"
POLICIES = (*BASELINES, HOLD, RESEND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What to run; picklable, so that it can go to another process."""

    policy: str
    schedule: str
    seed: int
    jobs: int


def carry_out(run: Run) -> Figures:
    """Return the figures of one run."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(_carry_out(run))


async def _carry_out(run: Run) -> Figures:
    clock = VirtualClock(asyncio.get_running_loop())
    provider = VirtualBria(SCHEDULES[run.schedule], clock, seed=run.seed)
    draw = random.Random(f"{run.seed}:arrivals")  # noqa: S311 - no secret
    gaps = (draw.expovariate(1 / MEAN_GAP_SECONDS) for _ in range(run.jobs))
    arrivals = list(accumulate(gaps))
    return count(await _ends(run, provider, clock, arrivals), provider)


async def _ends(
    run: Run, provider: VirtualBria, clock: VirtualClock, arrivals: list[float]
) -> list[JobEnd]:
    if run.policy in BASELINES:
        return await BASELINES[run.policy](provider, clock, seed=run.seed).run_all(arrivals)
    return await run_ours(provider, clock, arrivals, resends=run.policy == RESEND)
