"""The routes of one batch: its progress, the actions on it, and its pictures as a zip."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from core.batches.control import RetryPlan
from core.batches.watching import Progress
from core.domain.batching import SETTLED, BatchState, LineState
from core.domain.money import MICROUSD
from core.domain.request import LARGEST_ID
from core.errors import NotFoundError
from core.export.names import DEFAULT_TEMPLATE, NAME_FIELDS
from core.keys.from_settings import Scope
from core.web.api.auth import Access
from core.web.api.error_responses import documented, with_price
from core.web.api.openapi import asked_with
from core.web.api.responses import full_url, offer_zip
from core.wiring import Studio

MOST_ROWS = 200
LARGEST_POSITION = 1_000_000
BEGUN_BY = {"resume": (LineState.WAITING,), "commit": (LineState.HELD, LineState.WAITING)}
"""The rows that an action begins to make and pay for."""

NOT_ENDED = tuple(state for state in LineState if state not in SETTLED)

BatchId = Annotated[int, Path(description="The `id` of a batch.")]
ZIP: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The zip.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class RetryAnswer(BaseModel):
    """What a retry means: what is fetched again, what is made again, and its price."""

    asked_for_free: int = Field(
        description="Rows that are paid for, or may be, and did not come: they are fetched again."
    )
    made_anew: int = Field(description="Failed rows that are ordered once more.")
    price_usd: float = Field(
        description="What those cost at most; duplicates and owned pictures cost nothing."
    )
    estimated_cost_usd: float = Field(description="The same, by the name that every answer has.")
    charged_before: int = Field(
        description="Of those, how many may have been charged before and cannot be asked for."
    )


class BatchProgress(BaseModel):
    """The progress of a batch."""

    id: str
    name: str
    status: BatchState
    reason: str | None = Field(description="Why it stopped or was given up.")
    summary: str = Field(examples=["37/120 · 2 failed · 1 unclear · about 4 min · $1.11"])
    total: int
    counts: dict[LineState, int] = Field(description="How many rows stand where.")
    settled: int = Field(description="How many rows the studio no longer works on.")
    seconds_left: float | None = Field(description="Left out while nobody can say.")
    cost_usd: float = Field(description="What is certain to be charged.")
    possible_cost_usd: float = Field(description="What may have been charged on top.")
    estimated_cost_usd: float = Field(
        description="What the rows that have not ended cost at most, those included that `resume` "
        "and `commit` would begin; equal rows and owned pictures are not taken off."
    )
    parallel: int
    project_id: int
    budget_usd: float | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    retry: RetryAnswer = Field(description="What `retry` would do now.")
    zip_url: str = Field(description="Where to download the pictures, as they are by then.")


class BatchProgressWithRetry(BatchProgress):
    """The progress of a batch, and what a retry has done."""

    retried: RetryAnswer = Field(description="What this retry has begun.")


class RowAnswer(BaseModel):
    """One row of a batch."""

    position: int
    row_id: str
    status: LineState
    reason: str | None
    advice: str | None = Field(description="What can be done about a row without a picture.")
    prompt: str
    tags: tuple[str, ...]
    generation_id: str | None
    image_url: str | None
    cost_usd: float
    possible_cost_usd: float


class BatchRows(BatchProgress):
    """The progress of a batch, with a page of its rows in order."""

    rows: list[RowAnswer]
    next_cursor: str | None = Field(description="Send it as `cursor` for the rows that follow.")


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["batches"])

    @router.get(
        "/batches/{batch_id:id}",
        summary="How a batch stands, with a page of its rows",
        openapi_extra=asked_with(
            ("With the first fifty rows", ""), ("With what went wrong", "?only=problems&limit=200")
        ),
        responses=documented(404),
        dependencies=[Depends(access.to(Scope.READ))],
    )
    def look_at_batch(
        batch_id: BatchId,
        request: Request,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
        cursor: Annotated[
            int, Query(ge=0, le=LARGEST_POSITION, description="`next_cursor` of the page before.")
        ] = 0,
        only: Annotated[
            Literal["problems"] | None, Query(description="Rows that brought no picture.")
        ] = None,
    ) -> BatchRows:
        """Return counts, cost and rows; poll as often as you like, it only reads rows."""
        progress = tell_progress(studio, batch_id, request)
        found = studio.batches.lines(
            batch_id, after=cursor, limit=limit + 1, only_problems=only == "problems"
        )
        shown = found[:limit]
        costs = studio.batches.costs_of(shown)
        rows = []
        for line in shown:
            made = line.generation
            cost = costs.get(made.id) if made else None
            rows.append(
                RowAnswer(
                    position=line.position,
                    row_id=line.row_id,
                    status=line.state,
                    reason=line.reason,
                    advice=line.advice,
                    prompt=str(line.request.get("prompt", "")),
                    tags=line.tags,
                    generation_id=str(made.id) if made else None,
                    image_url=full_url(studio.service, made, request) if made else None,
                    cost_usd=cost.certain_microusd / MICROUSD if cost else 0,
                    possible_cost_usd=cost.possible_microusd / MICROUSD if cost else 0,
                )
            )
        return BatchRows(
            **progress.model_dump(),
            rows=rows,
            next_cursor=str(shown[-1].position) if len(found) > limit else None,
        )

    @router.get(
        "/batches/{batch_id:id}/zip",
        summary="The pictures of a batch with their manifest",
        openapi_extra=asked_with(
            ("As they are called by themselves", ""),
            ("With names of your own", "?names={position}_{prompt}"),
            ("The very files that were made", "?recipe=false"),
        ),
        response_class=StreamingResponse,
        responses=ZIP | documented(404),
        dependencies=[Depends(access.to(Scope.READ))],
    )
    def take_away(
        batch_id: BatchId,
        request: Request,
        names: Annotated[
            str, Query(description=f"How files are called, of {', '.join(NAME_FIELDS)}.")
        ] = DEFAULT_TEMPLATE,
        recipe: Annotated[  # noqa: FBT002 - FastAPI reads it from the query
            bool, Query(description="Off: every PNG stays as it was made, with nothing added.")
        ] = True,
    ) -> StreamingResponse:
        """Stream its present state: pictures, manifest.csv, manifest.json and contact sheets."""
        name = studio.archives.file_name(_known(batch_id))
        pieces = studio.archives.zip_of(batch_id, names, with_recipe=recipe)
        return offer_zip(name, pieces, request)

    may_generate = [Depends(access.to(Scope.GENERATE))]

    def add(action: str, summary: str, carry_out: Callable[[int], object]) -> None:
        @router.post(
            f"/batches/{{batch_id:id}}/{action}",
            summary=summary,
            name=f"{action.replace('-', '_')}_batch",
            responses=documented(404, 409),
            dependencies=may_generate,
        )
        def decide(batch_id: BatchId, request: Request) -> BatchProgress:
            known = _known(batch_id)
            begun = BEGUN_BY.get(action)
            price = None if begun is None else partial(studio.batches.price_of_rows, known, *begun)
            with nullcontext() if price is None else with_price(price):
                carry_out(known)
            return tell_progress(studio, batch_id, request)

    @router.post(
        "/batches/{batch_id:id}/retry",
        summary="Put the failed rows back in line",
        name="retry_batch",
        responses=documented(404, 409),
        dependencies=may_generate,
    )
    def retry(batch_id: BatchId, request: Request) -> BatchProgressWithRetry:
        """Fetch for nothing what providers may still have; only the rest is paid for again."""
        known = _known(batch_id)
        with with_price(lambda: studio.batches.plan_retry(known).price_microusd):
            retried = studio.batches.retry_failed(known)
        progress = tell_progress(studio, batch_id, request)
        return BatchProgressWithRetry(**progress.model_dump(), retried=_retry(retried))

    batches = studio.batches
    add("pause", "Ask for nothing more until it is resumed", batches.pause)
    add("resume", "Go on with a batch that was paused or has stopped", batches.resume)
    add("finish", "Finish what is under way and cancel the rest", batches.finish_current)
    add("cancel", "Cancel all that was not sent", batches.cancel)
    add(
        "check-again",
        "Ask providers for what they may still have, which is free",
        batches.check_again,
    )
    add("commit", "Run the rows that a test run has held back", batches.commit)
    return router


def place_of(request: Request, batch_id: int) -> str:
    """Return the address of a batch, for `Location`."""
    return f"{request.scope['root_path']}/batches/{batch_id}"


def tell_progress(studio: Studio, batch_id: int, request: Request) -> BatchProgress:
    """Return the progress of a batch, or raise NotFoundError."""
    progress: Progress = studio.batches.progress(_known(batch_id))
    batch, plan = progress.batch, progress.batch.plan
    budget = plan.budget_microusd
    return BatchProgress(
        id=str(batch.id),
        name=plan.name,
        status=batch.state,
        reason=batch.reason,
        summary=progress.sentence,
        total=progress.total,
        counts=progress.counts,
        settled=progress.settled,
        seconds_left=progress.seconds_left,
        cost_usd=progress.cost.certain_microusd / MICROUSD,
        possible_cost_usd=progress.cost.possible_microusd / MICROUSD,
        estimated_cost_usd=studio.batches.price_of_rows(batch.id, *NOT_ENDED) / MICROUSD,
        parallel=plan.parallel,
        project_id=plan.project_id,
        budget_usd=None if budget is None else budget / MICROUSD,
        created_at=batch.created_at,
        started_at=batch.started_at,
        ended_at=batch.ended_at,
        retry=_retry(studio.batches.plan_retry(batch.id)),
        zip_url=str(request.base_url.replace(path=f"{place_of(request, batch.id)}/zip")),
    )


def _retry(retry: RetryPlan) -> RetryAnswer:
    return RetryAnswer(
        asked_for_free=retry.asked,
        made_anew=retry.made_anew,
        price_usd=retry.price_microusd / MICROUSD,
        estimated_cost_usd=retry.price_microusd / MICROUSD,
        charged_before=retry.charged_before,
    )


def _known(batch_id: int) -> int:
    """Return a legal id, or raise NotFoundError; the database takes no larger number."""
    if not 0 < batch_id <= LARGEST_ID:
        raise NotFoundError(f"There is no batch {batch_id}.")
    return batch_id
