"""Calls are bounded, and whatever breaks one becomes a word."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from core.domain.failure import Charge, Failure
from core.engines.bria.call_failures import failure_word
from core.engines.bria.engine import FIBO, BriaEngine
from core.engines.bria.faults import Reporter
from core.engines.bria.wire import Bounds, Exchange, Wire
from core.errors import SettingsError
from core.provider.retry import Decision, decide
from tests.engines.bria.customer import NOW, failure_of, order
from tests.fakes.bria import FakeBria

REQUEST_ID = "0123456789abcdef0123456789abcdef"
ACCEPTED = f'{{"request_id": "{REQUEST_ID}"}}'.encode()
TOKEN = SecretStr("a-key")


class Stranger(httpx.AsyncBaseTransport):
    """Answers with what it is told, or breaks."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer = answer

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Flow(httpx.AsyncByteStream):
    """A body whose pieces are counted as they are taken; `start` goes before them."""

    def __init__(self, piece: bytes, count: int, *, start: bytes = b"") -> None:
        self.piece, self.count, self.start, self.taken = piece, count, start, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.start:
            yield self.start
        for _ in range(self.count):
            self.taken += 1
            yield self.piece


def submitted(answer: httpx.Response | Exception, bounds: Bounds | None = None) -> Exchange:
    wire = Wire(TOKEN, version="1", bounds=bounds, transport=Stranger(answer))
    return asyncio.run(wire.submit("/image/generate", {"prompt": "a fox"}))


def submit_failure(answer: httpx.Response | Exception) -> Failure:
    wire = Wire(TOKEN, version="1", transport=Stranger(answer))
    engine = BriaEngine(FIBO, wire, Reporter(TOKEN, lambda: NOW))
    return asyncio.run(failure_of(engine.submit(order())))


def test_a_body_without_end_is_left_at_its_cap() -> None:
    flow = Flow(b" " * 1_000, 1_000_000)

    exchange = submitted(httpx.Response(202, stream=flow), Bounds(json_bytes=10_500))

    assert (exchange.failure, len(exchange.body), flow.taken) == ("too_large", 10_500, 11)


def test_a_packed_body_is_unpacked_no_further_than_its_cap() -> None:
    packed = gzip.compress(ACCEPTED + bytes(50_000_000))
    headers = {"content-encoding": "gzip", "content-length": str(len(packed))}
    answer = httpx.Response(202, headers=headers, stream=Flow(packed, 1))

    tracemalloc.start()
    try:
        exchange = submitted(answer, Bounds(json_bytes=100_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (exchange.failure, len(exchange.body)) == ("too_large", 100_000)
    assert peak < 10_000_000


def test_packing_that_holds_nothing_is_not_read_for_ever() -> None:
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    start = packer.compress(b"") + packer.flush(zlib.Z_SYNC_FLUSH)
    nothing = packer.flush(zlib.Z_SYNC_FLUSH) or b"\x00\x00\x00\xff\xff"
    flow = Flow(nothing * 200, 1_000_000, start=start)
    answer = httpx.Response(202, headers={"content-encoding": "gzip"}, stream=flow)

    exchange = submitted(answer, Bounds(json_bytes=9_500))

    assert (exchange.failure, bytes(exchange.body), flow.taken) == ("too_large", b"", 10)


def test_rubbish_behind_a_packed_body_is_not_waited_for() -> None:
    flow = Flow(gzip.compress(ACCEPTED), 1_000_000)
    answer = httpx.Response(202, headers={"content-encoding": "gzip"}, stream=flow)

    exchange = submitted(answer)

    assert (exchange.failure, bytes(exchange.body), flow.taken) == (None, ACCEPTED, 1)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate", "x-unheard-of"])
def test_no_other_packing_is_opened(encoding: str) -> None:
    packed = gzip.compress(gzip.compress(ACCEPTED))
    answer = httpx.Response(202, headers={"content-encoding": encoding}, stream=Flow(packed, 1))

    failure = submit_failure(answer)

    assert (failure.kind, failure.charge) == ("unknown_encoding", Charge.YES)
    assert decide(failure, repeats_left=9) is Decision.HOLD


@pytest.mark.parametrize("body", [gzip.compress(ACCEPTED, mtime=0)[:-9], b"not gzip at all"])
def test_a_packed_body_that_does_not_open_is_cut(body: bytes) -> None:
    answer = httpx.Response(202, headers={"content-encoding": "gzip"}, stream=Flow(body, 1))

    assert submitted(answer).failure == "cut_answer"


def test_a_body_shorter_than_announced_is_cut_and_its_number_adopted() -> None:
    headers = {"content-length": str(len(ACCEPTED) + 7)}
    failure = submit_failure(httpx.Response(202, headers=headers, stream=Flow(ACCEPTED, 1)))

    assert (failure.kind, failure.request_id) == ("cut_answer", REQUEST_ID)
    assert decide(failure, repeats_left=0) is Decision.ADOPT


@pytest.mark.parametrize(
    "problem",
    [
        *(RuntimeError("a bug"), ValueError("a bug"), OSError("a bug"), KeyError("a bug")),
        *(httpx.LocalProtocolError("x"), httpx.WriteError("x"), httpx.CloseError("x")),
        *(httpx.DecodingError("x"), httpx.InvalidURL("x"), httpx.ProxyError("x")),
    ],
)
def test_whatever_breaks_a_paid_call_is_held_unless_it_provably_never_left(
    problem: Exception,
) -> None:
    failure = submit_failure(problem)

    assert failure.charge is Charge.MAYBE
    assert decide(failure, repeats_left=9) is Decision.HOLD
    assert failure.detail == type(problem).__name__


def test_a_status_nobody_documented_is_held_or_refused_by_its_class() -> None:
    told = {
        status: submit_failure(httpx.Response(status)).charge
        for status in (204, 418, 424, 460, 499, 501, 506, 599)
    }

    assert told == {
        204: Charge.YES,
        460: Charge.NO,
        **dict.fromkeys((418, 424, 499, 501, 506, 599), Charge.MAYBE),
    }


def test_a_refusal_counts_even_if_its_body_breaks_off() -> None:
    answer = httpx.Response(429, headers={"content-length": "99"}, stream=Flow(b"{", 1))

    failure = submit_failure(answer)

    assert (failure.kind, failure.charge) == ("http_429", Charge.NO)


def test_json_of_any_type_is_understood_if_it_holds_a_number() -> None:
    headers = {"content-type": "text/plain"}
    answer = httpx.Response(200, headers=headers, stream=Flow(ACCEPTED, 1))
    wire = Wire(TOKEN, version="1", transport=Stranger(answer))
    engine = BriaEngine(FIBO, wire, Reporter(TOKEN, lambda: NOW))

    assert asyncio.run(engine.submit(order())).request_id == REQUEST_ID


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "bria.ai",
        "ftp://bria.ai",
        "https://",
        "https://me:pw@bria.ai",
        "https://a?b=c",
    ],
)
def test_a_base_address_that_is_none_is_refused(base_url: str) -> None:
    with pytest.raises(SettingsError, match="BRIA_BASE_URL"):
        Wire(TOKEN, version="1", base_url=base_url)


def test_every_way_httpx_can_break_on_the_line_has_a_word() -> None:
    def below(kind: type[Exception]) -> list[type[Exception]]:
        return [kind, *(each for child in kind.__subclasses__() for each in below(child))]

    general = {
        *(httpx.TransportError, httpx.TimeoutException, httpx.NetworkError, httpx.ProtocolError),
        *(httpx.LocalProtocolError, httpx.ProxyError, httpx.UnsupportedProtocol),
    }
    words = {
        kind: failure_word(kind("x"), answered=False)
        for kind in below(httpx.TransportError)
        if kind.__module__ == "httpx"
    }

    assert {kind for kind, word in words.items() if word == "broken"} == general


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        (socket.gaierror(), "dns"),
        (ConnectionRefusedError(), "refused"),
        (ssl.SSLCertVerificationError(), "certificate"),
        (ssl.SSLEOFError(), "tls_failed"),
        (OSError("no route"), "connect_failed"),
    ],
)
def test_the_reason_is_found_however_deep_it_lies(reason: OSError, word: str) -> None:
    problem, middle = httpx.ConnectError("x"), OSError("all attempts failed")
    problem.__cause__ = middle
    middle.__cause__ = ExceptionGroup("all attempts", [OSError("first"), reason])
    middle.__context__ = problem

    assert failure_word(problem, answered=False) == word


def counted(serve: Callable[[str], Coroutine[Any, Any, None]]) -> int:
    """Return how many connections a visit opens; each ends with the visit's event loop."""
    connections: list[asyncio.Task[None]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(asyncio.current_task())  # type: ignore[arg-type] # it is one
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")).strip():
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0] or 0)
                await reader.readexactly(length)
                size = len(ACCEPTED)
                writer.write(b"HTTP/1.1 202 A\r\nContent-Length: %d\r\n\r\n" % size + ACCEPTED)
        except asyncio.IncompleteReadError:
            writer.close()
            await writer.wait_closed()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            await asyncio.to_thread(lambda: asyncio.run(serve(address)))
            await asyncio.gather(*connections)

    asyncio.run(run())
    return len(connections)


def test_each_submit_has_a_connection_of_its_own_and_polls_share_one() -> None:
    async def submits(base_url: str) -> None:
        wire = Wire(TOKEN, version="1", base_url=base_url)
        for _ in range(3):
            assert (await wire.submit("/image/generate", {})).status == 202

    async def polls(base_url: str) -> None:
        wire = Wire(TOKEN, version="1", base_url=base_url)
        for _ in range(3):
            assert (await wire.status(REQUEST_ID)).status == 202

    assert (counted(submits), counted(polls)) == (3, 1)


def test_the_fake_notices_no_visit_while_its_door_refuses(fake: FakeBria) -> None:
    fake.turn_door("api", "refused")
    wire = Wire(TOKEN, version="1", base_url=fake.base_url)

    exchange = asyncio.run(wire.submit("/image/generate", {}))

    assert (exchange.failure, exchange.status, exchange.may_have_left) == ("refused", None, False)
