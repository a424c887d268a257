"""Limits open connections and how long one may wait for a request; tells where each comes from.

uvicorn waits without limit for the head of a request and accepts any number of connections, and
Streamlit, which starts it, passes no settings on. Every connection goes through one public place:
the protocol factory that the server hands to `loop.create_server`, which it calls after the
lifespan has begun. `guard_server` puts its own factory there, on this one loop; it reads no bytes
and uses no private part of either library. The middleware reports when a request begins and ends.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 20.0
"""How long a connection may be open without a complete head of a request."""

SLOW_READER_SECONDS = 120.0
"""How long a client may take to read the rest of its last answer."""

MOST_CONNECTIONS, MOST_OF_ONE_ADDRESS = 4096, 256
"""For one address in the network: an office behind one, with a few connections per tab."""

FILES_OF_OUR_OWN = 256
"""Open files kept for the database, pictures, child processes and the provider."""

MOST_FILES = 65_536
_SWEEP_SECONDS, _SAY_AGAIN_SECONDS = 1.0, 60.0

Protocols = Callable[..., asyncio.BaseProtocol]


@dataclass(slots=True, eq=False)
class Connection:
    """One open connection; `peer` is the address of its other end, "" for a Unix socket."""

    transport: asyncio.Transport
    peer: str
    is_unix_socket: bool
    waiting_since: float
    requests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """How many connections there may be in all and per address, and how many are accepted at once.

    Those that are accepted at once are open before they are counted.
    """

    most: int = MOST_CONNECTIONS
    most_of_one_address: int = MOST_OF_ONE_ADDRESS
    backlog: int = 512


_CURRENT: ContextVar[Connection | None] = ContextVar("connection", default=None)


def current_connection() -> Connection | None:
    """Return the connection of the request being answered; None without a guard."""
    return _CURRENT.get()


@contextmanager
def answering(now: Callable[[], float]) -> Iterator[None]:
    """Mark the connection as having a complete request, which is being answered."""
    connection = _CURRENT.get()
    if connection is None:
        yield
        return
    connection.requests += 1
    try:
        yield
    finally:
        connection.requests -= 1
        connection.waiting_since = now()


def raise_file_limit() -> ConnectionLimits:
    """Let this process open as many files as the system allows; return the resulting limits."""
    try:
        import resource  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        return ConnectionLimits()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return limits_for(MOST_FILES if soft == resource.RLIM_INFINITY else soft)


def limits_for(files: int) -> ConnectionLimits:
    """Return the limits of a process that may open this many files."""
    usable = max(files - FILES_OF_OUR_OWN, files // 2)
    backlog = max(min(512, usable // 8), 1)
    return ConnectionLimits(most=max(min(MOST_CONNECTIONS, usable - backlog), 1), backlog=backlog)


@dataclass(slots=True)
class Guard:
    """Counts connections and closes those that only wait; for use in one event loop.

    If there are too many, the one that has waited longest for its request is closed: a browser
    sends its own within a moment, so an attacker with thousands of open ones only loses them
    sooner. `is_shared` says whether many people share an address, such as that of a proxy.
    """

    limits: ConnectionLimits
    now: Callable[[], float]
    is_shared: Callable[[str], bool]
    _open: dict[Connection, None] = field(default_factory=dict)
    _said_at: dict[str, float] = field(default_factory=dict)

    def admit(self, transport: asyncio.Transport) -> Connection | None:
        """Return the connection if there is space for it, or None."""
        own = transport.get_extra_info("socket")
        is_unix_socket = own is not None and own.family == getattr(socket, "AF_UNIX", None)
        peer_name = transport.get_extra_info("peername")
        peer = str(peer_name[0]) if isinstance(peer_name, tuple) else ""
        same: list[Connection] = []  # none if many people share its address
        if peer and not is_unix_socket and not self.is_shared(peer):
            same = [one for one in self._open if one.peer == peer]
        most_of_one = self.limits.most_of_one_address
        is_free = len(same) < most_of_one or self._close_longest_waiting(same)
        if is_free and len(self._open) >= self.limits.most:
            is_free = self._close_longest_waiting(list(self._open))
        if not is_free:
            self.say("connections were refused: too many are open and all of them at work")
            return None
        connection = Connection(transport, peer, is_unix_socket, self.now())
        self._open[connection] = None
        return connection

    def forget(self, connection: Connection) -> None:
        """Remove a connection that has ended from the count."""
        self._open.pop(connection, None)

    def sweep(self) -> None:
        """Close every connection that has waited too long for a complete request."""
        for connection in list(self._open):
            waited = self.now() - connection.waiting_since
            unread = connection.transport.get_write_buffer_size()
            if connection.transport.is_closing():
                self.forget(connection)
            elif not connection.requests and waited > (
                SLOW_READER_SECONDS if unread else PATIENCE_SECONDS
            ):
                self.say("connections were closed that sent no whole request in time")
                self._close(connection)

    def say(self, what: str) -> None:
        """Log a message at most once a minute, however often it occurs."""
        last = self._said_at.get(what)
        if last is None or self.now() - last >= _SAY_AGAIN_SECONDS:
            self._said_at[what] = self.now()
            log.warning("%s (told once a minute)", what)

    def _close_longest_waiting(self, connections: list[Connection]) -> bool:
        waiting = [one for one in connections if not one.requests or one.transport.is_closing()]
        if not waiting:
            return False
        self.say("many connections at once: those that sent no whole request make room")
        self._close(min(waiting, key=lambda one: one.waiting_since))
        return True

    def _close(self, connection: Connection) -> None:
        connection.transport.abort()
        self.forget(connection)


class _Guarded(asyncio.Protocol):
    """Stands between a connection and the server's own protocol, which does all the reading."""

    def __init__(self, guard: Guard, make: Protocols) -> None:
        self._guard = guard
        self._make = make
        self._inner: Any = None
        self._connection: Connection | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = cast("asyncio.Transport", transport)
        connection = self._guard.admit(stream)
        if connection is None:
            stream.abort()
            return
        self._connection = connection
        self._inner = self._make()
        self._call(self._inner.connection_made, transport)

    def data_received(self, data: bytes) -> None:
        if self._inner is not None:
            self._call(self._inner.data_received, data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()

    def connection_lost(self, failure: Exception | None) -> None:
        if self._connection is not None:
            self._guard.forget(self._connection)
            self._call(self._inner.connection_lost, failure)

    def _call(self, method: Callable[[Any], object], given: object) -> None:
        # the task that answers a request starts here and inherits the context
        token = _CURRENT.set(self._connection)
        try:
            method(given)
        finally:
            _CURRENT.reset(token)


class _Servers:
    """The servers at the port and at the Unix socket, closed together."""

    def __init__(self, port: asyncio.Server, unix: asyncio.Server, path: Path) -> None:
        self._port, self._unix, self._path = port, unix, path

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - that of the server at the port
        return getattr(self._port, name)

    def close(self) -> None:
        self._port.close()
        self._unix.close()
        self._path.unlink(missing_ok=True)

    async def wait_closed(self) -> None:
        await self._port.wait_closed()
        await self._unix.wait_closed()


def guard_server(
    loop: asyncio.AbstractEventLoop, guard: Guard, *, unix_socket: Path | None = None
) -> None:
    """Make the server that starts on this loop accept connections through the guard.

    With `unix_socket` it listens there too, accessible only to its own user and group.
    """
    plain = loop.create_server

    async def create_server(make: Protocols, *arguments: Any, **options: Any) -> object:  # noqa: ANN401 - those of create_server
        def guarded() -> _Guarded:
            return _Guarded(guard, make)

        options["backlog"] = guard.limits.backlog
        if options.get("ssl") is not None:
            options["ssl_handshake_timeout"] = PATIENCE_SECONDS
        server = await plain(guarded, *arguments, **options)
        if unix_socket is None:
            return server
        unix = await loop.create_unix_server(
            guarded, path=unix_socket, backlog=guard.limits.backlog
        )
        unix_socket.chmod(0o660)
        return _Servers(server, unix, unix_socket)

    def sweep() -> None:
        guard.sweep()
        loop.call_later(_SWEEP_SECONDS, sweep)

    def handle(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if "out of system resource" in str(context.get("message")):
            # asyncio reports every single attempt, thousands of times a second
            guard.say(f"no connection can be taken: {context.get('exception')}")
        else:
            loop.default_exception_handler(context)

    loop.create_server = create_server  # type: ignore[method-assign, assignment]
    loop.set_exception_handler(handle)
    sweep()
