"""Everything the fake Bria remembers: settings, jobs, charges and who asked for what."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from tests.fakes.bria_server import pictures
from tests.fakes.bria_server.answers import Answer, error_answer, json_answer
from tests.fakes.bria_server.contract import MOST_SEED, Body
from tests.fakes.bria_server.faults import Fault
from tests.fakes.bria_server.jobs import Job, told
from tests.fakes.bria_server.ledger import Ledger
from tests.fakes.bria_server.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the fake behaves when nothing is broken."""

    token: str = "a-token-only-the-fake-knows"  # noqa: S105 # opens nothing but this fake
    ready_after_polls: int = 1
    ready_after_seconds: float = 0.0
    long_side: int = 96
    rate_per_minute: int | None = None
    address_lifetime_seconds: float = 3 * 86_400.0

    def changed(self, wishes: Mapping[str, Any]) -> Rules:
        """Return these rules with some of them replaced."""
        unknown = wishes.keys() - {rule.name for rule in fields(self)}
        if unknown:
            raise ValueError(f"The fake Bria has no rule named {sorted(unknown)}.")
        return replace(self, **wishes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request as it came in; `token` is what the api_token header said."""

    door: str
    method: str
    path: str
    token: str | None
    user_agent: str | None
    fault: str | None
    monotonic: float = field(default_factory=time.monotonic)


class Provider:
    """The company behind the ports."""

    def __init__(self, rules: Rules, ledger_path: Path) -> None:
        self._first_rules = rules
        self.api_url = self.asset_url = ""
        self.start_over(ledger_path)

    def start_over(self, ledger_path: Path) -> None:
        """Forget everything since the start, and open another ledger."""
        self.rules = self._first_rules
        self.ledger = Ledger(ledger_path)
        self.schedule = Schedule()
        self.jobs: dict[str, Job] = {}
        self.visits: list[Visit] = []
        self.expired: set[str] = set()
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    @property
    def elsewhere(self) -> str:
        """An address on another host that nobody should take a token to."""
        return f"{self.asset_url}/elsewhere"

    def too_many(self, endpoint: str) -> Answer | None:
        """Return a 429 if the endpoint was called too often within a minute."""
        most = self.rules.rate_per_minute
        if most is None:
            return None
        now, calls = time.monotonic(), self._calls[endpoint]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) < most:
            calls.append(now)
            return None
        wait = str(int(calls[0] + 61 - now))
        refusal = error_answer(429, f"{most} requests a minute are allowed")
        return replace(refusal, headers=(("Retry-After", wait),))

    def accept(self, endpoint: str, raw: bytes, body: Body) -> Answer:
        """Charge for a legal request and return the answer that says so."""
        number = len(self.jobs) + 1
        request_id = hashlib.sha256(f"{number}/{endpoint}".encode() + raw).hexdigest()[:32]
        seed = body.get("seed", int(request_id, 16) % MOST_SEED)
        fault = self.schedule.next_fault("job")
        job = Job(request_id=request_id, endpoint=endpoint, body=body, seed=seed, fault=fault)
        self.ledger.append(request_id=request_id, endpoint=endpoint, raw=raw, body=body)
        self.jobs[request_id] = job
        if body.get("sync"):
            result = job.result(self._image_url(job))
            return json_answer(200, {"result": result, "request_id": request_id, **job.warning()})
        status_url = f"{self.api_url}/v2/status/{request_id}"
        accepted = {"request_id": request_id, "status_url": status_url, **job.warning()}
        return json_answer(202, accepted)

    def status(self, request_id: str, fault: Fault | None) -> Answer:
        """Return what a poll is told."""
        job = self.jobs.get(request_id)
        if job is None:
            return json_answer(404, {"status": "NOT_FOUND"})
        job.polls += 1
        waited = time.monotonic() - job.started >= self.rules.ready_after_seconds
        ready = waited and job.polls > self.rules.ready_after_polls
        return told(job, fault, ready=ready, image_url=lambda: self._image_url(job))

    def picture(self, name: str, query: Mapping[str, str], fault: Fault | None) -> Answer:
        """Return the bytes behind a signed address, or the XML of a refusal."""
        job = self.jobs.get(name.rpartition(".")[0])
        signature = query.get("Signature", "")
        if job is None or self._is_gone(job, fault):
            return _xml(404, "NoSuchKey")
        if fault is not None and fault.kind == "expired":
            self.expired.add(signature)
        known = signature in job.signatures and signature not in self.expired
        if not known or float(query.get("Expires", "0")) < time.time():
            return _xml(403, "AccessDenied")
        width, height = pictures.size_for(job.body.get("aspect_ratio", "1:1"), self.rules.long_side)
        body = pictures.draw(job.seed, width, height, job.output_type)
        return Answer(status=200, body=body, media_type=f"image/{job.output_type}")

    def jobs_as_json(self) -> list[dict[str, Any]]:
        """Return the jobs in order of acceptance."""
        return [
            {"request_id": job.request_id, "seed": job.seed, "polls": job.polls}
            for job in self.jobs.values()
        ]

    def visits_as_json(self) -> list[dict[str, Any]]:
        """Return the requests in order of arrival."""
        return [asdict(visit) for visit in self.visits]

    def _image_url(self, job: Job) -> str:
        return job.fresh_address(self.asset_url, self.rules.address_lifetime_seconds)

    @staticmethod
    def _is_gone(job: Job, fault: Fault | None) -> bool:
        job.image_gone = job.image_gone or (fault is not None and fault.kind == "gone")
        return job.image_gone


def _xml(status: int, code: str) -> Answer:
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code></Error>'.encode()
    return Answer(status=status, body=body, media_type="application/xml")
