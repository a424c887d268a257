"""The routes of figures and of the result cache."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from core.domain.money import MICROUSD
from core.domain.request import LARGEST_ID
from core.generation.service import LOCAL_USER
from core.keys.from_settings import Scope
from core.web.api.auth import Access
from core.web.api.openapi import asked_with
from core.wiring import Studio

LONGEST_PERIOD_DAYS = 365
SECONDS_AN_HOUR = 3600


class StatisticsAnswer(BaseModel):
    """What was made in a period; provider and previews are never mixed."""

    period_days: int
    total_generations: int
    status_breakdown: dict[str, int]
    mode_breakdown: dict[str, int]
    average_generation_time: float | None = Field(description="Seconds, without cached ones.")
    average_quality_score: float | None = Field(description="Completeness, not beauty.")
    success_rate: float | None = Field(description="Percent of what came to an end.")
    cache_hit_rate: float | None = Field(description="Percent of what looked into the cache.")
    retry_rate: float | None = Field(description="Percent of what was tried.")
    family: str = Field(description="provider, or preview where the provider made nothing.")


class CacheAnswer(BaseModel):
    """What the result cache holds."""

    total_cached: int
    valid: int
    expired: int
    ttl_hours: float
    picture_bytes: int
    hits: int
    saved_seconds: float
    saved_usd: float
    evicted: int


class ClearedAnswer(BaseModel):
    """What clearing the cache did; pictures stay in History."""

    status: str
    cleared: int
    message: str


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["figures"])

    @router.get(
        "/generate/statistics",
        summary="How many, how fast, how well",
        openapi_extra=asked_with(("The last week", "?days=7")),
        dependencies=[Depends(access.to(Scope.READ))],
    )
    def tell_statistics(
        days: Annotated[int, Query(ge=1, le=LONGEST_PERIOD_DAYS)] = 30,
        user_id: Annotated[int, Query(ge=1, le=LARGEST_ID)] = LOCAL_USER,
        project_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    ) -> StatisticsAnswer:
        """Return the figures of the last days, today included, in UTC days."""
        found = studio.insights.statistics(user_id=user_id, project_id=project_id, days=days)
        return StatisticsAnswer(period_days=days, **asdict(found))

    @router.get(
        "/generate/cache/stats",
        summary="What the result cache holds",
        dependencies=[Depends(access.to(Scope.READ))],
    )
    def tell_cache() -> CacheAnswer:
        """Return the entries that exist now and what they have saved."""
        counts = studio.insights.cache_counts()
        return CacheAnswer(
            total_cached=counts.entries,
            valid=counts.valid,
            expired=counts.expired,
            ttl_hours=studio.results.ttl_seconds / SECONDS_AN_HOUR,
            picture_bytes=counts.picture_bytes,
            hits=counts.hits,
            saved_seconds=counts.saved_seconds,
            saved_usd=counts.saved_microusd / MICROUSD,
            evicted=counts.evicted,
        )

    @router.delete(
        "/generate/cache",
        summary="Clear the cache; pictures are kept",
        dependencies=[Depends(access.to(Scope.ADMIN))],
    )
    def clear_cache() -> ClearedAnswer:
        """Make the next request of each kind a new picture."""
        cleared = studio.results.clear_all()
        words = f"Cleared {cleared} cached {'result' if cleared == 1 else 'results'}."
        return ClearedAnswer(status="success", cleared=cleared, message=words)

    return router
