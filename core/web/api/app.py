"""The REST application: every route in its order, and its description."""

from __future__ import annotations

from copy import copy

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.convertors import IntegerConvertor, register_url_convertor

from core import VERSION
from core.web.api import (
    batch_upload,
    batches,
    docs_page,
    generate_batch,
    generations,
    health,
    held,
    history,
    metrics,
    parameters,
    pauses,
    recipe,
    statistics,
)
from core.web.api.auth import Access
from core.web.api.error_responses import add_refusals, documented
from core.wiring import Studio

DESCRIPTION = (
    "Ask for pictures, look at what came of them, make them again. Every refusal has one shape: "
    "`{error: {code, message, field?, hint?}}`."
)


class _IdConvertor(IntegerConvertor):
    """A route converter for readable ids; Python refuses numbers of many thousand digits."""

    regex = "[0-9]{1,30}"


def build_api(studio: Studio) -> FastAPI:
    """Return the REST application, to be mounted under /api."""
    api = FastAPI(
        title="FIBO Command Center",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,  # our own page needs no files or scripts of other hosts
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        responses=documented(400, 401, 403, 405, 422, 429, 503),
        generate_unique_id_function=lambda route: route.name.replace("-", "_"),
    )
    register_url_convertor("id", _IdConvertor())
    access = Access(studio.key_store)
    # fixed names first; ids are only digits and cannot shadow them
    for resource in (
        parameters,
        history,
        statistics,
        recipe,
        generate_batch,
        generations,
        batch_upload,
        batches,
        metrics,
        held,
        pauses,
        health,
    ):
        api.include_router(_with_head(resource.routes(studio, access)))
    docs_page.add(api)
    _with_head(api.router)
    add_refusals(api)
    return api


def _with_head(router: APIRouter) -> APIRouter:
    """Have every route that answers GET answer HEAD, of which the description says nothing."""
    for route in list(router.routes):
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            head_route = copy(route)
            head_route.methods, head_route.include_in_schema = {"HEAD"}, False
            router.routes.append(head_route)
    return router
