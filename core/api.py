"""The REST routes: asking for pictures and looking at them from scripts and other tools."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from core.clock import Clock
from core.domain.money import MICROUSD
from core.domain.request import parse_request
from core.domain.states import rest_status
from core.errors import (
    BudgetExceededError,
    EngineMissingError,
    InvalidRequestError,
    NotFoundError,
    Problem,
    StaleStateError,
    StudioError,
)
from core.generation.decisions import Decisions
from core.generation.desk import Desk
from core.generation.health import Health
from core.records.generations import Generation

LARGEST_BODY_BYTES = 1_000_000
LONGEST_WAIT_SECONDS = 600.0
LOOK_EVERY_SECONDS = 0.1

_STATUS_CODES: dict[type[StudioError], int] = {
    InvalidRequestError: 422,
    EngineMissingError: 422,
    NotFoundError: 404,
    StaleStateError: 409,
    BudgetExceededError: 402,
}


def build_api(desk: Desk, decisions: Decisions, health: Health, clock: Clock) -> FastAPI:
    """Return the REST application, to be mounted under /api."""
    api = FastAPI(
        title="FIBO Command Center",
        docs_url="/docs",
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    _add_generation_routes(api, desk, clock)
    _add_decision_routes(api, desk, decisions)
    _add_health_route(api, health)
    api.add_exception_handler(StudioError, _answer_studio_error)
    api.add_exception_handler(HTTPException, _answer_http_error)
    return api


def _add_generation_routes(api: FastAPI, desk: Desk, clock: Clock) -> None:
    @api.post("/generate", include_in_schema=False)
    @api.post("/generate/")
    async def generate(
        request: Request,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS)] = 120.0,
    ) -> Response:
        """Make one picture: 200 when it has ended, 202 when it is still being made."""
        asked = parse_request({"engine": desk.engine_names[0], **await _read_object(request)})
        generation = await asyncio.to_thread(desk.ask, asked)
        if "respond-async" not in request.headers.get("prefer", ""):
            generation = await _wait_for(desk, clock, generation, wait_seconds=wait)
        location = f"{request.scope['root_path']}/generate/{generation.id}"
        return JSONResponse(
            _told(desk, generation, request),
            status_code=202 if generation.is_waiting else 200,
            headers={"Location": location},
        )

    @api.get("/generate/{generation_id:int}")
    def see(generation_id: int, request: Request) -> dict[str, Any]:
        """Return one generation as it stands now."""
        return _told(desk, desk.see(generation_id), request)

    @api.get("/generate/{generation_id:int}/image", response_class=FileResponse)
    def image(generation_id: int) -> Response:
        """Return the picture itself, byte for byte as the engine delivered it."""
        file = desk.picture_file(desk.see(generation_id))
        return FileResponse(
            file.path,
            media_type=file.media_type,
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )


def _add_decision_routes(api: FastAPI, desk: Desk, decisions: Decisions) -> None:
    carry_out = {
        "cancel": decisions.cancel,
        "check-again": decisions.check_again,
        "send-again": decisions.send_again,
        "give-up": decisions.give_up,
    }

    @api.post("/generate/{generation_id:int}/{decision}")
    def decide(generation_id: int, decision: str, request: Request) -> dict[str, Any]:
        """Cancel a waiting picture, or decide about one whose charge is unknown."""
        if decision not in carry_out:
            raise HTTPException(404)
        return _told(desk, carry_out[decision](generation_id), request)


def _add_health_route(api: FastAPI, health: Health) -> None:
    @api.get("/health")
    def report_health(response: Response) -> dict[str, Any]:
        """Return 200 when pictures can be made, else 503 with the reasons."""
        report = health.report()
        response.status_code = 503 if report.problems else 200
        seen_at = report.worker_seen_at
        return {
            "status": "problem" if report.problems else "ok",
            "problems": report.problems,
            "database": "ok" if report.database_ok else "no answer",
            "disk_free_bytes": report.free_disk_bytes,
            "worker_seen_at": seen_at.isoformat() if seen_at else None,
            "unfinished_generations": report.unfinished,
        }


async def _wait_for(
    desk: Desk, clock: Clock, generation: Generation, *, wait_seconds: float
) -> Generation:
    waited = clock.stopwatch()
    while generation.is_waiting and waited() < wait_seconds:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        generation = await asyncio.to_thread(desk.see, generation.id)
    return generation


async def _read_object(request: Request) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            raise HTTPException(413, "The request is larger than 1 MB; shorten it.")
    try:
        fields = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as failure:
        where = (
            f" (line {failure.lineno}, column {failure.colno})"
            if isinstance(failure, json.JSONDecodeError)
            else ""
        )
        raise InvalidRequestError(
            [Problem(field="body", message=f"The body is not JSON{where}; send one JSON object.")]
        ) from failure
    if not isinstance(fields, dict):
        raise InvalidRequestError(
            [Problem(field="body", message="The body must be one JSON object.")]
        )
    return fields


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


def _told(desk: Desk, generation: Generation, request: Request) -> dict[str, Any]:
    url = desk.picture_url(generation)
    completed_at = generation.completed_at
    cost = desk.cost_of(generation.id)
    return {
        "id": str(generation.id),  # 63 bits; JavaScript would round a number of that size
        "status": rest_status(generation.state),
        "image_url": str(request.base_url.replace(path=url)) if url else None,
        "prompt": generation.prompt,
        "mode": generation.mode,
        "engine": generation.engine,
        "parameters": generation.parameters,
        "aspect_ratio": generation.aspect_ratio,
        "seed": generation.seed,
        "quality_score": generation.quality_score,
        "generation_time": generation.generation_seconds,
        "cached": generation.cached,
        "retry_count": generation.retry_count,
        "created_at": generation.created_at.isoformat(),
        "completed_at": completed_at.isoformat() if completed_at else None,
        "error_code": generation.error_code,
        "error_message": generation.error_message,
        "error_advice": generation.error_advice,
        "request_id": generation.request_id,
        "estimated_cost_usd": generation.price_microusd / MICROUSD,
        "cost_usd": cost.certain_microusd / MICROUSD,
        "possible_cost_usd": cost.possible_microusd / MICROUSD,
    }


def _answer_studio_error(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, StudioError)  # noqa: S101 - FastAPI types every handler as Exception
    told: dict[str, Any] = {"code": failure.code, "message": failure.message}
    if failure.advice:
        told["hint"] = failure.advice
    if isinstance(failure, InvalidRequestError):
        first = failure.problems[0]
        told["field"] = first.field
        if first.suggestion:
            told["hint"] = first.suggestion
        told["problems"] = [
            {"field": p.field, "message": p.message, "hint": p.suggestion} for p in failure.problems
        ]
    return JSONResponse({"error": told}, status_code=_STATUS_CODES.get(type(failure), 500))


def _answer_http_error(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)  # noqa: S101 - as above
    code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(
        failure.status_code, "http_error"
    )
    message = "There is no such address." if failure.status_code == 404 else failure.detail
    return JSONResponse(
        {"error": {"code": code, "message": message}},
        status_code=failure.status_code,
        headers=failure.headers,
    )
