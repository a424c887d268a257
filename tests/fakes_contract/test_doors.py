"""Ports that refuse, stay silent, have no name or show a bad certificate."""

from __future__ import annotations

import shutil
import time

import httpx
import pytest

from tests.fakes.bria import FakeBria
from tests.fakes_contract.visitor import Visitor

GENERATE = "/image/generate"


def test_a_refusing_door_gives_a_connect_error_until_it_opens_on_the_same_port(
    fake: FakeBria, visitor: Visitor
) -> None:
    fake.turn_door("api", "refused")
    assert [visitor.submit() for _ in range(3)] == ["ConnectError"] * 3

    fake.turn_door("api", "open")
    assert visitor.submit() == "202 request_id status_url"


def test_an_outage_ends_by_itself(fake: FakeBria, visitor: Visitor) -> None:
    fake.turn_door("api", "refused", seconds=1)
    started = time.monotonic()

    assert visitor.submit() == "ConnectError"
    while visitor.submit() == "ConnectError":
        time.sleep(0.05)
    assert time.monotonic() - started > 0.9
    assert len(fake.charges()) == 1


def test_a_silent_door_gives_a_connect_timeout(fake: FakeBria) -> None:
    fake.turn_door("api", "silent")

    with pytest.raises(httpx.ConnectTimeout):
        httpx.post(fake.v2_url + GENERATE, timeout=1, trust_env=False)

    fake.turn_door("api", "open")
    assert httpx.post(fake.v2_url + GENERATE, timeout=10, trust_env=False).status_code == 401


def test_a_door_that_shuts_resets_a_connection_that_was_kept_alive(fake: FakeBria) -> None:
    with httpx.Client(trust_env=False, timeout=10) as client:
        assert client.get(f"{fake.v2_url}/status/none").status_code == 401
        fake.turn_door("api", "refused")

        with pytest.raises(httpx.TransportError):
            client.get(f"{fake.v2_url}/status/none")


def test_the_picture_host_can_be_out_while_the_api_works(fake: FakeBria, visitor: Visitor) -> None:
    image_url = visitor.image_url(visitor.accepted())
    fake.turn_door("asset", "refused")

    assert visitor.fetch(image_url) == "ConnectError"
    assert visitor.submit() == "202 request_id status_url"


def test_a_name_that_does_not_exist_is_a_connect_error(fake: FakeBria) -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.post(fake.nameless_v2_url + GENERATE, timeout=20, trust_env=False)


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_a_certificate_nobody_signed_is_refused_by_a_careful_client(fake: FakeBria) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.post(fake.tls_v2_url + GENERATE, timeout=10, trust_env=False)


def test_an_unread_answer_keeps_a_pool_of_one_busy(fake: FakeBria) -> None:
    limits = httpx.Limits(max_connections=1)
    timeout = httpx.Timeout(10, pool=0.1)
    address = f"{fake.v2_url}/status/none"
    with (
        httpx.Client(trust_env=False, limits=limits, timeout=timeout) as client,
        client.stream("GET", address),
        pytest.raises(httpx.PoolTimeout),
    ):
        client.get(address)
