"""Three other ways to pay for pictures, modelled on the same calls.

All keep what they know in memory: a caller that ends with a picture knows the one charge behind
it, and one that ends without a picture knows none. Every caller starts when its job arrives and
waits for nobody else.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from email.utils import parsedate_to_datetime

from core.clock import Clock
from core.engines.bria.wire import Exchange
from tests.bench.reliability.figures import JobEnd
from tests.bench.reliability.provider import VirtualBria

POLL_SECONDS, DEADLINE_SECONDS = 3.0, 600.0
"""As our own first pause and deadline."""

NAIVE_REPEATS = 3
SDK_REPEATS, SDK_FACTOR, SDK_LONGEST_SECONDS = 3, 2.0, 120.0
SDK_POLL_SECONDS, SDK_DEADLINE_SECONDS = 1.0, 60.0
_SDK_STATUSES = {429, 502, 503, 504}


class CallFailedError(Exception):
    """A call that brought no usable answer."""


Call = Callable[[], Awaitable[Exchange]]
Asking = Callable[[Call], Awaitable[Exchange]]


class Caller:
    """No retry: one POST, and whatever fails after it is the end (the simplest script)."""

    poll_seconds, deadline_seconds = POLL_SECONDS, DEADLINE_SECONDS

    def __init__(self, provider: VirtualBria, clock: Clock, *, seed: int) -> None:
        self._provider, self._clock = provider, clock
        self._chance = random.Random(seed)  # noqa: S311 - no secret

    async def run_all(self, arrivals: Sequence[float]) -> list[JobEnd]:
        """Have all pictures made and return what came of them."""
        jobs = enumerate(arrivals, start=1)
        return await asyncio.gather(*(self._live(job, moment) for job, moment in jobs))

    async def submit(self, call: Call) -> Exchange:
        """Return the answer to a POST, or raise CallFailedError."""
        return _checked(await call())

    async def poll(self, call: Call) -> Exchange:
        """Return the answer to a poll, or raise CallFailedError."""
        return _checked(await call())

    async def download(self, call: Call) -> Exchange:
        """Return a picture, or raise CallFailedError."""
        return _checked(await call())

    async def _live(self, job: int, moment: float) -> JobEnd:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(moment - loop.time())
        try:
            await self._make(job)
        except CallFailedError:
            return JobEnd(job=job, end="failed", seconds=loop.time() - moment, recorded=0)
        return JobEnd(job=job, end="delivered", seconds=loop.time() - moment, recorded=1)

    async def _make(self, job: int) -> None:
        accepted = await self.submit(lambda: self._provider.submit("", {"seed": job}))
        request_id = str(json.loads(accepted.body)["request_id"])
        await self._wait_for(request_id)
        await self.download(lambda: self._provider.picture(request_id))

    async def _wait_for(self, request_id: str) -> None:
        """Poll until the job is completed; the deadline is looked at after each poll but the first.

        That a poll which comes back late with COMPLETED is thrown away is the vendor's own order
        (async_client.py:209-211).
        """
        seconds = self._clock.stopwatch()
        told = await self._ask(request_id)
        while told != "COMPLETED":
            await asyncio.sleep(self.poll_seconds)
            told = await self._ask(request_id)
            if seconds() >= self.deadline_seconds:
                raise CallFailedError

    async def _ask(self, request_id: str) -> str:
        exchange = await self.poll(lambda: self._provider.status(request_id))
        return str(json.loads(exchange.body)["status"])


class NaiveCaller(Caller):
    """Naive retry: every call, the POST too, is repeated 3 times after 1, 2 and 4 s."""

    async def submit(self, call: Call) -> Exchange:
        """Send the POST again whatever became of the one before."""
        return await self._stubborn(call)

    async def poll(self, call: Call) -> Exchange:
        """Ask again whatever went wrong."""
        return await self._stubborn(call)

    async def download(self, call: Call) -> Exchange:
        """Load again whatever went wrong."""
        return await self._stubborn(call)

    async def _stubborn(self, call: Call) -> Exchange:
        for repeat in range(NAIVE_REPEATS):
            try:
                return _checked(await call())
            except CallFailedError:
                await asyncio.sleep(2.0**repeat)
        return _checked(await call())


class SdkCaller(Caller):
    """The policy of Bria's own client, bria-client 0.3.1 with httpx-retries 0.6.0.

    Read from their sources: `Retry(total=3, backoff_factor=2)` (bria_client/clients/base.py:30)
    on a RetryTransport that leaves POST out (httpx_retries/retry.py:78-87, transport.py:209-213).
    A GET is repeated after 429, 502, 503, 504, timeouts, network and protocol errors
    (retry.py:88-100), after Retry-After cut to 120 s or else 2·2^n s with full jitter
    (retry.py:230-258). `poll` asks each second for 60 s (async_client.py:166-211); a GET that
    still failed ends it, as its answer counts as FAILED (toolkit/response.py:67, 74-81,
    async_client.py:206-214). An answer cut in its body is read after the transport returned, so it
    is not repeated. Pictures are loaded once, without repeats (toolkit/image.py:98-105).
    """

    poll_seconds, deadline_seconds = SDK_POLL_SECONDS, SDK_DEADLINE_SECONDS

    async def poll(self, call: Call) -> Exchange:
        """Repeat a GET as the vendor's transport does."""
        for attempt in range(1, SDK_REPEATS + 1):
            exchange = await call()
            if not _sdk_repeats(exchange):
                return _checked(exchange)
            await asyncio.sleep(self._pause(exchange, attempt))
        return _checked(await call())

    def _pause(self, exchange: Exchange, attempt: int) -> float:
        asked = self._asked_seconds(exchange.headers.get("retry-after", ""))
        if asked > 0:
            return min(asked, SDK_LONGEST_SECONDS)
        backoff = SDK_FACTOR * 2.0**attempt * self._chance.random()
        return min(backoff, SDK_LONGEST_SECONDS)

    def _asked_seconds(self, header: str) -> float:
        if not header:
            return 0.0
        if header.isdigit():
            return float(header)
        return (parsedate_to_datetime(header) - self._clock.now()).total_seconds()


def _sdk_repeats(exchange: Exchange) -> bool:
    if exchange.status is None:
        return exchange.failure is not None
    return exchange.status in _SDK_STATUSES


def _checked(exchange: Exchange) -> Exchange:
    """Return a whole answer of the 200s, or raise CallFailedError."""
    if exchange.status is None or exchange.failure or not 200 <= exchange.status < 300:
        raise CallFailedError
    return exchange


BASELINES: dict[str, type[Caller]] = {
    "no retry": Caller,
    "naive retry": NaiveCaller,
    "bria-client 0.3.1": SdkCaller,
}
