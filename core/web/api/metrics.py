"""The route that a Prometheus server asks: how much was made, what waits, what it costs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse

from core.domain.money import MICROUSD
from core.figures.measures import STATUS_MEASURES
from core.insights.metrics import read_engine_sums
from core.keys.from_settings import Scope
from core.web.api.auth import Access
from core.wiring import Studio

FORMAT = "text/plain; version=0.0.4; charset=utf-8"

_MICRO = 1_000_000
_MEMORY = Path("/proc/self/statm")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096

Labels = Mapping[str, str]
Sums = Mapping[str, Mapping[str, int]]


@dataclass(slots=True)
class Meter:
    """One figure with its values, as Prometheus reads it."""

    name: str
    kind: Literal["counter", "gauge", "summary"]
    about: str
    values: list[tuple[str, Labels, float]] = field(default_factory=list)

    def add(self, value: float, *, suffix: str = "", **labels: str) -> Meter:
        """Add a value under labels."""
        self.values.append((suffix, labels, value))
        return self

    def lines(self) -> Iterator[str]:
        """Return its lines of the text format."""
        yield f"# HELP {self.name} {self.about}"
        yield f"# TYPE {self.name} {self.kind}"
        for suffix, labels, value in self.values:
            pairs = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
            yield f"{self.name}{suffix}{f'{{{pairs}}}' if pairs else ''} {value:.15g}"


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["studio"])

    @router.get(
        "/metrics",
        summary="Figures for Prometheus",
        dependencies=[Depends(access.to(Scope.READ))],
        response_class=PlainTextResponse,
        responses={200: {"content": {"text/plain": {}}, "description": "Text format 0.0.4."}},
    )
    def tell_meters() -> PlainTextResponse:
        """Return the figures since the first day, and how the studio is just now."""
        with studio.database.reading() as session:
            sums = read_engine_sums(session)
        meters = [*_made(sums), *_spent(sums), *_now(studio), *_process()]
        text = "".join(f"{line}\n" for meter in meters for line in meter.lines())
        return PlainTextResponse(text, media_type=FORMAT)

    return router


def _made(sums: Sums) -> Iterator[Meter]:
    by_status = Meter("fibo_generations", "gauge", "Pictures by engine and status.")
    seconds = Meter("fibo_generation_seconds", "summary", "Seconds from begin to picture.")
    for engine, amounts in sums.items():
        for status in STATUS_MEASURES:
            by_status.add(amounts[status], engine=engine, status=status)
        seconds.add(amounts["run_microseconds"] / _MICRO, suffix="_sum", engine=engine)
        seconds.add(amounts["run_count"], suffix="_count", engine=engine)
    yield by_status
    yield seconds
    for name, measure, about in (
        ("fibo_generations_asked_total", "asked", "Pictures that were asked for."),
        ("fibo_retries_total", "repeats", "Orders that were sent again."),
        ("fibo_cache_lookups_total", "eligible", "Requests that looked into the result cache."),
        ("fibo_cache_hits_total", "hits", "Requests answered with a picture owned already."),
    ):
        yield _one_a_engine(Meter(name, "counter", about), sums, measure)
    waiting = sum(amounts["queued"] for amounts in sums.values())
    yield Meter("fibo_queue_length", "gauge", "Pictures that wait to be made.").add(waiting)


def _spent(sums: Sums) -> Iterator[Meter]:
    cost = Meter("fibo_cost_usd", "gauge", "What was charged for certain, and at most.")
    saved = Meter("fibo_saved_usd", "gauge", "What the result cache made unnecessary.")
    for engine, amounts in sums.items():
        cost.add(amounts["certain_microusd"] / MICROUSD, engine=engine, charge="certain")
        cost.add(amounts["possible_microusd"] / MICROUSD, engine=engine, charge="possible")
        saved.add(amounts["saved_microusd"] / MICROUSD, engine=engine)
    yield cost
    yield saved


def _now(studio: Studio) -> Iterator[Meter]:
    report = studio.health.report()
    yield Meter("fibo_healthy", "gauge", "1 when pictures can be made.").add(not report.problems)
    yield Meter("fibo_disk_free_bytes", "gauge", "Left for pictures.").add(report.free_disk_bytes)
    silence = Meter("fibo_worker_silence_seconds", "gauge", "Since a worker's last sign of life.")
    if report.worker_seen_at is not None:
        silence.add(_age_seconds(studio.clock.now(), report.worker_seen_at))
    yield silence
    paused = Meter("fibo_provider_paused", "gauge", "1 for each endpoint that is left alone now.")
    for trouble in studio.rate_limiter.troubles():
        paused.add(1, endpoint=trouble.endpoint)
    yield paused
    entries = studio.insights.cache_counts().valid
    yield Meter("fibo_cache_entries", "gauge", "Requests that the result cache knows.").add(entries)


def _process() -> Iterator[Meter]:
    yield Meter("process_cpu_seconds_total", "counter", "Processor time of this process.").add(
        time.process_time()
    )
    if _MEMORY.exists():
        resident_bytes = int(_MEMORY.read_text().split()[1]) * _PAGE_BYTES
        yield Meter("process_resident_memory_bytes", "gauge", "Memory of this process.").add(
            resident_bytes
        )


def _one_a_engine(meter: Meter, sums: Sums, measure: str) -> Meter:
    for engine, amounts in sums.items():
        meter.add(amounts[measure], engine=engine)
    return meter


def _age_seconds(now: datetime, then: datetime) -> float:
    return max((now - then).total_seconds(), 0.0)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
