"""A door with a small house behind it, and visitors of every kind."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from core.web.edge.middleware import EdgeConfig, EdgeMiddleware

LOOPBACK, ELSEWHERE = ("127.0.0.1", 50_000), ("192.0.2.7", 50_000)


async def _answer(request: Request) -> Response:
    body = await request.body()
    return PlainTextResponse(f"{len(body)} bytes", headers={"X-Frame-Options": "ALLOWALL"})


async def _break(_request: Request) -> Response:
    raise RuntimeError("the password is planted-secret")


async def _talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


def house(
    *, held: dict[str, list[int]] | None = None, base_url: str = "http://127.0.0.1", **known: Any
) -> TestClient:
    """Return a visitor of this machine before a door; the server starts nothing."""
    methods = ["GET", "POST", "PUT", "DELETE"]
    app = Starlette(
        routes=[
            Route("/api/break", _break),
            Route("/break", _break),
            WebSocketRoute("/_stcore/stream", _talk),
            Route("/{path:path}", _answer, methods=methods),
        ],
        middleware=[
            Middleware(
                EdgeMiddleware, read_config=lambda: EdgeConfig(**known), held=lambda: held or {}
            )
        ],
    )
    return TestClient(app, client=LOOPBACK, base_url=base_url, raise_server_exceptions=True)


def visitor(client: TestClient, *, from_: tuple[str, int], base_url: str) -> TestClient:
    """Return somebody else before the same door."""
    return TestClient(client.app, client=from_, base_url=base_url)
