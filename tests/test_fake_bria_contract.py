"""Bria's own client, which shares no code with us, gets along with the fake Bria."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, closing
from typing import Any

import httpx
import pytest

from tests.fakes.bria import FakeBria, fault, start_fake

bria_client = pytest.importorskip(
    "bria_client", reason="bria-client, the official client, is not installed"
)
httpx_retries = pytest.importorskip("httpx_retries", reason="it comes with bria-client")

FOX = {"prompt": "a fox", "seed": 11, "aspect_ratio": "16:9", "negative_prompt": None}
GENERATE = "image/generate"
QUICK = {"interval": 0.05, "timeout": 10}


@pytest.fixture(scope="module")
def running_fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeBria]:
    with start_fake(tmp_path_factory.mktemp("fake_bria")) as fake:
        yield fake


@pytest.fixture
def fake(running_fake: FakeBria) -> FakeBria:
    running_fake.start_over()
    return running_fake


@pytest.fixture
def client(fake: FakeBria) -> Iterator[Any]:
    retry = httpx_retries.Retry(total=3, backoff_factor=0.01)
    made = bria_client.BriaSyncClient(base_url=fake.base_url, api_token=fake.token, retry=retry)
    with closing(made) as client:
        yield client


def _async(fake: FakeBria, errand: Callable[[Any], Awaitable[Any]]) -> Any:
    """Run an errand with the asynchronous client and return what it brings."""

    async def run() -> Any:
        made = bria_client.BriaAsyncClient(base_url=fake.base_url, api_token=fake.token)
        async with aclosing(made) as client:
            return await errand(client)

    return asyncio.run(run())


def _check_finished(fake: FakeBria, done: Any) -> None:
    """Check a finished job against the one charge in the ledger."""
    [charge] = fake.charges()
    assert done.status == "COMPLETED"
    assert done.request_id == charge.request_id
    assert done.result.seed == charge.seed == 11
    assert json.loads(done.result.structured_prompt)["short_description"] == "a fox"
    picture = httpx.get(done.result.image_url, trust_env=False, timeout=10)
    assert picture.content.startswith(b"\x89PNG")


def test_the_synchronous_client_submits_polls_and_gets_its_picture(
    fake: FakeBria, client: Any
) -> None:
    job = client.submit(GENERATE, FOX)
    assert (job.in_progress, job.status) == (True, "IN_PROGRESS")

    _check_finished(fake, client.poll(job, **QUICK))


def test_the_asynchronous_client_submits_polls_and_gets_its_picture(fake: FakeBria) -> None:
    async def errand(client: Any) -> Any:
        return await client.poll(await client.submit(GENERATE, FOX), **QUICK)

    _check_finished(fake, _async(fake, errand))


def test_both_clients_can_run_a_request_that_holds_the_line(fake: FakeBria, client: Any) -> None:
    _check_finished(fake, client.run(GENERATE, FOX))

    fake.start_over()
    _check_finished(fake, _async(fake, lambda other: other.run(GENERATE, FOX)))


def test_the_client_sends_what_the_reference_recorded(fake: FakeBria, client: Any) -> None:
    client.submit(GENERATE, FOX, webhook_url="https://example.com/hook")

    [visit] = fake.visits()
    assert (visit.method, visit.path, visit.token) == ("POST", "/v2/image/generate", fake.token)
    assert visit.user_agent == f"BriaSDK/{bria_client.__version__} (python)"


@pytest.mark.parametrize(
    ("endpoint", "payload"),
    [
        ("image/generate/lite", {"prompt": "a fox"}),
        ("image/edit", {"images": ["https://example.com/a.png"], "instruction": "add sun"}),
        ("structured_prompt/generate", {"prompt": "a fox"}),
        ("structured_prompt/generate/lite", {"prompt": "a fox"}),
        (
            "structured_prompt/generate_from_diff",
            {"structured_prompt": '{"a": 1}', "user_adjusted_structured_prompt": '{"a": 2}'},
        ),
    ],
)
def test_every_endpoint_answers_in_a_form_the_client_understands(
    client: Any, endpoint: str, payload: dict[str, Any]
) -> None:
    done = client.poll(client.submit(endpoint, payload), **QUICK)

    assert done.status == "COMPLETED"
    assert ("image_url" in done.result.model_dump()) == endpoint.startswith("image")


@pytest.mark.parametrize(
    "payload",
    [
        {"images": ["https://example.com/a.png"], "structured_prompt": '{"a": 1}'},
        {"structured_prompt": {"a": 1}},
        {"prompt": "a fox", "style": "cinematic"},
        {"prompt": "a fox", "nonsense": 1},
    ],
)
def test_an_illegal_request_becomes_an_error_object(
    fake: FakeBria, client: Any, payload: dict[str, Any]
) -> None:
    refused = client.submit(GENERATE, payload)

    assert (refused.status, refused.error.code) == ("ERROR", 400)
    assert fake.charges() == []


def test_a_wrong_token_becomes_an_error_object(fake: FakeBria, client: Any) -> None:
    assert client.submit(GENERATE, FOX, api_token="wrong").error.code == 401  # noqa: S106
    assert client.get("status/none", api_token="wrong").error.code == 401  # noqa: S106
    assert fake.charges() == []


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("http_402", {}),
        ("http_403", {}),
        ("http_422", {}),
        ("http_429", {}),
        ("http_429", {"retry_after": "1"}),
        ("http_500", {}),
        ("http_502", {"form": "html"}),
        ("http_503", {}),
        ("http_503", {"form": "no_details"}),
    ],
)
def test_a_refused_submit_is_an_error_object_and_is_never_sent_again(
    fake: FakeBria, client: Any, kind: str, settings: dict[str, Any]
) -> None:
    fake.plan("submit", fault(kind, **settings))

    refused = client.submit(GENERATE, FOX)

    assert refused.error.code == int(kind.removeprefix("http_"))
    assert refused.headers.get("retry-after") == settings.get("retry_after")
    assert (len(fake.visits()), fake.charges()) == (1, [])


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("reset_before_acceptance", httpx.ReadError),
        ("reset_after_acceptance", httpx.ReadError),
        ("close_after_acceptance", httpx.RemoteProtocolError),
        ("truncated_body", httpx.RemoteProtocolError),
    ],
)
def test_a_lost_answer_is_a_transport_error_whether_or_not_it_was_charged(
    fake: FakeBria, client: Any, kind: str, raised: type[Exception]
) -> None:
    fake.plan("submit", kind)

    with pytest.raises(raised):
        client.submit(GENERATE, FOX)
    assert len(fake.charges()) == (kind != "reset_before_acceptance")


def test_a_slow_answer_runs_into_the_clients_own_timeout_after_the_charge(
    fake: FakeBria, client: Any
) -> None:
    fake.plan("submit", fault("late_answer", seconds=10))
    client.engine.client.request_timeout = 0.5

    with pytest.raises(httpx.ReadTimeout):
        client.run(GENERATE, FOX)
    assert len(fake.charges()) == 1


def test_a_refusing_port_becomes_an_error_object(fake: FakeBria, client: Any) -> None:
    fake.turn_door("api", "refused")

    assert client.submit(GENERATE, FOX).error.code == 503


def test_polls_that_fail_with_503_are_repeated_by_the_client(fake: FakeBria, client: Any) -> None:
    job = client.submit(GENERATE, FOX)
    fake.plan("poll", "http_503", "http_429", "reset")

    _check_finished(fake, client.poll(job, **QUICK))
    assert fake.faults_waiting()["poll"] == []


@pytest.mark.parametrize(
    ("kind", "code"), [("status_error", 500), ("status_error_422", 422), ("http_500", 500)]
)
def test_a_job_that_fails_raises_brias_own_exception(
    fake: FakeBria, client: Any, kind: str, code: int
) -> None:
    job = client.submit(GENERATE, FOX)
    fake.plan("poll", kind)

    with pytest.raises(bria_client.toolkit.errors.BriaException) as failed:
        client.poll(job, **QUICK)
    assert failed.value.code == code


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("status_unknown", "UNKNOWN", None),
        ("not_found", "ERROR", 404),
        ("status_error_string_code", "ERROR", 200),
        ("new_status_word", "ERROR", 200),
    ],
)
def test_odd_states_show_the_weak_spots_the_reference_found_in_the_client(
    fake: FakeBria, client: Any, kind: str, status: str, code: int | None
) -> None:
    job = client.submit(GENERATE, FOX)
    fake.plan("poll", kind)

    seen = client.poll(job, raise_for_status=False, **QUICK)

    assert (seen.status, seen.error.code if seen.error else None) == (status, code)


def test_the_asynchronous_client_waits_through_unknown(fake: FakeBria) -> None:
    fake.plan("poll", "status_unknown", "stuck")

    async def errand(client: Any) -> Any:
        return await client.poll(await client.submit(GENERATE, FOX), **QUICK)

    _check_finished(fake, _async(fake, errand))


def test_a_job_that_never_ends_runs_into_the_poll_timeout(fake: FakeBria, client: Any) -> None:
    fake.plan("job", "stuck")

    with pytest.raises(TimeoutError):
        client.poll(client.submit(GENERATE, FOX), interval=0.05, timeout=1)


def test_an_expired_picture_answers_403_without_touching_the_job(
    fake: FakeBria, client: Any
) -> None:
    done = client.poll(client.submit(GENERATE, FOX), **QUICK)
    fake.plan("asset", "expired")

    assert httpx.get(done.result.image_url, trust_env=False, timeout=10).status_code == 403
    assert client.poll(done, **QUICK).result.image_url != done.result.image_url
