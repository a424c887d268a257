"""A generation as REST returns it: the first version's fields, then ours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from core.domain.money import MICROUSD
from core.domain.reading import ASPECTS
from core.domain.states import rest_status
from core.generation.service import GenerationService
from core.records.generations import Generation

Status = Literal["queued", "processing", "completed", "failed", "blocked", "cancelled", "unknown"]
STATUSES: tuple[Status, ...] = (
    *("queued", "processing", "completed", "failed", "blocked", "cancelled", "unknown"),
)


class Reason(BaseModel):
    """One decision about a picture."""

    choice: str = Field(description="What was chosen or understood.", examples=["golden-hour"])
    source: str = Field(
        description="`your setting`, `default`, or the words it was read from.",
        examples=["from 'sunset'"],
    )


class GenerationAnswer(BaseModel):
    """One generation as it stands now."""

    id: str = Field(description="63 bits as text; JavaScript would round the number.")
    status: Status
    image_url: str | None = Field(description="Where the picture is, once there is one.")
    parameters: dict[str, str] = Field(description="The photographic parameters that were set.")
    request: dict[str, Any] = Field(
        description="What was asked for, as `POST /api/generate/` takes it, without what was left "
        "open; it holds the structured prompt too."
    )
    quality_score: float | None = Field(
        description="Completeness of the parameters, 0.5 to 1.0; not a judgement of beauty."
    )
    generation_time: float | None = Field(description="Seconds it took.")
    reasoning: dict[str, Reason] | None = Field(
        description="Per parameter what was chosen or understood, and from which words."
    )
    cached: bool
    retry_count: int
    result_url: str | None = Field(description="The same as `image_url`.")
    prompt: str
    mode: Literal["ai", "manual"]
    engine: str
    aspect_ratio: str
    resolution: str
    seed: int
    instruction: str | None
    parent_id: str | None = Field(description="The generation that this one refines.")
    batch_id: str | None
    project_id: int
    user_id: int
    created_at: datetime
    completed_at: datetime | None
    error_code: str | None
    error_message: str | None
    error_advice: str | None
    request_id: str | None = Field(description="The provider's own number of the order.")
    estimated_cost_usd: float
    cost_usd: float = Field(description="What is certain to be charged.")
    possible_cost_usd: float = Field(description="The same and what may have been charged.")


def tell_generation(
    service: GenerationService, generation: Generation, request: Request
) -> GenerationAnswer:
    """Return a generation with its address, its reasons and its cost."""
    address = full_url(service, generation, request)
    cost = service.cost_of(generation.id)
    understood = {
        ASPECTS.get(reading.aspect, reading.aspect): Reason(
            choice=reading.choice, source=reading.source
        )
        for reading in service.see_detail(generation.id).readings
    }
    chosen = {
        name: Reason(choice=value, source="your setting")
        for name, value in generation.parameters.items()
    }
    return GenerationAnswer(
        id=str(generation.id),
        status=rest_status(generation.state),
        image_url=address,
        result_url=address,
        quality_score=generation.quality_score,
        generation_time=generation.generation_seconds,
        reasoning={**understood, **chosen} or None,
        request=generation.asked,
        parent_id=None if generation.parent_id is None else str(generation.parent_id),
        batch_id=None if generation.batch_id is None else str(generation.batch_id),
        estimated_cost_usd=generation.price_microusd / MICROUSD,
        cost_usd=cost.certain_microusd / MICROUSD,
        possible_cost_usd=cost.possible_microusd / MICROUSD,
        error_advice=generation.advice,
        **{name: getattr(generation, name) for name in _SAME},
    )


_SAME = (
    *("parameters", "cached", "retry_count", "prompt", "mode", "engine", "aspect_ratio"),
    *("resolution", "seed", "instruction", "project_id", "user_id", "created_at", "completed_at"),
    *("error_code", "error_message", "request_id"),
)


def full_url(service: GenerationService, generation: Generation, request: Request) -> str | None:
    """Return the absolute URL of the picture, as the caller reaches this server."""
    path = service.picture_url(generation)
    return str(request.base_url.replace(path=path)) if path else None


def offer_zip(name: str, pieces: Iterable[bytes], request: Request) -> StreamingResponse:
    """Return a zip, streamed while it is made, with that file name; nothing is made for a HEAD."""
    offered = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": offered, "Cache-Control": "no-store"}
    return StreamingResponse(
        () if request.method == "HEAD" else pieces, media_type="application/zip", headers=headers
    )
