"""The two public faces of the fake Bria: its API and the host of its pictures."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route

from tests.fakes.bria_server.answers import STRANGERS_PAGE, Answer, bend, error_answer
from tests.fakes.bria_server.contract import CONTRACTS, RefusalError, checked_body
from tests.fakes.bria_server.faults import Fault
from tests.fakes.bria_server.provider import Provider, Visit
from tests.fakes.bria_server.wire import BEFORE_BODY, Delivery

NOTHING = Answer(status=500, body=b"")
HUNG_UP = Fault("close")


def _note(provider: Provider, door: str, request: Request, fault: Fault | None) -> None:
    provider.visits.append(
        Visit(
            door=door,
            method=request.method,
            path=request.url.path,
            token=request.headers.get("api_token"),
            user_agent=request.headers.get("user-agent"),
            fault=fault.kind if fault else None,
        )
    )


def api_app(provider: Provider) -> Starlette:
    """Return Bria's v2 API."""

    async def submit(request: Request) -> Delivery:
        fault = provider.schedule.next_fault("submit")
        _note(provider, "api", request, fault)
        if fault and fault.kind in BEFORE_BODY:
            return Delivery(NOTHING, fault)
        endpoint = request.url.path.removeprefix("/v2/")
        try:
            raw = await request.body()
        except ClientDisconnect:
            return Delivery(NOTHING, HUNG_UP)
        if fault and not fault.charged:
            answer = NOTHING
        else:
            answer = _considered(provider, request, endpoint, raw)
        return Delivery(bend(answer, fault, provider.elsewhere), fault)

    async def status(request: Request) -> Delivery:
        fault = provider.schedule.next_fault("poll")
        _note(provider, "api", request, fault)
        refusal = _refusal(provider, request, "status")
        answer = refusal or provider.status(request.path_params["request_id"], fault)
        return Delivery(bend(answer, fault, provider.elsewhere), fault)

    async def unknown(request: Request, problem: Exception) -> Delivery:
        _note(provider, "api", request, None)
        code = problem.status_code if isinstance(problem, HTTPException) else 500
        return Delivery(error_answer(code, f"{request.method} {request.url.path}"))

    posts = [Route(f"/v2/{endpoint}", submit, methods=["POST"]) for endpoint in CONTRACTS]
    handlers: dict[Any, Any] = {404: unknown, 405: unknown}
    return Starlette(
        routes=[*posts, Route("/v2/status/{request_id}", status)], exception_handlers=handlers
    )


def _refusal(provider: Provider, request: Request, endpoint: str) -> Answer | None:
    if request.headers.get("api_token") != provider.rules.token:
        return error_answer(401, "The api_token header is missing or wrong")
    return provider.too_many(endpoint)


def _considered(provider: Provider, request: Request, endpoint: str, raw: bytes) -> Answer:
    refusal = _refusal(provider, request, endpoint)
    if refusal:
        return refusal
    try:
        body = checked_body(endpoint, raw, request.headers.get("content-type", ""))
    except RefusalError as problem:
        return error_answer(problem.status, problem.details)
    return provider.accept(endpoint, raw, body)


def asset_app(provider: Provider) -> Starlette:
    """Return the host of the pictures; it also notes who knocks at any other path."""

    async def picture(request: Request) -> Delivery:
        fault = provider.schedule.next_fault("asset")
        _note(provider, "asset", request, fault)
        answer = provider.picture(request.path_params["name"], request.query_params, fault)
        return Delivery(bend(answer, fault, provider.elsewhere), fault)

    async def elsewhere(request: Request) -> Delivery:
        _note(provider, "asset", request, None)
        return Delivery(Answer(status=200, body=STRANGERS_PAGE, media_type="text/html"))

    anything = Route("/{path:path}", elsewhere, methods=["GET", "POST", "PUT", "HEAD"])
    return Starlette(routes=[Route("/api/res/{name}", picture), anything])
