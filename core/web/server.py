"""What one process serves beside the pages: REST, pictures and live previews; its start and end."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from core import logs
from core.engines.live_previews import LIVE_PREVIEW_PATH
from core.errors import InvalidRequestError, NotFoundError, with_advice
from core.export.archive import EXPORT_PATH
from core.media import MEDIA_PATH
from core.settings import Settings, read_settings
from core.web.api.app import build_api
from core.web.api.auth import ADDRESS, NEEDS_KEY, OPEN_HERE
from core.web.api.responses import offer_zip
from core.web.edge.host_and_origin import Proxies, client_of, is_loopback
from core.web.edge.middleware import EdgeConfig, EdgeMiddleware
from core.web.edge.security_headers import content_security_policy
from core.web.edge.starting import Starting
from core.web.edge.startup_checks import (
    check_address,
    check_base_path,
    check_login,
    check_proxy_login,
    check_socket,
)
from core.web.edge.streamlit_page import hashes_of_inline_scripts
from core.web.edge.streamlit_uploads import held_by_visits
from core.web.edge.uploads_elsewhere import UploadsElsewhere, waiting_of_visits
from core.wiring import Studio, studio

log = logging.getLogger(__name__)

DEBOUNCE_SECONDS = 0.15

_FOR_EVER = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


def routes(
    *,
    pages: Iterable[str] = (),
    base_path: str = "",
    load_script: Callable[[str, str, str], bytes] | None = None,
) -> list[BaseRoute]:
    """Return the routes that come before Streamlit's own; `pages` are the names of its pages.

    `load_script` gives a module of a component of the pages by component, version and
    name, or raises NotFoundError.
    """
    return [
        Mount(f"{base_path}/api", app=RestApp()),
        Route(f"{base_path}{MEDIA_PATH}/{{name}}", _serve_picture),
        Route(f"{base_path}{EXPORT_PATH}/{{name}}", _serve_archive),
        Route(f"{base_path}{LIVE_PREVIEW_PATH}/{{name}}.webp", _serve_live_preview),
        *([] if load_script is None else [_route_of_scripts(load_script, base_path)]),
        *(
            Route(f"{base_path}/{page}/_stcore/{asked}", _say_not_here)
            for page in pages
            for asked in ("health", "host-config")
        ),
    ]


def url_of(address: str | None, port: int, base_path: str = "") -> str:
    """Return the address at which a browser on this machine finds the server."""
    host = address or "localhost"
    place = f"[{host}]:{port}" if ":" in host and "[" not in host else f"{host}:{port}"
    return f"http://{place}{base_path}"


def edge_middleware(
    *,
    address: str | None,
    url: str,
    login_secrets: Callable[[], Sequence[str]],
    base_path: str = "",
) -> list[Middleware]:
    """Return the middleware in front of everything, including Streamlit's routes.

    `address` is the one to listen on; `url` is printed on the console, since Streamlit's own
    greeting would look up the public address. If people sign in, `login_secrets` returns the
    secrets of the login, which are masked in the log.
    """
    opening = partial(
        _read_config, address=address, base_path=base_path, read_login_secrets=login_secrets
    )
    begin = partial(_open_studio, address=address, url=url, read_login_secrets=login_secrets)
    return [
        Middleware(
            EdgeMiddleware,
            read_config=opening,
            starting=Starting(begin),
            held=_held,
            base_path=base_path,
        ),
        Middleware(UploadsElsewhere, shelf=lambda: studio().uploads),
    ]


def _held() -> Mapping[str, Sequence[int]]:
    """Return the sizes of the files that every visit holds, here or on the way to its process."""
    waiting = waiting_of_visits(studio().uploads)
    return {**waiting, **held_by_visits()}


def _read_config(
    *,
    address: str | None,
    base_path: str = "",
    read_login_secrets: Callable[[], Sequence[str]],
) -> EdgeConfig:
    settings = read_settings()
    check_base_path(base_path, wanted=settings.base_path)
    login_secrets = read_login_secrets()
    logs.set_up(settings.log, hidden=[*settings.secrets, *login_secrets])
    if login_secrets:
        check_login()
    secret = settings.proxy_secret
    if settings.proxy_login:
        shared = secret.get_secret_value() if secret else ""
        check_proxy_login(secret=shared, has_socket=settings.proxy_socket is not None)
    check_socket(settings.proxy_socket)
    return EdgeConfig(
        allowed_hosts=settings.host_names,
        pages_have_login=bool(login_secrets),
        proxies=Proxies(
            trusted=settings.proxy_networks,
            secret=secret,
            sign_in=settings.proxy_login,
            in_front=_is_proxy_in_front(settings, address, has_login=bool(login_secrets)),
        ),
        unix_socket=settings.proxy_socket,
        policy=content_security_policy(hashes_of_inline_scripts()),
    )


def _open_studio(
    *, address: str | None, url: str, read_login_secrets: Callable[[], Sequence[str]]
) -> None:
    """Build the studio and start the embedded worker."""
    running = studio()
    settings = running.settings
    has_login = bool(read_login_secrets()) or settings.proxy_login
    try:
        has_keys = running.key_store.has_keys()
        check_address(address, has_login=has_login, has_keys=has_keys)
    except BaseException:
        running.close()
        studio.cache_clear()
        raise
    is_in_front = _is_proxy_in_front(settings, address, has_login=has_login)
    if has_keys and not settings.tells_of_proxies and not is_in_front:
        log.warning("%s %s", OPEN_HERE.message, OPEN_HERE.advice)
    if settings.worker == "embedded":
        running.worker.start()
    running.presence.show()
    running.pool.warm()
    log.info("FIBO Command Center is ready: open %s", url)


def _is_proxy_in_front(settings: Settings, address: str | None, *, has_login: bool) -> bool:
    """Return whether clients come through a proxy that may look like this machine."""
    # people who sign in are elsewhere, and so are clients that use another name than this
    # machine's, which only a proxy can pass on to an address that nobody else reaches
    others_come = has_login or bool(settings.host_names and is_loopback(address))
    secret, socket = settings.proxy_secret, settings.proxy_socket
    names_proxy = settings.proxy_login or secret is not None or socket is not None
    return others_come or names_proxy


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, object]]:
    """Prepare what every visit needs, and close the studio with the server."""
    import pandas  # noqa: F401, PLC0415 - the first visitor shall not wait for these
    import plotly.express  # noqa: F401, PLC0415

    # Streamlit collects garbage after every script run; frozen objects are skipped, which makes
    # reruns 10 to 100 times cheaper (`python -m tests.bench.rerun`).
    logs.adopt_loggers()
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        if studio.cache_info().currsize:  # otherwise the database never came
            await asyncio.to_thread(studio().close)
            studio.cache_clear()


class RestApp:
    """The REST application of this process's studio, built on the first request."""

    def __init__(self) -> None:
        self._studio: Studio | None = None
        self._api: FastAPI | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        client = client_of(scope)
        scope[NEEDS_KEY], scope[ADDRESS] = not client.is_local, client.address
        running = studio()
        if self._api is None or self._studio is not running:
            self._studio, self._api = running, build_api(running)
        await self._api(scope, receive, send)


async def _serve_picture(request: Request) -> Response:
    try:
        # a file that is served for the first time is read completely
        file = await asyncio.to_thread(studio().media.open_name, request.path_params["name"])
    except NotFoundError as missing:
        return PlainTextResponse(with_advice(missing), status_code=404)
    return FileResponse(file.path, media_type=file.media_type, headers=_FOR_EVER)


async def _serve_archive(request: Request) -> Response:
    archives = studio().archives
    try:
        name, pieces = await asyncio.to_thread(
            archives.open,
            request.path_params["name"],
            request.query_params.get("names"),
            with_recipe=request.query_params.get("recipe") != "no",
        )
    except NotFoundError:
        return Response(status_code=404)
    except InvalidRequestError as refusal:
        return PlainTextResponse(refusal.message, status_code=422)
    return offer_zip(name, pieces, request)


async def _say_not_here(_request: Request) -> Response:
    # On a page such as /history Streamlit first looks for its server below that page. A 404 would
    # be an error in the browser's console on every visit; without a configuration it goes on.
    return JSONResponse(None)


async def _serve_live_preview(request: Request) -> Response:
    # somebody who steps through values leaves most previews behind before they are begun
    await asyncio.sleep(DEBOUNCE_SECONDS)
    if await request.is_disconnected():
        return Response(status_code=204)
    try:
        content = await studio().live_previews.load(request.path_params["name"])
    except NotFoundError:
        return Response(status_code=404)
    return Response(content, media_type="image/webp", headers=_FOR_EVER)


def _route_of_scripts(load_script: Callable[[str, str, str], bytes], base_path: str) -> Route:
    async def serve(request: Request) -> Response:
        asked = request.path_params
        try:
            content = load_script(asked["component"], asked["version"], asked["name"])
        except NotFoundError:
            return Response(status_code=404)
        return Response(content, media_type="text/javascript", headers=_FOR_EVER)

    return Route(f"{base_path}/app/static/components/{{component}}/{{version}}/{{name}}.js", serve)
