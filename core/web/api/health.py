"""The route that says whether pictures can be made."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from core.keys.from_settings import Scope
from core.migrations import LATEST
from core.web.api.auth import NEEDS_KEY, OPEN_HERE, SCHEME, Access
from core.web.api.pauses import PauseAnswer, tell_pauses
from core.wiring import Studio


class NoticeAnswer(BaseModel):
    """One thing that people should know, and what to do."""

    kind: str = Field(description="A stable word for programs.", examples=["no_worker"])
    message: str
    advice: str
    stops: bool = Field(description="Whether no picture is made while it lasts.")


class ProcessAnswer(BaseModel):
    """The process that answers; other processes of the studio may report something else."""

    ready: bool = Field(description="Whether pictures can be made, as this process sees it.")
    worker: str = Field(description="stopped, waiting, running, hanging, restarting or external.")
    schema_at: str | None = Field(description="The step that the tables are at.")
    schema_expected: str
    disk_free_bytes: int
    clock_ahead_seconds: float | None = Field(description="Of the database's clock.")


class StudioAnswer(BaseModel):
    """The studio with all its processes."""

    workers_alive: int
    unfinished_generations: int
    pauses: list[PauseAnswer] = Field(
        description="Why the provider is not asked just now; `POST /studio/resume` asks it."
    )


class HealthAnswer(BaseModel):
    """The state of the studio; details are for this machine, and for callers with a key."""

    status: Literal["ok", "problem"]
    problems: list[str] | None = Field(default=None, description="Why no picture can be made.")
    notices: list[NoticeAnswer] | None = Field(
        default=None,
        description="All that every page says at this moment, the problems too, and who needs no "
        "key.",
    )
    database: str | None = None
    disk_free_bytes: int | None = None
    worker_seen_at: datetime | None = None
    unfinished_generations: int | None = None
    process: ProcessAnswer | None = None
    studio: StudioAnswer | None = None


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["studio"])
    may_know_more = Depends(access.knows(Scope.READ))

    @router.get(
        "/health",
        summary="Whether pictures can be made",
        response_model_exclude_none=True,
        # a key tells more, and none is needed
        openapi_extra={"security": [{}, {SCHEME: []}]},
        responses={
            503: {"model": HealthAnswer, "description": "They cannot; `problems` says why."}
        },
    )
    def report_health(
        request: Request,
        response: Response,
        may_know: bool = may_know_more,  # noqa: FBT001 - FastAPI's way
    ) -> HealthAnswer:
        """Return 200 when pictures can be made, else 503 with the reasons; needs no key.

        `status` is also "problem" when pictures are made but people should know of something.
        """
        report = studio.health.report()
        notices = list(report.notices)
        needs_key = request.scope.get(NEEDS_KEY) or studio.settings.tells_of_proxies
        # other machines may enter although nothing says how
        if report.database_ok and not needs_key and studio.key_store.has_keys():
            notices.append(OPEN_HERE)
        response.status_code = 503 if report.problems else 200
        status: Literal["ok", "problem"] = "problem" if notices else "ok"
        if not may_know:
            return HealthAnswer(status=status)
        return HealthAnswer(
            status=status,
            problems=list(report.problems),
            notices=[NoticeAnswer.model_validate(asdict(one)) for one in notices],
            database="ok" if report.database_ok else "no answer",
            disk_free_bytes=report.free_disk_bytes,
            worker_seen_at=report.worker_seen_at,
            unfinished_generations=report.unfinished,
            process=ProcessAnswer(
                ready=not report.problems,
                worker=studio.worker_state,
                schema_at=report.schema,
                schema_expected=LATEST,
                disk_free_bytes=report.free_disk_bytes,
                clock_ahead_seconds=report.clock_ahead_seconds,
            ),
            studio=StudioAnswer(
                workers_alive=report.workers_alive,
                unfinished_generations=report.unfinished,
                pauses=tell_pauses(studio.rate_limiter) if report.database_ok else [],
            ),
        )

    return router
