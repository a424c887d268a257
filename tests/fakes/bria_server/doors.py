"""Ports that open, refuse and fall silent while the process behind them lives on."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from typing import Literal

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

DoorState = Literal["open", "refused", "silent"]
HOST = "127.0.0.1"


class LineProtocol(H11Protocol):
    """HTTP that lets the app reach the connection below it, as `scope["line"]`."""

    def connection_made(  # type: ignore[override] # as in uvicorn: TCP gives a Transport
        self, transport: asyncio.Transport
    ) -> None:
        """Hand the connection to every request that comes over it."""
        super().connection_made(transport)
        inner = self.app

        async def entered(scope: Scope, receive: Receive, send: Send) -> None:
            await inner({**scope, "line": transport}, receive, send)

        self.app = entered


class Door:
    """One port on the loopback; the number stays ours also while it refuses."""

    def __init__(self, app: ASGIApp, tls: ssl.SSLContext | None = None) -> None:
        self._config = Config(
            app,
            http=LineProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
        )
        self._tls = tls
        self._visits = ServerState()
        self._place = _bound_socket(0)
        self.port = int(self._place.getsockname()[1])
        self._server: asyncio.Server | None = None
        self._plugs: list[socket.socket] = []

    async def turn(self, state: DoorState) -> None:
        """Open the door, make it refuse, or let it fall silent."""
        await self._shut()
        if state == "open":
            await self._open()
        elif state == "silent":
            self._fall_silent()

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: LineProtocol(self._config, self._visits, {}, loop),
            sock=_bound_socket(self.port),
            ssl=self._tls,
            backlog=1024,
        )

    async def _shut(self) -> None:
        """Stop listening and reset whoever is connected, as a crash would."""
        for plug in self._plugs:
            plug.close()
        self._plugs.clear()
        if self._server is not None:
            self._server.close()
            self._server = None
        for visit in list(self._visits.connections):
            visit.transport.abort()
        await asyncio.sleep(0)

    def _fall_silent(self) -> None:
        """Listen with a full queue: the kernel then drops every new SYN."""
        listener = _bound_socket(self.port)
        listener.listen(0)
        self._plugs.append(listener)
        for _ in range(4):
            caller = socket.socket()
            caller.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                caller.connect((HOST, self.port))
            self._plugs.append(caller)


def _bound_socket(port: int) -> socket.socket:
    """Return a socket that holds a port without listening on it.

    Linux lets several hold one port as long as each says SO_REUSEADDR and the
    others do not listen yet, so a door that refuses keeps its number.
    """
    # Named as TCP, asyncio sees that it may turn off Nagle; answers then leave at once.
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 131_072)
    place.bind((HOST, port))
    return place
