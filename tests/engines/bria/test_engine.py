"""What a customer gets when all goes well, or well enough."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from core.domain.failure import Failure
from core.engines.base import Accepted, FinishedPicture, Remote
from core.engines.bria.contract import (
    UnreadableAnswerError,
    read_accepted,
    read_object,
    read_remote,
    salvaged_request_id,
)
from core.engines.bria.engine import BriaEngine, bria_engines
from core.engines.bria.faults import is_moderation
from core.provider.retry import Decision, decide, keep_asking
from tests.engines.bria.customer import (
    NOW,
    customer,
    failure_of,
    finished,
    order,
    whole_way,
    with_customer,
)
from tests.fakes.bria import FakeBria, fault

REQUEST_ID = "0123456789abcdef0123456789abcdef"


def test_the_two_engines_say_who_they_are() -> None:
    pair = bria_engines(SecretStr("a-key"), version="1", now=lambda: NOW)

    assert [(engine.name, engine.label, engine.endpoint) for engine in pair] == [
        ("bria", "Bria FIBO", "generate"),
        ("bria-lite", "FIBO Lite", "generate_lite"),
    ]


def test_a_picture_is_ordered_once_and_handed_over_untouched(fake: FakeBria) -> None:
    async def act(engine: BriaEngine) -> tuple[Remote, FinishedPicture]:
        request_id = (await engine.submit(order(aspect_ratio="16:9"))).request_id
        assert await engine.look(request_id) is None
        remote = await finished(engine, request_id)
        return remote, await engine.fetch(remote)

    remote, picture = with_customer(fake, act)

    assert picture.content == httpx.get(remote.image_url, trust_env=False).content
    assert (picture.media_type, picture.width, picture.height) == ("image/png", 96, 54)
    assert picture.structured_prompt == remote.structured_prompt is not None
    assert json.loads(remote.structured_prompt)["short_description"] == "a fox"
    assert remote.seed == 11
    assert [charge.seed for charge in fake.charges()] == [11]


@pytest.mark.parametrize("base", ["", "/", "/v2", "/v2/"])
def test_the_base_address_may_end_as_people_write_it(fake: FakeBria, base: str) -> None:
    picture = with_customer(fake, whole_way, base_url=fake.base_url + base)

    assert picture.width == 96


@pytest.mark.parametrize(
    ("phase", "kind"),
    [
        *(("submit", kind) for kind in ("late_answer", "foreign_status_url")),
        *(("poll", kind) for kind in ("late_answer", "slow_headers", "gzip_bomb")),
        *(("asset", kind) for kind in ("late_answer", "wrong_type", "gzip_bomb")),
        *(("job", kind) for kind in ("seed_as_string", "no_seed")),
    ],
)
def test_what_is_only_odd_does_no_harm(fake: FakeBria, phase: Any, kind: str) -> None:
    quick = {"late_answer": {"seconds": 0.2}, "slow_headers": {"seconds": 0.001}}
    fake.plan(phase, fault(kind, **quick.get(kind, {"size": 90_000} if "bomb" in kind else {})))

    assert with_customer(fake, whole_way).width == 96
    assert len(fake.charges()) == 1


@pytest.mark.parametrize(("kind", "seed"), [("seed_as_string", 11), ("no_seed", None)])
def test_a_seed_is_a_number_or_missing(fake: FakeBria, kind: str, seed: int | None) -> None:
    async def act(engine: BriaEngine) -> Remote:
        return await finished(engine, (await engine.submit(order())).request_id)

    fake.plan("job", kind)

    assert with_customer(fake, act).seed == seed


def test_an_order_whose_acceptance_broke_off_is_adopted_and_delivered(fake: FakeBria) -> None:
    async def act(engine: BriaEngine) -> tuple[Failure, FinishedPicture]:
        failure = await failure_of(engine.submit(order()))
        assert failure.request_id is not None
        return failure, await engine.fetch(await finished(engine, failure.request_id))

    fake.plan("submit", "truncated_body")
    failure, picture = with_customer(fake, act)

    assert decide(failure, repeats_left=3) is Decision.ADOPT
    assert picture.width == 96
    assert len(fake.charges()) == 1


def test_a_picture_comes_through_a_row_of_failed_polls_and_downloads(fake: FakeBria) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def act(engine: BriaEngine) -> FinishedPicture:
        request_id = (await engine.submit(order())).request_id

        async def ask() -> FinishedPicture | None:
            remote = await engine.look(request_id)
            return None if remote is None else await engine.fetch(remote)

        return await keep_asking(
            ask,
            deadline_seconds=600,
            stopwatch=lambda: sum(waits),
            sleep=sleep,
            chance=lambda: 0.5,
        )

    fake.plan("poll", "reset", "http_500", fault("http_429", retry_after="44"), "not_found")
    fake.plan("asset", "expired", "cut_image", "truncated_body", "not_an_image", "http_503")

    assert with_customer(fake, act).width == 96
    assert len(fake.charges()) == 1
    assert 44.0 in waits


def test_one_engine_serves_one_event_loop_after_another(fake: FakeBria) -> None:
    engine = bria_engines(
        SecretStr(fake.token), version="1", base_url=fake.base_url, now=lambda: NOW
    )[0]

    async def act() -> int:
        return (await whole_way(engine)).width

    assert [asyncio.run(act()), asyncio.run(act())] == [96, 96]


def test_a_number_that_could_lead_elsewhere_is_never_asked_about(fake: FakeBria) -> None:
    async def act(engine: BriaEngine) -> list[str]:
        wrong = ("../image", "short", "x" * 65, REQUEST_ID + "\n", "a/b/c/d/e/f", "ID%2e%2e%2f..")
        return [(await failure_of(engine.look(each))).kind for each in wrong]

    assert set(with_customer(fake, act)) == {"wrong_types"}
    assert fake.visits() == []


def test_a_cancelled_submit_stays_cancelled(fake: FakeBria) -> None:
    async def act() -> None:
        task = asyncio.create_task(customer(fake).submit(order()))
        while not fake.visits():
            await asyncio.sleep(0.01)
        task.cancel()
        await task

    fake.plan("submit", "stall_after_acceptance")

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(act())


@pytest.mark.parametrize(
    ("code", "text", "moderated"),
    [
        (422, "Refused by content moderation", True),
        ("422", "The prompt is unsafe", True),
        ("CONTENT_MODERATION", "", True),
        (422, "The seed is too large", False),
        (500, "The moderation service is down", False),
    ],
)
def test_moderation_is_told_from_other_errors(code: object, text: str, moderated: object) -> None:
    assert is_moderation(code, text, None) is moderated


def test_a_warning_of_bria_is_kept() -> None:
    raw = json.dumps({"request_id": REQUEST_ID, "warning": "A \ud800 brand\x00."}).encode()

    assert read_accepted(raw) == Accepted(request_id=REQUEST_ID, warning="A \ufffd brand\ufffd.")


@pytest.mark.parametrize(
    "raw", [b"[" * 100_000, b'{"a":' * 100_000, b"\xff{}", b"9" * 5_000, b'{"request_id"']
)
def test_json_that_breaks_parsers_is_only_unreadable(raw: bytes) -> None:
    with pytest.raises(UnreadableAnswerError, match=r"^not_json$"):
        read_object(raw)


@pytest.mark.parametrize("request_id", ["short", "../../../etc", "x" * 65, REQUEST_ID + "/", 7, ""])
def test_a_number_of_the_wrong_form_is_not_accepted_and_not_salvaged(request_id: object) -> None:
    raw = json.dumps({"request_id": request_id}).encode()

    with pytest.raises(UnreadableAnswerError, match=r"^wrong_types$"):
        read_accepted(raw)
    assert salvaged_request_id(raw) is None


@pytest.mark.parametrize(
    ("seed", "read"),
    [(5, 5), ("5", 5), (0, 0), (-1, None), (2**63, None), (True, None), ([], None)],
)
def test_only_a_whole_number_that_can_be_stored_is_a_seed(seed: object, read: int | None) -> None:
    remote = read_remote({"result": {"image_url": " https://x/y ", "seed": seed}})

    assert (remote.image_url, remote.seed) == ("https://x/y", read)


def test_a_structured_prompt_that_comes_as_an_object_is_written_out() -> None:
    remote = read_remote({"result": {"image_url": "https://x/y", "structured_prompt": {"a": 1}}})

    assert remote.structured_prompt == '{"a": 1}'
