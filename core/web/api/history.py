"""The route that lists pictures, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from core.clock import MICROSECOND, UNIX
from core.domain.request import LARGEST_ID
from core.domain.spelling import nearest
from core.domain.states import State, rest_states, rest_status
from core.errors import InvalidRequestError, Problem
from core.generation.service import LOCAL_USER
from core.keys.from_settings import Scope
from core.records import history
from core.records.history import Wanted
from core.web.api.auth import Access
from core.web.api.openapi import asked_with
from core.web.api.responses import STATUSES, Status, full_url
from core.wiring import Studio

MOST_RESULTS = 200
LARGEST_OFFSET = 1_000_000_000

Id = Annotated[int, Query(ge=1, le=LARGEST_ID)]
Filter = Annotated[str | None, Query(json_schema_extra={"enum": [*STATUSES, "pending", None]})]
Cursor = Annotated[
    str | None,
    Query(
        description="`next_cursor` of the page above, instead of `offset`.",
        json_schema_extra={"pattern": "^[0-9a-f]{1,14}-[0-9a-f]{1,16}$"},
    ),
]


class HistoryGeneration(BaseModel):
    """One line of the history."""

    id: str
    prompt: str
    mode: Literal["ai", "manual"]
    status: Status
    result_url: str | None
    parameters: dict[str, str]
    quality_score: float | None
    generation_time: float | None
    created_at: datetime
    completed_at: datetime | None
    error_message: str | None
    engine: str
    seed: int
    cached: bool
    retry_count: int
    project_id: int


class HistoryAnswer(BaseModel):
    """A page of the history."""

    total: int = Field(description="How many there are in all, whatever the page.")
    limit: int
    offset: int
    results: list[HistoryGeneration]
    next_cursor: str | None = Field(description="Send it as `cursor` for the page below this one.")


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["pictures"])

    @router.get(
        "/generate/history",
        summary="What was made, newest first",
        openapi_extra=asked_with(
            ("The newest fifty", ""), ("Ten that worked", "?limit=10&status=completed")
        ),
        dependencies=[Depends(access.to(Scope.READ))],
    )
    def list_history(
        request: Request,
        user_id: Id = LOCAL_USER,
        project_id: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_RESULTS)] = 50,
        offset: Annotated[int, Query(ge=0, le=LARGEST_OFFSET)] = 0,
        status: Filter = None,
        cursor: Cursor = None,
    ) -> HistoryAnswer:
        """Return a page; with `cursor` it stays the same while new pictures arrive."""
        states = None if status is None else _states(status)
        wanted = Wanted(user_id=user_id, project_id=project_id, states=states)
        before = None if cursor is None else _place(cursor)
        with studio.database.reading() as session:
            total = history.count_of(session, wanted)
            found = history.page_of(session, wanted, limit=limit + 1, offset=offset, before=before)
        shown = found[:limit]
        next_cursor = None
        if len(found) > limit:
            last = shown[-1]
            next_cursor = f"{(last.created_at - UNIX) // MICROSECOND:x}-{last.id:x}"
        return HistoryAnswer(
            total=total,
            limit=limit,
            offset=offset,
            results=[
                HistoryGeneration(
                    id=str(generation.id),
                    status=rest_status(generation.state),
                    result_url=full_url(studio.service, generation, request),
                    generation_time=generation.generation_seconds,
                    **{name: getattr(generation, name) for name in _SAME},
                )
                for generation in shown
            ],
            next_cursor=next_cursor,
        )

    return router


_SAME = (
    *("prompt", "mode", "parameters", "quality_score", "created_at", "completed_at"),
    *("error_message", "engine", "seed", "cached", "retry_count", "project_id"),
)


def _states(status: str) -> frozenset[State]:
    try:
        return rest_states(status)
    except ValueError as failure:
        close = nearest(status, STATUSES)
        problem = Problem(
            field="status",
            message=f"There is no status of that name; choose one of {', '.join(STATUSES)}.",
            suggestion=close,
        )
        raise InvalidRequestError([problem]) from failure


def _place(cursor: str) -> tuple[datetime, int]:
    try:
        moment, _, generation_id = cursor.partition("-")
        place = UNIX + int(moment, 16) * MICROSECOND, min(int(generation_id, 16), LARGEST_ID)
    except (ValueError, OverflowError) as failure:
        problem = Problem(
            field="cursor", message="This is not a `next_cursor`; leave it out for the first page."
        )
        raise InvalidRequestError([problem]) from failure
    return place
