"""The key goes to the API and nowhere else, and no signed address is ever repeated."""

from __future__ import annotations

import logging
import pickle

import pytest
from pydantic import SecretStr

from core.domain.failure import Failure, ProviderError
from core.domain.redaction import excerpt, without_secrets
from core.engines.base import Remote
from core.engines.bria.engine import BriaEngine, bria_engines
from core.errors import SettingsError
from tests.engines.bria.customer import NOW, failure_of, finished, order, whole_way, with_customer
from tests.fakes.bria import FakeBria, fault


def test_the_key_goes_to_the_api_with_our_name_and_never_to_a_picture(fake: FakeBria) -> None:
    with_customer(fake, whole_way)

    seen = {(visit.door, visit.token, visit.user_agent) for visit in fake.visits()}
    assert seen == {
        ("api", fake.token, "FIBO-Command-Center/1.2.3"),
        ("asset", None, "FIBO-Command-Center/1.2.3"),
    }


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_takes_the_key_along(fake: FakeBria, status: int) -> None:
    async def act(engine: BriaEngine) -> None:
        fake.plan("submit", f"http_{status}")
        await failure_of(engine.submit(order()))
        request_id = (await engine.submit(order())).request_id
        fake.plan("poll", f"http_{status}")
        await failure_of(engine.look(request_id))
        fake.plan("asset", f"http_{status}")
        await failure_of(engine.fetch(await finished(engine, request_id)))

    with_customer(fake, act)

    assert {visit.token for visit in fake.visits() if visit.door == "asset"} == {None}
    assert not [visit for visit in fake.visits() if visit.path == "/elsewhere"]


def test_proxies_of_the_environment_see_nothing(
    fake: FakeBria, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, fake.asset_url)

    assert with_customer(fake, whole_way).width == 96
    assert {visit.token for visit in fake.visits() if visit.door == "asset"} == {None}


def test_no_log_at_any_level_tells_a_secret(
    fake: FakeBria, caplog: pytest.LogCaptureFixture
) -> None:
    async def act(engine: BriaEngine) -> None:
        await whole_way(engine)
        location = f"{fake.asset_url}/elsewhere?Signature=planted-secret"
        fake.plan("submit", fault("http_302", url=location))
        await failure_of(engine.submit(order()))

    with caplog.at_level(logging.DEBUG):
        with_customer(fake, act)

    assert "HTTP Request: GET" in caplog.text
    assert fake.token not in caplog.text
    assert "Signature" not in caplog.text
    assert "planted-secret" not in caplog.text


def test_words_of_the_provider_are_kept_without_secrets(fake: FakeBria) -> None:
    said = (
        f"Your key {fake.token} may not open https://cdn.bria.ai/a.png?Signature=planted-secret "
        f"of https://me:planted-secret@bria.ai/b\x00 {'x' * 9000}"
    )
    fake.plan("submit", fault("http_400", text=said))

    failure = with_customer(fake, lambda engine: failure_of(engine.submit(order())))

    assert failure.detail.startswith("Your key *** may not open https://cdn.bria.ai/a.png of ")
    assert "planted-secret" not in failure.detail
    assert "https://bria.ai/b\ufffd x" in failure.detail
    assert len(failure.detail.encode()) == 2048


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("https://a.b/c?d=e#f g", "https://a.b/c g"),
        ('{"url":"https:\\/\\/a.b\\/c?Signature=planted"}', '{"url":"https:\\/\\/a.b\\/c"}'),
        (
            "Expires=1&Signature=planted&Key-Pair-Id=planted",
            "Expires=1&Signature=***&Key-Pair-Id=***",
        ),
        ("%3FSignature%3Dplanted%26x", "%3FSignature%3D***%26x"),
        ("X-Amz-Credential=planted%2Fand%2Bmore&x", "X-Amz-Credential=***&x"),
        ('"api_token": "planted"', '"api_token": "***"'),
        ("Authorization: Bearer planted", "Authorization: Bearer ***"),
        ("http://u:planted@h/p", "http://h/p"),
        ("The api_token header is missing or wrong", "The api_token header is missing or wrong"),
        ("a token of love", "a token of love"),
    ],
)
def test_text_is_redacted(text: str, safe: str) -> None:
    assert without_secrets(text) == safe


def test_an_excerpt_of_hostile_text_is_quick_and_short() -> None:
    assert len(excerpt("https://" * 1_000_000)) <= 2048
    assert excerpt("é" * 5_000).encode() == ("é" * 1024).encode()


def test_no_repr_shows_an_address_or_a_key(fake: FakeBria) -> None:
    remote = Remote(image_url="https://a.b/c.png?Signature=planted", seed=1, structured_prompt="{}")
    engine = bria_engines(SecretStr(fake.token), version="1", now=lambda: NOW)[0]

    assert repr(remote) == "Remote(seed=1, structured_prompt='{}')"
    assert f"{remote}{[remote]}".count("planted") == 0
    assert fake.token not in repr(vars(engine)) + repr(vars(vars(engine)["_wire"]))


def test_a_failure_crosses_to_another_process_whole(fake: FakeBria) -> None:
    fake.plan("submit", "http_402")

    async def act(engine: BriaEngine) -> ProviderError:
        with pytest.raises(ProviderError) as raised:
            await engine.submit(order())
        return raised.value

    problem = with_customer(fake, act)
    again: ProviderError = pickle.loads(pickle.dumps(problem))  # noqa: S301 - our own bytes

    assert isinstance(again.failure, Failure)
    assert again.failure == problem.failure
    assert (str(again), again.advice) == (problem.failure.message, problem.failure.advice)


def test_a_key_with_blanks_around_it_is_understood(fake: FakeBria) -> None:
    fake.token = f" {fake.token}\n"

    assert with_customer(fake, whole_way).width == 96


@pytest.mark.parametrize("token", ["", "  ", "two\nlines", "schlüssel", "nul\x00"])
def test_what_cannot_be_a_key_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(SettingsError) as refused:
        bria_engines(SecretStr(token), version="1", now=lambda: NOW)

    assert not token.strip() or token not in str(refused.value)
