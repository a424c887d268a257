"""Why a provider is not asked right now, and the route that ends these pauses."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from core.domain.money import MICROUSD
from core.keys.from_settings import Scope
from core.provider.rate_limiter import RateLimiter
from core.web.api.auth import Access
from core.wiring import Studio


class PauseAnswer(BaseModel):
    """One pause, which everybody waits for."""

    endpoint: str
    reason: str = Field(description="One sentence for people.")
    until: datetime | None = Field(
        default=None, description="When the next try is; nothing if it waits for a person."
    )


class PausesAnswer(BaseModel):
    """The present pauses."""

    pauses: list[PauseAnswer]
    estimated_cost_usd: float = Field(
        description="What the orders cost that are sent now; their money was reserved before."
    )


def tell_pauses(rate_limiter: RateLimiter) -> list[PauseAnswer]:
    """Return the present pauses."""
    return [
        PauseAnswer(endpoint=one.endpoint, reason=one.reason, until=one.until)
        for one in rate_limiter.outages()
    ]


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["studio"])

    @router.post(
        "/studio/resume",
        summary="Ask the provider now instead of waiting",
        dependencies=[Depends(access.to(Scope.GENERATE))],
    )
    def resume() -> PausesAnswer:
        """Lift every pause, as "Try now" does on the pages, and return those that are left."""
        cost_microusd = studio.service.reserved_to_send_microusd()
        studio.rate_limiter.resume()
        return PausesAnswer(
            pauses=tell_pauses(studio.rate_limiter), estimated_cost_usd=cost_microusd / MICROUSD
        )

    return router
