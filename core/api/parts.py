"""The parts of the studio that the routes call on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.batches.control import Batches
from core.cache.results import ResultCache
from core.clock import Clock
from core.database import Database
from core.domain.money import Prices
from core.export.archive import Archives
from core.generation.decisions import Decisions
from core.generation.desk import Desk
from core.generation.health import Health
from core.generation.held import HeldOrders
from core.generation.once import Receipts
from core.insights.answers import Insights
from core.keys.ring import KeyRing
from core.pace import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What answers a request; the routes themselves keep nothing."""

    desk: Desk
    decisions: Decisions
    held: HeldOrders
    health: Health
    clock: Clock
    database: Database
    receipts: Receipts
    ring: KeyRing
    prices: Prices
    insights: Insights
    results: ResultCache
    batches: Batches
    archives: Archives
    pace: Pace
    worker_state: Callable[[], str]
