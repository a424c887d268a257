"""When nothing is broken the fake behaves as Bria is documented to behave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.bria import ROOT, FakeBria, fault, start_fake
from tests.fakes.bria_server.pictures import draw
from tests.fakes_contract.visitor import Visitor

ACCEPTED = "202 request_id status_url"


def _result(fake: FakeBria, visitor: Visitor, endpoint: str, **body: Any) -> dict[str, Any]:
    assert visitor.submit(endpoint, **body).startswith(ACCEPTED)
    fake.set_rules(ready_after_polls=0)
    found: dict[str, Any] = visitor.status_of(fake.charges()[-1].request_id)
    return found


def test_a_job_is_ready_after_as_many_polls_as_the_rules_say(
    fake: FakeBria, visitor: Visitor
) -> None:
    fake.set_rules(ready_after_polls=2)
    request_id = visitor.accepted()

    words = [visitor.status_of(request_id)["status"] for _ in range(4)]

    assert words == ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED", "COMPLETED"]
    assert [job["polls"] for job in fake.jobs()] == [4]


def test_a_job_is_not_ready_before_its_time(fake: FakeBria, visitor: Visitor) -> None:
    fake.set_rules(ready_after_polls=0, ready_after_seconds=0.7)
    request_id = visitor.accepted()
    assert visitor.poll(request_id) == "200 IN_PROGRESS"

    time.sleep(0.8)
    assert visitor.poll(request_id).startswith("200 COMPLETED")


@pytest.mark.parametrize(
    ("ratio", "output_type", "size"), [("16:9", "png", (96, 54)), ("2:3", "jpeg", (64, 96))]
)
def test_the_picture_is_drawn_from_the_seed_in_the_shape_that_was_asked_for(
    visitor: Visitor, ratio: str, output_type: str, size: tuple[int, int]
) -> None:
    request_id = visitor.accepted(
        prompt="a fox", seed=3, aspect_ratio=ratio, output_type=output_type
    )
    response, body = visitor.call("GET", visitor.image_url(request_id))

    assert body == draw(3, *size, output_type)
    assert response.headers["content-type"] == f"image/{output_type}"
    assert draw(3, *size) != draw(4, *size)


def test_a_structured_prompt_comes_back_as_a_string_and_rewritten(
    fake: FakeBria, visitor: Visitor
) -> None:
    sent = {"short_description": "a fox", "aesthetics": {"preference_score": "high"}, "own": 1}
    told = _result(fake, visitor, "image/generate", structured_prompt=json.dumps(sent))

    returned = json.loads(told["result"]["structured_prompt"])
    assert returned == {**sent, "aesthetics": {"preference_score": "very high"}}


def test_a_structured_prompt_job_has_no_picture(fake: FakeBria, visitor: Visitor) -> None:
    told = _result(fake, visitor, "structured_prompt/generate", prompt="a fox", seed=9)

    assert set(told["result"]) == {"seed", "structured_prompt"}
    assert told["result"]["seed"] == 9


def test_ip_signal_brings_a_warning_beside_the_result(fake: FakeBria, visitor: Visitor) -> None:
    told = _result(fake, visitor, "image/generate", prompt="a famous mouse", ip_signal=True)

    assert "intellectual property" in told["warning"]


def test_a_synchronous_request_is_answered_with_its_result(visitor: Visitor) -> None:
    assert visitor.submit(prompt="a fox", sync=True) == "200 image_url seed structured_prompt"


def test_a_seed_nobody_sent_is_chosen_by_the_fake(fake: FakeBria, visitor: Visitor) -> None:
    told = _result(fake, visitor, "image/generate", prompt="a fox")

    assert isinstance(told["result"]["seed"], int)
    assert fake.charges()[0].seed is None


def test_calls_above_the_rate_are_refused_per_endpoint_and_free(
    fake: FakeBria, visitor: Visitor
) -> None:
    fake.set_rules(rate_per_minute=2)
    seen = [visitor.submit()[:3] for _ in range(3)]
    polled = [visitor.poll("0" * 32)[:3] for _ in range(3)]

    assert (seen, polled) == (["202", "202", "429"], ["404", "404", "429"])
    assert len(fake.charges()) == 2
    refusal, _ = visitor.call("GET", f"{fake.v2_url}/status/x")
    assert 1 <= int(refusal.headers["retry-after"]) <= 61


def test_a_revoked_token_stops_submits_and_polls(fake: FakeBria, visitor: Visitor) -> None:
    request_id = visitor.accepted()
    before = fake.token
    fake.set_rules(token="another")  # noqa: S106 # opens nothing but the fake
    headers = {"api_token": before}
    url = f"{fake.v2_url}/status/{request_id}"

    assert httpx.get(url, headers=headers, trust_env=False, timeout=10).status_code == 401
    assert visitor.poll(request_id) == "200 IN_PROGRESS"


def test_an_expired_address_stays_dead_while_a_fresh_one_lives(
    fake: FakeBria, visitor: Visitor
) -> None:
    request_id = visitor.accepted()
    first, second = visitor.image_url(request_id), visitor.image_url(request_id)
    fake.plan("asset", "expired")

    assert [visitor.fetch(first) for _ in range(2)] == ["403 application/xml"] * 2
    assert visitor.fetch(second) == "200 picture 96x96"


def test_a_picture_that_is_gone_is_gone_for_every_address(fake: FakeBria, visitor: Visitor) -> None:
    request_id = visitor.accepted()
    first, second = visitor.image_url(request_id), visitor.image_url(request_id)
    fake.plan("asset", "gone")

    assert [visitor.fetch(url) for url in (first, second)] == ["404 application/xml"] * 2


def test_an_address_expires_by_itself_and_a_forged_one_never_works(
    fake: FakeBria, visitor: Visitor
) -> None:
    fake.set_rules(address_lifetime_seconds=-5)
    image_url = visitor.image_url(visitor.accepted())
    forged = image_url.replace("Signature=", "Signature=0")

    assert [visitor.fetch(url) for url in (image_url, forged)] == ["403 application/xml"] * 2


def test_the_error_of_a_job_comes_only_when_the_job_would_be_ready(
    fake: FakeBria, visitor: Visitor
) -> None:
    fake.plan("job", fault("status_error_422"))
    request_id = visitor.accepted()

    assert visitor.poll(request_id) == "200 IN_PROGRESS"
    assert visitor.poll(request_id).startswith("200 ERROR 422")


def test_the_fake_remembers_who_asked_for_what(fake: FakeBria, visitor: Visitor) -> None:
    fake.plan("submit", "http_503")
    visitor.submit()

    [visit] = fake.visits()

    assert (visit.door, visit.method, visit.path) == ("api", "POST", "/v2/image/generate")
    assert (visit.token, visit.fault) == (fake.token, "http_503")


def test_a_rule_that_does_not_exist_is_refused(fake: FakeBria, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no rule named"):
        fake.set_rules(nonsense=1)
    with pytest.raises(ValueError, match="no rule named"), start_fake(tmp_path, nonsense=1):
        pass


def test_a_killed_test_leaves_no_fake_behind(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys; from tests.fakes.bria import start_fake\n"
        "with start_fake(pathlib.Path(sys.argv[1])) as fake:\n"
        "    print(fake.base_url, flush=True); os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, env=os.environ, check=False)
    address = killed.stdout.decode().strip()
    until = time.monotonic() + 20

    assert killed.returncode == -9
    while time.monotonic() < until:
        try:
            httpx.get(address, trust_env=False, timeout=5)
        except httpx.ConnectError:
            return
        time.sleep(0.1)
    pytest.fail("The fake outlived its test.")
