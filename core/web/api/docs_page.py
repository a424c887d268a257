"""The page that explains the API and tries it out: Swagger UI, served from here alone."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from core.web.api.curl_examples import curl

_METHODS = ("get", "post", "delete")
_KEYS = (
    "On this machine no key is needed. From elsewhere send `Authorization: Bearer fibo_…`; here, "
    "Authorize does."
)
_LINKS = "For programs: [openapi.json](openapi.json). [To the pages](..)."


def add(api: FastAPI) -> None:
    """Serve the page at /docs and its files below; every address in it is relative."""
    ours = files("core.web.api") / "docs_files"
    page = (ours / "page.html").read_text(encoding="utf-8")
    api.mount("/docs/swagger", StaticFiles(packages=[("fastapi_swagger", "resources")]))
    api.mount("/docs/files", StaticFiles(packages=[("core.web.api", "docs_files")]))

    @api.get("/docs", include_in_schema=False)
    def show_page() -> HTMLResponse:
        return HTMLResponse(page)

    @api.get("/docs/described.json", include_in_schema=False)
    def describe(request: Request) -> JSONResponse:
        base = str(request.base_url.replace(path=request.scope["root_path"]))
        return JSONResponse(for_people(api.openapi(), base))


def for_people(described: dict[str, Any], base: str) -> dict[str, Any]:
    """Return the description with shell commands that run unchanged against `base`."""
    paths = {
        path: {
            method: _with_commands(operation, base, path, method)
            if method in _METHODS
            else operation
            for method, operation in methods.items()
        }
        for path, methods in described["paths"].items()
    }
    info = described["info"]
    about = "\n\n".join([info["description"], _KEYS, _LINKS])
    # relative to described.json; a proxy may serve the studio below a path of its own
    servers = [{"url": "..", "description": "this studio"}]
    return described | {"paths": paths, "info": info | {"description": about}, "servers": servers}


def _with_commands(operation: dict[str, Any], base: str, path: str, method: str) -> dict[str, Any]:
    commands = "\n\n".join(
        f"{title}:\n\n```sh\n{command}\n```"
        for title, command in curl(base, path, method, operation)
    )
    return operation | {"description": f"{operation.get('description', '')}\n\n{commands}"}
