"""Uploads of somebody who means harm, against the real server: its memory stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from core.web.edge.body_limits import ALL_BYTES
from tests.serving import Server

MEGABYTE = 1_000_000
XSRF = "_streamlit_xsrf"

CUT = 0
"""The server hung up while the file was still coming, as it may after it has refused."""


@pytest.fixture
def visits() -> Iterator[ExitStack]:
    """Sockets that stay open as long as the test, since a visit's files go with it."""
    with ExitStack() as opened:
        yield opened


def new_visit(server: Server, visits: ExitStack) -> str:
    """Open a page as any visitor can, and return the id of the visit."""
    address = f"{server.url.replace('http', 'ws')}/_stcore/stream"
    # what the page draws is never read, so the server's side of a farewell would be waited for
    socket = visits.enter_context(connect(address, max_size=None, close_timeout=0.1))
    asking = BackMsg()
    asking.rerun_script.query_string = ""
    socket.send(asking.SerializeToString())
    while True:
        told = ForwardMsg.FromString(socket.recv(timeout=60, decode=False))
        if told.WhichOneof("type") == "new_session":
            return str(told.new_session.initialize.session_id)


def upload(server: Server, visit: str, name: str, size: int) -> int:
    """Send a file with a token of our own making and return the status of the answer."""
    with httpx.Client(timeout=120) as client:
        token = client.get(f"{server.url}/_stcore/health").cookies[XSRF]
        try:
            answer = client.put(
                f"{server.url}/_stcore/upload_file/{visit}/{name}",
                files={"file": (name, b"x" * size)},
                headers={"X-Xsrftoken": token, "Cookie": f"{XSRF}={token}"},
            )
        except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            return CUT
    return answer.status_code


def resident_bytes(server: Server) -> int:
    return int(psutil.Process(server.process.pid).memory_info().rss)


def test_files_that_are_too_large_leave_no_trace_in_memory(
    serve: Callable[..., Server], visits: ExitStack
) -> None:
    server = serve()
    visit = new_visit(server, visits)
    assert upload(server, visit, "first", 1000) == 204
    before = resident_bytes(server)

    statuses = [upload(server, visit, f"f{number}", 100 * MEGABYTE) for number in range(6)]

    assert set(statuses) <= {413, CUT}
    assert resident_bytes(server) - before < 60 * MEGABYTE


def test_many_visits_together_hold_no_more_than_the_limit(
    serve: Callable[..., Server], visits: ExitStack
) -> None:
    server = serve()
    assert upload(server, new_visit(server, visits), "first", 1000) == 204
    before = resident_bytes(server)

    statuses = [
        upload(server, visit, f"f{number}", 50 * MEGABYTE)
        for visit in [new_visit(server, visits) for _ in range(4)]
        for number in range(4)
    ]

    # two files fill a visit, and with the little one and the envelopes three fill the house
    assert statuses.count(204) == 3
    assert set(statuses) <= {204, 413, 429, CUT}
    assert resident_bytes(server) - before < ALL_BYTES + 60 * MEGABYTE
    httpx.get(f"{server.url}/api/health").raise_for_status()
