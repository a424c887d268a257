"""A provider in virtual time: it has faults by the schedule, and its ledger is the truth."""

from __future__ import annotations

import asyncio
import io
import json
import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
from PIL import Image
from pydantic import SecretStr

from core.engines.bria.hosts import Route
from core.engines.bria.wire import Channel, Exchange, Wire
from tests.bench.reliability.faults import Fault, Schedule
from tests.bench.reliability.virtual import VirtualClock

TOKEN = SecretStr("a-token-of-the-benchmark")
SHORTEST_WORK_SECONDS, LONGEST_WORK_SECONDS = 12.0, 20.0
_SECONDS: dict[Channel, float] = {"submit": 0.4, "poll": 0.1, "asset": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """An accepted POST; it costs money from here on, whoever knows of it."""

    job: int
    request_id: str
    ready_at: float


class VirtualBria(Wire):
    """Stands where the HTTP lines stand; the seed in a body is the number of the job.

    The draw of a call depends on the seed of the run, the job, the channel and how many such
    calls the job has made, so that all policies meet the same luck.
    """

    def __init__(self, schedule: Schedule, clock: VirtualClock, *, seed: int) -> None:
        super().__init__(TOKEN, version="bench")
        self.ledger: list[Charge] = []
        self.calls: Counter[Channel] = Counter()
        self.repeats = 0
        self._schedule, self._clock, self._seed = schedule, clock, seed
        self._by_id: dict[str, Charge] = {}
        self._calls_of: Counter[tuple[int, Channel]] = Counter()
        self._failed_last: set[int] = set()
        self._picture = _picture()

    async def submit(
        self, path: str, body: dict[str, Any], *, check: Callable[[], None] | None = None
    ) -> Exchange:
        """Take an order, or fail; an order may be taken although the answer fails."""
        del path, check
        job = int(body["seed"])
        fault = await self._call(job, "submit")
        if fault is not None and not fault.accepted:
            return self._broken(fault)
        charge = self._take(job)
        answer = json.dumps({"request_id": charge.request_id, "status_url": "unused"}).encode()
        return _json(202, answer) if fault is None else self._broken(fault, answer[:-9])

    async def status(self, request_id: str) -> Exchange:
        """Tell how far a job is."""
        charge = self._by_id[request_id]
        fault = await self._call(charge.job, "poll")
        if fault is not None:
            return self._broken(fault)
        told: dict[str, Any] = {"request_id": request_id, "status": "IN_PROGRESS"}
        if self._seconds() >= charge.ready_at:
            url = f"https://pictures.example/{request_id}.png"
            told |= {"status": "COMPLETED", "result": {"image_url": url, "seed": charge.job}}
        return _json(200, json.dumps(told).encode())

    async def download(self, route: Route) -> Exchange:
        """Hand over the picture."""
        request_id = route.url.path.strip("/").removesuffix(".png")
        return await self.picture(request_id)

    async def picture(self, request_id: str) -> Exchange:
        """Hand over the picture of a job."""
        fault = await self._call(self._by_id[request_id].job, "asset")
        if fault is not None:
            return self._broken(fault, self._picture[:100])
        return Exchange(status=200, body=bytearray(self._picture))

    async def _call(self, job: int, channel: Channel) -> Fault | None:
        """Let the time of one call pass and return what is wrong with it."""
        number = self._calls_of[job, channel]
        self._calls_of[job, channel] += 1
        self.calls[channel] += 1
        self.repeats += job in self._failed_last
        draw = random.Random(f"{self._seed}:{job}:{channel}:{number}")  # noqa: S311 - no secret
        fault = self._schedule.strike(channel, self._seconds(), draw)
        (self._failed_last.discard if fault is None else self._failed_last.add)(job)
        await asyncio.sleep(_SECONDS[channel] if fault is None else fault.seconds)
        return fault

    def _take(self, job: int) -> Charge:
        number = len(self.ledger)
        work = random.Random(f"{self._seed}:{job}:work")  # noqa: S311 - no secret
        seconds = work.uniform(SHORTEST_WORK_SECONDS, LONGEST_WORK_SECONDS)
        ready_at = self._seconds() + seconds
        charge = Charge(job=job, request_id=f"order-{number:08d}", ready_at=ready_at)
        self.ledger.append(charge)
        self._by_id[charge.request_id] = charge
        return charge

    def _broken(self, fault: Fault, body: bytes = b"") -> Exchange:
        """Return the call as the wire would report it."""
        headers = httpx.Headers()
        if fault.retry_after is not None:
            now = self._clock.now()
            asked = math.ceil(self._schedule.asked_seconds(fault, self._seconds()))
            headers["date"] = format_datetime(now, usegmt=True)
            is_date = fault.retry_after == "date"
            until = now + timedelta(seconds=asked)
            headers["retry-after"] = format_datetime(until, usegmt=True) if is_date else f"{asked}"
        return Exchange(
            may_have_left=not fault.unsent,
            status=fault.status,
            headers=headers,
            body=bytearray(body if fault.status in {200, 202} else b""),
            failure=fault.word,
            failure_class=fault.word or "",
        )

    def _seconds(self) -> float:
        return asyncio.get_running_loop().time()


def _json(status: int, body: bytes) -> Exchange:
    headers = httpx.Headers({"content-type": "application/json"})
    return Exchange(status=status, headers=headers, body=bytearray(body))


def _picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 8), (9, 90, 160)).save(target, "PNG")
    return target.getvalue()
