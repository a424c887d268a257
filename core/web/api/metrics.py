"""The route for a Prometheus server: how much was made, what waits, what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from core.domain.money import MICROUSD
from core.figures.measures import MILLION, STATUS_MEASURES
from core.insights.report import read_engine_sums
from core.keys.from_settings import Scope
from core.web.api.auth import Access
from core.wiring import Studio

Sums = Mapping[str, Mapping[str, int]]


class StudioCollector(Collector):
    """Reads the figures on every scrape; it counts nothing itself."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def collect(self) -> Iterator[Metric]:
        """Yield the figures since the first day, and the present state of the studio."""
        with self._studio.database.reading() as session:
            sums = read_engine_sums(session)
        yield from _made(sums)
        yield from _spent(sums)
        yield from _now(self._studio)


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["studio"])
    registry = CollectorRegistry()
    registry.register(StudioCollector(studio))
    ProcessCollector(registry=registry)

    @router.get(
        "/metrics",
        summary="Figures for Prometheus",
        dependencies=[Depends(access.to(Scope.READ))],
        response_class=Response,
        responses={
            200: {
                "content": {"text/plain": {}, "application/openmetrics-text": {}},
                "description": "Text format 0.0.4, or OpenMetrics where `Accept` asks for it.",
            }
        },
    )
    def tell_metrics(request: Request) -> Response:
        """Return the figures since the first day, and the present state of the studio."""
        try:
            encode, media_type = choose_encoder(request.headers.get("accept", ""))
        except TypeError:  # a version that is not a number
            encode, media_type = choose_encoder("")
        return Response(encode(registry), headers={"Content-Type": media_type})

    return router


def _made(sums: Sums) -> Iterator[Metric]:
    by_status = GaugeMetricFamily(
        "fibo_generations", "Pictures by engine and status.", labels=("engine", "status")
    )
    seconds = SummaryMetricFamily(
        "fibo_generation_seconds", "Seconds from begin to picture.", labels=("engine",)
    )
    for engine, amounts in sums.items():
        for status in STATUS_MEASURES:
            by_status.add_metric((engine, status), amounts[status])
        seconds.add_metric(
            (engine,),
            count_value=amounts["run_count"],
            sum_value=amounts["run_microseconds"] / MILLION,
        )
    yield by_status
    yield seconds
    for name, measure, about in (
        ("fibo_generations_asked", "asked", "Pictures that were asked for."),
        ("fibo_retries", "repeats", "Orders that were sent again."),
        ("fibo_cache_lookups", "eligible", "Requests that looked into the result cache."),
        ("fibo_cache_hits", "hits", "Requests answered with a picture owned already."),
    ):
        counted = CounterMetricFamily(name, about, labels=("engine",))
        for engine, amounts in sums.items():
            counted.add_metric((engine,), amounts[measure])
        yield counted
    waiting = sum(amounts["queued"] for amounts in sums.values())
    yield GaugeMetricFamily("fibo_queue_length", "Pictures that wait to be made.", waiting)


def _spent(sums: Sums) -> Iterator[Metric]:
    cost = GaugeMetricFamily(
        "fibo_cost_usd", "What was charged for certain, and at most.", labels=("engine", "charge")
    )
    saved = GaugeMetricFamily(
        "fibo_saved_usd", "What the result cache made unnecessary.", labels=("engine",)
    )
    for engine, amounts in sums.items():
        for charge in ("certain", "possible"):
            cost.add_metric((engine, charge), amounts[f"{charge}_microusd"] / MICROUSD)
        saved.add_metric((engine,), amounts["saved_microusd"] / MICROUSD)
    yield cost
    yield saved


def _now(studio: Studio) -> Iterator[Metric]:
    report = studio.health.report()
    yield GaugeMetricFamily(
        "fibo_healthy", "1 when pictures can be made.", float(not report.problems)
    )
    yield GaugeMetricFamily("fibo_disk_free_bytes", "Left for pictures.", report.free_disk_bytes)
    silence = GaugeMetricFamily(
        "fibo_worker_silence_seconds", "Since a worker's last sign of life."
    )
    if report.worker_seen_at is not None:
        age = studio.clock.now() - report.worker_seen_at
        silence.add_metric((), max(age.total_seconds(), 0.0))
    yield silence
    paused = GaugeMetricFamily(
        "fibo_provider_paused", "1 for each endpoint that is left alone now.", labels=("endpoint",)
    )
    for outage in studio.rate_limiter.outages():
        paused.add_metric((outage.endpoint,), 1)
    yield paused
    entries = studio.insights.cache_counts().valid
    yield GaugeMetricFamily("fibo_cache_entries", "Requests that the result cache knows.", entries)
