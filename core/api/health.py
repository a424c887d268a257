"""The route that says whether pictures can be made."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from core.api.access import NEEDS_KEY, Access
from core.api.parts import Parts


class HealthAnswer(BaseModel):
    """How the studio is; the details are told on this machine only."""

    status: Literal["ok", "problem"]
    problems: list[str] | None = None
    database: str | None = None
    disk_free_bytes: int | None = None
    worker_seen_at: datetime | None = None
    unfinished_generations: int | None = None


def routes(parts: Parts, _access: Access) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["studio"])

    @router.get(
        "/health",
        summary="Whether pictures can be made",
        response_model_exclude_none=True,
        responses={
            503: {"model": HealthAnswer, "description": "They cannot; `problems` says why."}
        },
    )
    def report_health(request: Request, response: Response) -> HealthAnswer:
        """Return 200 when pictures can be made, else 503 with the reasons; needs no key."""
        report = parts.health.report()
        response.status_code = 503 if report.problems else 200
        status: Literal["ok", "problem"] = "problem" if report.problems else "ok"
        if request.scope.get(NEEDS_KEY):
            return HealthAnswer(status=status)
        return HealthAnswer(
            status=status,
            problems=list(report.problems),
            database="ok" if report.database_ok else "no answer",
            disk_free_bytes=report.free_disk_bytes,
            worker_seen_at=report.worker_seen_at,
            unfinished_generations=report.unfinished,
        )

    return router
