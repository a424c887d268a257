"""How many uploaded tables arrive at once, and how many of them are in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.requests import Request
from starlette.types import Message

from core.errors import EdgeError
from core.web.api.upload_form import FormReader

HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
TAIL = b"\r\n--x--\r\n"


class Sender:
    """Somebody who sends a table, the last piece only when the test says so."""

    def __init__(self, content: bytes = b"prompt\na boat\n") -> None:
        self.pieces = [HEAD + content, TAIL]
        self.asked = 0
        self.may_end = asyncio.Event()

    @property
    def request(self) -> Request:
        headers = [(b"content-type", b"multipart/form-data; boundary=x")]
        scope = {"type": "http", "method": "POST", "path": "/api/batches", "headers": headers}
        return Request(scope, self._receive)

    async def _receive(self) -> Message:
        self.asked += 1
        if len(self.pieces) == 1:
            await self.may_end.wait()
        piece = self.pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}


class GenerationService:
    """Where uploads are read; counts how many are in memory together."""

    def __init__(self, uploads: FormReader) -> None:
        self.uploads = uploads
        self.in_memory = self.most_in_memory = self.done = 0
        self.may_go_on = asyncio.Event()

    async def read(self, sender: Sender) -> None:
        async with self.uploads.receive(sender.request) as upload:
            assert upload.content == b"prompt\na boat\n"
            self.in_memory += 1
            self.most_in_memory = max(self.most_in_memory, self.in_memory)
            await self.may_go_on.wait()
            self.in_memory -= 1
        self.done += 1


@asynccontextmanager
async def reading(
    service: GenerationService, senders: list[Sender]
) -> AsyncIterator[list[asyncio.Task[None]]]:
    async with asyncio.TaskGroup() as group:
        yield [group.create_task(service.read(sender)) for sender in senders]


async def until_quiet() -> None:
    for _ in range(50):
        await asyncio.sleep(0.002)


def test_tables_are_in_memory_two_at_a_time_however_many_have_come() -> None:
    async def check() -> None:
        service, senders = (
            GenerationService(FormReader(arriving=8, in_memory=2)),
            [Sender() for _ in range(8)],
        )
        async with reading(service, senders):
            for sender in senders:
                sender.may_end.set()
            await until_quiet()
            assert service.in_memory == 2
            service.may_go_on.set()
        assert (service.done, service.most_in_memory) == (8, 2)

    asyncio.run(check())


def test_one_too_many_is_refused_before_anything_of_it_is_read() -> None:
    async def check() -> None:
        service, slow, late = (
            GenerationService(FormReader(arriving=2, in_memory=1)),
            [Sender(), Sender()],
            Sender(),
        )
        async with reading(service, slow):
            await until_quiet()
            with pytest.raises(EdgeError) as refused:
                await service.read(late)
            assert refused.value.status == 429
            assert refused.value.retry_after_seconds > 0
            assert late.asked == 0
            service.may_go_on.set()
            for sender in slow:
                sender.may_end.set()
        late.may_end.set()
        await service.read(late)
        assert service.done == 3

    asyncio.run(check())


def test_slow_senders_keep_nobody_from_being_read() -> None:
    async def check() -> None:
        service, slow, quick = (
            GenerationService(FormReader(arriving=8, in_memory=1)),
            [Sender(), Sender()],
            Sender(),
        )
        service.may_go_on.set()
        quick.may_end.set()
        async with reading(service, slow):
            await until_quiet()
            await service.read(quick)
            assert service.done == 1
            for sender in slow:
                sender.may_end.set()

    asyncio.run(check())


def test_a_sender_who_leaves_gives_the_place_back() -> None:
    async def check() -> None:
        service, gone = GenerationService(FormReader(arriving=1, in_memory=1)), Sender()
        leaving = asyncio.create_task(service.read(gone))
        await until_quiet()
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        service.may_go_on.set()
        again = Sender()
        again.may_end.set()
        await service.read(again)
        assert service.done == 1

    asyncio.run(check())
