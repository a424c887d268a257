"""In any weather, what we believe about money brackets what the provider wrote down."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from core.domain.failure import Charge, ProviderError
from core.engines.bria.engine import BriaEngine
from core.engines.bria.wire import Bounds
from core.provider.retry import Decision, decide
from tests.engines.bria.customer import order, with_customer
from tests.fakes.bria import CATALOGUE, FakeBria, Fault, fault

ORDERS, REPEATS = 60, 3
QUICK: dict[str, dict[str, float]] = {
    "late_answer": {"seconds": 0.01},
    "slow_headers": {"seconds": 0.0001},
    "drip_body": {"seconds": 0.0001},
    "oversized_body": {"size": 60_000},
    "gzip_bomb": {"size": 60_000},
}
STATUSES = (302, 400, 402, 404, 408, 409, 422, 429, 500, 502, 503)
BOUNDS = Bounds(read_seconds=1.5, submit_seconds=3, json_bytes=30_000)


def storm() -> list[tuple[float, Fault | str]]:
    """Return every fault a submit can meet, and one time in five none."""
    faults = [
        *(
            fault(name, **QUICK.get(name, {}))
            for name, kind in CATALOGUE.items()
            if "submit" in kind.phases and name != "fine"
        ),
        *(
            fault(f"http_{status}", charged=charged)
            for status in (408, 409, 500, 502)
            for charged in (False, True)
        ),
        *(fault(f"http_{status}") for status in STATUSES),
        fault("http_503", retry_after="1"),
        fault("html_200", charged=True),
    ]
    return [(0.8 / len(faults), each) for each in faults]


async def carry(engine: BriaEngine, seed: int, tally: Counter[Charge]) -> str | None:
    """Submit as the pipeline does and return the number of the job, if it is known."""
    for repeats_left in range(REPEATS, -1, -1):
        try:
            accepted = await engine.submit(order(seed=seed))
        except ProviderError as problem:
            tally[problem.failure.charge] += 1
            decision = decide(problem.failure, repeats_left=repeats_left)
            if decision is not Decision.REPEAT:
                return problem.failure.request_id if decision is Decision.ADOPT else None
        else:
            tally[Charge.YES] += 1
            return accepted.request_id
    return None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_believed_about_money_brackets_the_truth(fake: FakeBria, seed: int) -> None:
    tally: Counter[Charge] = Counter()

    async def act(engine: BriaEngine) -> list[str | None]:
        return await asyncio.gather(*(carry(engine, each, tally) for each in range(ORDERS)))

    fake.set_weather(seed, {"submit": storm()})
    numbers = with_customer(fake, act, bounds=BOUNDS)

    charges = fake.charges()
    per_order = Counter(charge.seed for charge in charges)
    assert tally[Charge.YES] <= len(charges) <= tally[Charge.YES] + tally[Charge.MAYBE]
    assert set(per_order.values()) == {1}
    known = {number for number in numbers if number is not None}
    assert known - {"f" * 32} <= {charge.request_id for charge in charges}
    assert min(tally[Charge.NO], tally[Charge.MAYBE], len(known)) > 0
