"""What a Prometheus server reads."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from core.domain.request import parse_request
from core.generation.pipeline import Pipeline
from core.keys.from_settings import Scope
from core.web import server
from core.wiring import Studio
from tests.running import run_pipeline

LINE = re.compile(r'^[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+$')
KINDS = {
    "fibo_generations": "gauge",
    "fibo_generation_seconds": "summary",
    "fibo_generations_asked_total": "counter",
    "fibo_retries_total": "counter",
    "fibo_cache_lookups_total": "counter",
    "fibo_cache_hits_total": "counter",
    "fibo_queue_length": "gauge",
    "fibo_cost_usd": "gauge",
    "fibo_saved_usd": "gauge",
    "fibo_healthy": "gauge",
    "fibo_disk_free_bytes": "gauge",
    "fibo_worker_silence_seconds": "gauge",
    "fibo_provider_paused": "gauge",
    "fibo_cache_entries": "gauge",
    "process_cpu_seconds_total": "counter",
    "process_resident_memory_bytes": "gauge",
}
LABELS = {
    "fibo_generations": {"engine", "status"},
    "fibo_generation_seconds_sum": {"engine"},
    "fibo_generation_seconds_count": {"engine"},
    "fibo_generations_asked_total": {"engine"},
    "fibo_retries_total": {"engine"},
    "fibo_cache_lookups_total": {"engine"},
    "fibo_cache_hits_total": {"engine"},
    "fibo_cost_usd": {"engine", "charge"},
    "fibo_saved_usd": {"engine"},
    "fibo_provider_paused": {"endpoint"},
    "fibo_queue_length": set(),
}
HERE, ELSEWHERE = ("127.0.0.1", 50_000), ("192.0.2.7", 50_000)


@pytest.fixture
def rest(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestClient]:
    monkeypatch.setattr(server, "studio", lambda: studio)
    app = Starlette(routes=[Mount("/api", app=server.RestApp())])
    return lambda client=HERE: TestClient(app, client=client, base_url="http://127.0.0.1")


def values(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_the_figures_are_told_in_the_text_format_and_are_those_of_the_studio(
    rest: Callable[..., TestClient], studio: Studio
) -> None:
    name = next(iter(studio.context.engines))
    made = studio.service.ask(parse_request({"prompt": "a boat", "engine": name, "seed": 1}))
    studio.service.ask(parse_request({"prompt": "a tree", "engine": name, "seed": 2}))
    run_pipeline(studio, Pipeline(studio.context), made)
    studio.rate_limiter.pause("submit", until=None, reason="The key is refused.")

    answer = rest().get("/api/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert [line for line in lines if not line.startswith("# ") and not LINE.match(line)] == []
    assert answer.text.endswith("\n")
    told = values(answer.text)
    assert told[f'fibo_generations{{engine="{name}",status="completed"}}'] == 1
    assert told[f'fibo_generations{{engine="{name}",status="queued"}}'] == 1
    assert told[f'fibo_generation_seconds_count{{engine="{name}"}}'] == 1
    assert told["fibo_queue_length"] == 1
    assert told['fibo_provider_paused{endpoint="submit"}'] == 1
    assert told["process_resident_memory_bytes"] > 1_000_000


def test_off_this_machine_the_figures_need_a_key(
    rest: Callable[..., TestClient], studio: Studio
) -> None:
    key = studio.key_store.make("prometheus", Scope.READ)
    stranger = rest(ELSEWHERE)

    assert stranger.get("/api/metrics").status_code == 401
    told = stranger.get("/api/metrics", headers={"Authorization": f"Bearer {key}"})
    assert told.status_code == 200
    assert told.text.startswith("# HELP fibo_generations ")


def test_an_empty_studio_has_figures_too(rest: Callable[..., TestClient]) -> None:
    told = values(rest().get("/api/metrics").text)

    assert told["fibo_queue_length"] == 0
    assert told["fibo_cache_entries"] == 0


def test_whoever_asks_for_openmetrics_is_told_the_same_figures_in_it(
    rest: Callable[..., TestClient], studio: Studio
) -> None:
    name = next(iter(studio.context.engines))
    studio.service.ask(parse_request({"prompt": "a tree", "engine": name, "seed": 2}))
    asked = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"}

    answer = rest().get("/api/metrics", headers=asked)

    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.text.endswith("# EOF\n")
    told = {family.name: family for family in openmetrics(answer.text)}  # type: ignore[no-untyped-call]
    (queued,) = (s for s in told["fibo_generations"].samples if s.labels["status"] == "queued")
    assert (queued.labels["engine"], queued.value) == (name, 1)
    assert told["fibo_generations_asked"].type == "counter"


def test_a_wish_that_nobody_understands_is_answered_in_the_text_format(
    rest: Callable[..., TestClient],
) -> None:
    for wish in (
        "application/openmetrics-text;version=x",
        "text/plain;version=1.\xb2",
        "image/png",
    ):
        answer = rest().get("/api/metrics", headers=[(b"Accept", wish.encode("latin-1"))])

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_every_name_label_and_kind_stays_as_dashboards_know_it(
    rest: Callable[..., TestClient], studio: Studio
) -> None:
    name = next(iter(studio.context.engines))
    studio.service.ask(parse_request({"prompt": "a tree", "engine": name, "seed": 2}))
    studio.rate_limiter.pause("submit", until=None, reason="The key is refused.")

    text = rest().get("/api/metrics").text

    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    assert kinds.items() >= KINDS.items()
    labels = {sample.name: set(sample.labels) for f in plain(text) for sample in f.samples}
    assert labels.items() >= LABELS.items()
