"""A provider without wires: it takes orders, writes down what it charges, and breaks as planned."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.domain.failure import Charge, Failure, Phase, ProviderError
from core.engines.base import Accepted, FinishedPicture, Order, Remote
from core.errors import EngineError
from tests.fakes.engine import painted_square


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFailure:
    """One way for a call to fail: what happens at the provider, and what we learn of it."""

    kind: str
    learned: Charge = Charge.NO
    charged: bool = False
    retry_after_seconds: float | None = None
    tells_number: bool = False
    is_bug: bool = False
    is_own: bool = False
    """It is the engine itself that breaks, in a way it can explain."""


FINE = PlannedFailure(kind="fine")
"""No failure; fills a place in a plan."""

LOST = PlannedFailure(kind="read_timeout", learned=Charge.MAYBE, charged=True)
SUBMIT_FAILURES = (
    LOST,
    PlannedFailure(kind="refused"),
    PlannedFailure(kind="http_429", retry_after_seconds=30.0),
    PlannedFailure(kind="http_503", retry_after_seconds=300.0),
    PlannedFailure(kind="http_503", learned=Charge.MAYBE),
    PlannedFailure(kind="http_500", learned=Charge.MAYBE, charged=True),
    PlannedFailure(kind="cut_answer", learned=Charge.YES, charged=True, tells_number=True),
    PlannedFailure(kind="no_request_id", learned=Charge.YES, charged=True),
    PlannedFailure(kind="moderation"),
    PlannedFailure(kind="http_400"),
    PlannedFailure(kind="http_401"),
    PlannedFailure(kind="nobody foresaw this", charged=True, is_bug=True),
    PlannedFailure(kind="the engine broke", charged=True, is_own=True),
)
STILL_AT_WORK = PlannedFailure(kind="still at work")
LOOK_FAILURES = (
    STILL_AT_WORK,
    PlannedFailure(kind="http_500", learned=Charge.YES),
    PlannedFailure(kind="http_401", learned=Charge.YES),
    PlannedFailure(kind="http_429", learned=Charge.YES, retry_after_seconds=60.0),
    PlannedFailure(kind="moderation", learned=Charge.MAYBE),
    PlannedFailure(kind="status_error", learned=Charge.MAYBE),
    PlannedFailure(kind="nobody foresaw this", is_bug=True),
    PlannedFailure(kind="the engine broke", is_own=True),
)
FETCH_FAILURES = (
    PlannedFailure(kind="expired_url", learned=Charge.YES),
    PlannedFailure(kind="too_large", learned=Charge.YES),
    PlannedFailure(kind="truncated_image", learned=Charge.YES),
    PlannedFailure(kind="nobody foresaw this", is_bug=True),
    PlannedFailure(kind="the engine broke", is_own=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One accepted order in the provider's books."""

    request_id: str
    seed: int
    generation_id: int


@dataclass
class PlannedProvider:
    """The provider as an engine; its books outlive every restart of the studio."""

    name: str = "bria"
    label: str = "Planned"
    endpoint: str = "generate"
    bills: list[Bill] = field(default_factory=list)
    submit_plan: deque[PlannedFailure] = field(default_factory=deque)
    look_plan: deque[PlannedFailure] = field(default_factory=deque)
    fetch_plan: deque[PlannedFailure] = field(default_factory=deque)

    def sent_body(self, order: Order) -> dict[str, Any]:
        return {"prompt": order.request.prompt, "seed": order.seed}

    async def submit(self, order: Order) -> Accepted:
        failure = _next(self.submit_plan)
        request_id = f"request-{len(self.bills) + 1:04}"
        if failure is None or failure.charged:
            bill = Bill(request_id=request_id, seed=order.seed, generation_id=order.generation_id)
            self.bills.append(bill)
        if failure is not None:
            raise _broken(failure, Phase.SUBMIT, request_id if failure.tells_number else None)
        return Accepted(request_id=request_id, warning=None)

    async def look(self, request_id: str) -> Remote | None:
        failure = _next(self.look_plan)
        if failure is STILL_AT_WORK:
            return None
        if failure is not None:
            raise _broken(failure, Phase.POLL, request_id)
        (bill,) = (bill for bill in self.bills if bill.request_id == request_id)
        return Remote(image_url=str(bill.seed), seed=bill.seed, structured_prompt=None)

    async def fetch(self, remote: Remote) -> FinishedPicture:
        failure = _next(self.fetch_plan)
        if failure is not None:
            raise _broken(failure, Phase.ASSET, None)
        content = painted_square(int(remote.image_url))
        return FinishedPicture(content=content, media_type="image/png", width=64, height=64)

    def plan(
        self,
        *,
        orders: Sequence[PlannedFailure] = (),
        polls: Sequence[PlannedFailure] = (),
        downloads: Sequence[PlannedFailure] = (),
    ) -> None:
        """Let the next calls of each kind meet these failures; forget what was planned before."""
        self.submit_plan = deque(orders)
        self.look_plan = deque(polls)
        self.fetch_plan = deque(downloads)


def _next(plan: deque[PlannedFailure]) -> PlannedFailure | None:
    failure = plan.popleft() if plan else FINE
    return None if failure is FINE else failure


def _broken(planned: PlannedFailure, phase: Phase, request_id: str | None) -> Exception:
    if planned.is_bug:
        return ValueError(planned.kind)
    if planned.is_own:
        return EngineError(planned.kind, advice="wait")
    told = Failure(
        phase=phase,
        kind=planned.kind,
        charge=planned.learned,
        retry_after_seconds=planned.retry_after_seconds,
        message=f"{planned.kind} at {phase}",
        advice="wait",
        request_id=request_id,
    )
    return ProviderError(told)
