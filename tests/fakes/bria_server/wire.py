"""Sending an answer, or what is left of it, below the level of HTTP."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from tests.fakes.bria_server.answers import Answer
from tests.fakes.bria_server.faults import Fault

SETTLE_SECONDS = 0.05
BLOCK = b" " * 65_536
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """The TCP connection under one request."""

    transport: asyncio.Transport
    receive: Receive

    def write(self, content: bytes) -> None:
        """Send bytes as they are."""
        self.transport.write(content)

    async def reset(self) -> None:
        """End the connection with RST, after what was written has left."""
        await asyncio.sleep(SETTLE_SECONDS if self.transport.get_write_buffer_size() else 0)
        if not self.transport.is_closing():
            plug = self.transport.get_extra_info("socket")
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
            self.transport.abort()
        await self.gone()

    async def close(self) -> None:
        """End the connection with FIN, after what was written has left."""
        self.transport.close()
        await self.gone()

    async def gone(self) -> None:
        """Wait until the connection has ended, whoever ends it."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def silence(self, seconds: float) -> None:
        """Say nothing until time is up or the client has gone."""
        try:
            await asyncio.wait_for(self.gone(), seconds)
        except TimeoutError:
            await self.reset()

    async def drip(self, content: bytes, pause_seconds: float) -> None:
        """Send bytes one by one, unless the client has gone."""
        for number in range(len(content)):
            if self.transport.is_closing():
                return
            self.write(content[number : number + 1])
            await asyncio.sleep(pause_seconds)


Act = Callable[[Line, Answer, Fault], Awaitable[None]]


async def _stop_reading(line: Line, _: Answer, fault: Fault) -> None:
    line.transport.pause_reading()
    await asyncio.sleep(fault.seconds)
    await line.reset()


async def _reset_while_sending(line: Line, _: Answer, __: Fault) -> None:
    await line.receive()
    await line.reset()


async def _reset(line: Line, _: Answer, __: Fault) -> None:
    await line.reset()


async def _close(line: Line, _: Answer, __: Fault) -> None:
    await line.close()


async def _stall(line: Line, _: Answer, fault: Fault) -> None:
    await line.silence(fault.seconds)


async def _slow_headers(line: Line, answer: Answer, fault: Fault) -> None:
    await line.drip(answer.head(len(answer.body)), fault.seconds)
    line.write(answer.body)
    await line.close()


async def _drip_body(line: Line, answer: Answer, fault: Fault) -> None:
    line.write(answer.head(len(answer.body)))
    await line.drip(answer.body, fault.seconds)
    await line.close()


def _write_half(line: Line, answer: Answer) -> None:
    line.write(answer.head(len(answer.body)) + answer.body[: len(answer.body) // 2])


async def _stalled_body(line: Line, answer: Answer, fault: Fault) -> None:
    _write_half(line, answer)
    await line.silence(fault.seconds)


async def _truncated_body(line: Line, answer: Answer, _: Fault) -> None:
    _write_half(line, answer)
    await line.close()


async def _reset_in_body(line: Line, answer: Answer, _: Fault) -> None:
    _write_half(line, answer)
    await asyncio.sleep(SETTLE_SECONDS)
    await line.reset()


async def _cut_chunked(line: Line, answer: Answer, _: Fault) -> None:
    half = answer.body[: len(answer.body) // 2]
    line.write(answer.head(None) + _chunk(half))
    await line.close()


async def _short_length(line: Line, answer: Answer, _: Fault) -> None:
    line.write(answer.head(len(answer.body) // 2) + answer.body)
    await line.close()


async def _not_http(line: Line, _: Answer, __: Fault) -> None:
    line.write(b"\x16\x03\x01 this is not the protocol you are looking for\r\n\r\n")
    await line.close()


async def _endless_body(line: Line, answer: Answer, fault: Fault) -> None:
    line.write(answer.head(None) + _chunk(answer.body))
    while not line.transport.is_closing():
        line.write(_chunk(BLOCK))
        await asyncio.sleep(fault.seconds)
    await line.gone()


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


BEFORE_BODY: dict[str, Act] = {
    "reset_before_body": _reset,
    "reset_while_sending": _reset_while_sending,
    "stop_reading": _stop_reading,
}
ACTS: dict[str, Act] = {
    **BEFORE_BODY,
    **dict.fromkeys(("reset", "reset_before_acceptance", "reset_after_acceptance"), _reset),
    **dict.fromkeys(("close", "close_before_acceptance", "close_after_acceptance"), _close),
    **dict.fromkeys(("stall", "stall_before_acceptance", "stall_after_acceptance"), _stall),
    "slow_headers": _slow_headers,
    "drip_body": _drip_body,
    "stalled_body": _stalled_body,
    "truncated_body": _truncated_body,
    "reset_in_body": _reset_in_body,
    "cut_chunked": _cut_chunked,
    "short_length": _short_length,
    "not_http": _not_http,
    "endless_body": _endless_body,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer on its way: sent well, or the way its fault says."""

    answer: Answer
    fault: Fault | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; this makes a delivery an ASGI app."""
        fault = self.fault
        act = ACTS.get(fault.kind) if fault else None
        if fault and act:
            await act(Line(scope["line"], receive), self.answer, fault)
            return
        if fault and (fault.kind == "late_answer" or fault.status is not None):
            await asyncio.sleep(fault.seconds)
        await self._send_well(scope, receive, send)

    async def _send_well(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.answer
        length = len(answer.body) + answer.padding
        headers = dict([*answer.all_headers(), ("Content-Length", str(length))])
        pieces = _pieces(answer.body, answer.padding)
        await StreamingResponse(pieces, answer.status, headers)(scope, receive, send)


async def _pieces(body: bytes, padding: int) -> AsyncIterator[bytes]:
    yield body
    for piece in _blanks(padding):
        yield piece
        await asyncio.sleep(0)


def _blanks(size: int) -> Iterable[bytes]:
    for start in range(0, size, len(BLOCK)):
        yield BLOCK[: size - start]
