"""Connections that only wait: they are closed, they make room, and they are told of once."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.web.edge import connections
from core.web.edge.connections import (
    FILES_OF_OUR_OWN,
    PATIENCE_SECONDS,
    SLOW_READER_SECONDS,
    ConnectionLimits,
    Guard,
    answering,
    current_connection,
    guard_server,
    limits_for,
)
from tests.running import wait_until
from tests.serving import ROOT, Server, clean_environment, free_port

HALF_A_HEAD = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX-Slow: "


@dataclass
class Wire:
    """The transport of a connection, as asyncio would hand it over."""

    peer: str = "192.0.2.7"
    unread: int = 0
    closed: bool = False

    def get_extra_info(self, name: str) -> object:
        return (self.peer, 50_000) if name == "peername" else None

    def get_write_buffer_size(self) -> int:
        return self.unread

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = True


@dataclass
class EdgeMiddleware:
    """A guard with a clock that the test moves."""

    limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    time: float = 0.0

    def __post_init__(self) -> None:
        self.guard = Guard(self.limits, now=lambda: self.time, is_shared=lambda a: a == "127.0.0.1")

    def admit(self, wire: Wire) -> Any:
        return self.guard.admit(wire)  # type: ignore[arg-type]


def test_a_connection_that_sends_no_whole_request_is_closed() -> None:
    door, silent, busy, reading = EdgeMiddleware(), Wire(), Wire(), Wire(unread=1)
    door.admit(silent)
    door.admit(busy).requests = 1
    door.admit(reading)

    door.time = PATIENCE_SECONDS
    door.guard.sweep()
    assert not silent.closed
    door.time = PATIENCE_SECONDS + 1
    door.guard.sweep()
    assert (silent.closed, busy.closed, reading.closed) == (True, False, False)
    door.time = SLOW_READER_SECONDS + 1
    door.guard.sweep()
    assert (busy.closed, reading.closed) == (False, True)


def test_the_time_of_a_connection_begins_anew_with_each_answer() -> None:
    door, wire = EdgeMiddleware(), Wire()
    connection = door.admit(wire)
    token = connections._CURRENT.set(connection)
    with answering(lambda: door.time):
        assert current_connection() is connection
        door.time = 1000
        door.guard.sweep()
    connections._CURRENT.reset(token)

    door.time = 1000 + PATIENCE_SECONDS
    door.guard.sweep()
    assert not wire.closed
    door.time += 1
    door.guard.sweep()
    assert wire.closed


def test_where_all_places_are_taken_the_longest_waiting_makes_room() -> None:
    door, wires = (
        EdgeMiddleware(ConnectionLimits(most=3)),
        [Wire(peer="127.0.0.1") for _ in range(4)],
    )
    door.admit(wires[0]).requests = 1
    for wire in wires[1:]:
        door.time += 1
        assert door.admit(wire)

    assert [wire.closed for wire in wires] == [False, True, False, False]


def test_where_all_are_at_work_the_next_is_refused() -> None:
    door = EdgeMiddleware(ConnectionLimits(most=2))
    for _ in range(2):
        door.admit(Wire()).requests = 1

    assert door.admit(Wire()) is None


def test_one_address_of_the_network_has_its_share_and_a_shared_one_all() -> None:
    door = EdgeMiddleware(ConnectionLimits(most=100, most_of_one_address=2))
    first, other = Wire(), Wire(peer="192.0.2.8")
    door.admit(first)
    door.admit(other)
    door.time += 1
    door.admit(Wire())
    door.admit(Wire())
    assert (first.closed, other.closed) == (True, False)

    shared = [Wire(peer="127.0.0.1") for _ in range(10)]
    for wire in shared:
        door.admit(wire)
    assert not any(wire.closed for wire in shared)


def test_what_happens_often_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    door = EdgeMiddleware()
    for _ in range(1000):
        door.guard.say("many connections")
    assert len(caplog.records) == 1
    door.time = 61
    door.guard.say("many connections")
    assert len(caplog.records) == 2


@pytest.mark.parametrize("files", [64, 256, 1024, 4096, 20_000, 1_000_000])
def test_connections_leave_files_for_everything_else(files: int) -> None:
    limits = limits_for(files)

    assert limits.most >= 1
    assert limits.most + limits.backlog <= max(files - FILES_OF_OUR_OWN, files // 2)


def test_a_full_table_of_files_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async def fail_often() -> None:
        loop = asyncio.get_running_loop()
        guard_server(loop, EdgeMiddleware().guard)
        for _ in range(1000):
            loop.call_exception_handler(
                {"message": "socket.accept() out of system resource", "exception": OSError(24)}
            )
        loop.call_exception_handler({"message": "something else", "exception": ValueError()})

    caplog.set_level(logging.INFO)
    asyncio.run(fail_often())

    told = [record.message for record in caplog.records]
    assert len([line for line in told if "no connection can be taken" in line]) == 1
    assert len([line for line in told if "something else" in line]) == 1


@pytest.fixture
def files() -> Iterator[ExitStack]:
    """Room for a thousand sockets of the test itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4096:
        pytest.skip("this machine allows too few open files to hold 1,200 connections")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    with ExitStack() as opened:
        yield opened
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def health(server: Server) -> int:
    try:
        return httpx.get(f"{server.url}/api/health", timeout=10).status_code
    except httpx.TransportError:
        return 0


def connections_held(server: Server) -> int:
    handles = Path(f"/proc/{server.process.pid}/fd").iterdir()
    return sum(1 for handle in handles if is_socket(handle))


def is_socket(handle: Path) -> bool:
    try:
        return str(handle.readlink()).startswith("socket:")
    except OSError:  # closed since it was listed
        return False


def test_twelve_hundred_half_sent_heads_do_not_silence_the_server(
    files: ExitStack, tmp_path: Path
) -> None:
    server = serve_with_few_files(tmp_path)
    try:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        before = connections_held(server)
        for _ in range(1200):
            half = files.enter_context(socket.create_connection(address, timeout=30))
            half.sendall(HALF_A_HEAD)

        assert [health(server) for _ in range(5)] == [200] * 5
        wait_until(lambda: connections_held(server) < before + 20, what="them to be closed")
        assert health(server) == 200
        assert server.log.stat().st_size < 1_000_000
    finally:
        server.kill()


@pytest.mark.parametrize(("hard_limit", "most"), [(1024, 672), (4096, 3360)])
def test_the_process_takes_as_many_files_as_it_may(hard_limit: int, most: int) -> None:
    asked = "from core.web.edge.connections import raise_file_limit as r; print(r().most)"
    limited = f'ulimit -Sn 512 && ulimit -Hn {hard_limit} && exec "$@"'
    words = ["/bin/bash", "-c", limited, "-", sys.executable, "-c", asked]

    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)

    assert int(told.stdout) == most


def serve_with_few_files(folder: Path) -> Server:
    """Start the server where a process may open 1,024 files, and never more."""
    port, log = free_port(), folder / "server.log"
    flags = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    limited = 'ulimit -Sn 1024 && ulimit -Hn 1024 && exec "$@"'
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *("/bin/bash", "-c", limited, "-"),
                *(sys.executable, "-m", "streamlit", "run", "app.py", *flags),
            ],
            cwd=ROOT,
            env={**clean_environment(), "FIBO_DATA_DIR": str(folder / "data")},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(process, f"http://127.0.0.1:{port}", folder / "data", log)
    try:
        wait_until(lambda: health(server) == 200, what="the server", patience_seconds=90)
    except AssertionError:
        server.kill()
        raise
    return server
