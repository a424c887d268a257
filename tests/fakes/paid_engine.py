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
class Outage:
    """One way for a call to fail: what happens at the provider, and what we learn of it."""

    kind: str
    learned: Charge = Charge.NO
    charged: bool = False
    retry_after_seconds: float | None = None
    tells_number: bool = False
    is_bug: bool = False
    is_own: bool = False
    """It is the engine itself that breaks, in a way it can explain."""


FINE = Outage(kind="fine")
"""No trouble; fills a place in a plan."""

LOST = Outage(kind="read_timeout", learned=Charge.MAYBE, charged=True)
SUBMIT_TROUBLES = (
    LOST,
    Outage(kind="refused"),
    Outage(kind="http_429", retry_after_seconds=30.0),
    Outage(kind="http_503", retry_after_seconds=300.0),
    Outage(kind="http_503", learned=Charge.MAYBE),
    Outage(kind="http_500", learned=Charge.MAYBE, charged=True),
    Outage(kind="cut_answer", learned=Charge.YES, charged=True, tells_number=True),
    Outage(kind="no_request_id", learned=Charge.YES, charged=True),
    Outage(kind="moderation"),
    Outage(kind="http_400"),
    Outage(kind="http_401"),
    Outage(kind="nobody foresaw this", charged=True, is_bug=True),
    Outage(kind="the engine broke", charged=True, is_own=True),
)
STILL_AT_WORK = Outage(kind="still at work")
LOOK_TROUBLES = (
    STILL_AT_WORK,
    Outage(kind="http_500", learned=Charge.YES),
    Outage(kind="http_401", learned=Charge.YES),
    Outage(kind="http_429", learned=Charge.YES, retry_after_seconds=60.0),
    Outage(kind="moderation", learned=Charge.MAYBE),
    Outage(kind="status_error", learned=Charge.MAYBE),
    Outage(kind="nobody foresaw this", is_bug=True),
    Outage(kind="the engine broke", is_own=True),
)
FETCH_TROUBLES = (
    Outage(kind="expired_url", learned=Charge.YES),
    Outage(kind="too_large", learned=Charge.YES),
    Outage(kind="truncated_image", learned=Charge.YES),
    Outage(kind="nobody foresaw this", is_bug=True),
    Outage(kind="the engine broke", is_own=True),
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
    submit_plan: deque[Outage] = field(default_factory=deque)
    look_plan: deque[Outage] = field(default_factory=deque)
    fetch_plan: deque[Outage] = field(default_factory=deque)

    def sent_body(self, order: Order) -> dict[str, Any]:
        return {"prompt": order.request.prompt, "seed": order.seed}

    async def submit(self, order: Order) -> Accepted:
        trouble = _next(self.submit_plan)
        request_id = f"request-{len(self.bills) + 1:04}"
        if trouble is None or trouble.charged:
            bill = Bill(request_id=request_id, seed=order.seed, generation_id=order.generation_id)
            self.bills.append(bill)
        if trouble is not None:
            raise _broken(trouble, Phase.SUBMIT, request_id if trouble.tells_number else None)
        return Accepted(request_id=request_id, warning=None)

    async def look(self, request_id: str) -> Remote | None:
        trouble = _next(self.look_plan)
        if trouble is STILL_AT_WORK:
            return None
        if trouble is not None:
            raise _broken(trouble, Phase.POLL, request_id)
        (bill,) = (bill for bill in self.bills if bill.request_id == request_id)
        return Remote(image_url=str(bill.seed), seed=bill.seed, structured_prompt=None)

    async def fetch(self, remote: Remote) -> FinishedPicture:
        trouble = _next(self.fetch_plan)
        if trouble is not None:
            raise _broken(trouble, Phase.ASSET, None)
        content = painted_square(int(remote.image_url))
        return FinishedPicture(content=content, media_type="image/png", width=64, height=64)

    def plan(
        self,
        *,
        orders: Sequence[Outage] = (),
        polls: Sequence[Outage] = (),
        downloads: Sequence[Outage] = (),
    ) -> None:
        """Let the next calls of each kind meet these troubles; forget what was planned before."""
        self.submit_plan = deque(orders)
        self.look_plan = deque(polls)
        self.fetch_plan = deque(downloads)


def _next(plan: deque[Outage]) -> Outage | None:
    trouble = plan.popleft() if plan else FINE
    return None if trouble is FINE else trouble


def _broken(trouble: Outage, phase: Phase, request_id: str | None) -> Exception:
    if trouble.is_bug:
        return ValueError(trouble.kind)
    if trouble.is_own:
        return EngineError(trouble.kind, advice="wait")
    failure = Failure(
        phase=phase,
        kind=trouble.kind,
        charge=trouble.learned,
        retry_after_seconds=trouble.retry_after_seconds,
        message=f"{trouble.kind} at {phase}",
        advice="wait",
        request_id=request_id,
    )
    return ProviderError(failure)
