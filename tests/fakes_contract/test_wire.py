"""Below HTTP: the faults are real resets, real silence and real missing bytes."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest

from tests.fakes.bria import FakeBria, fault
from tests.fakes_contract.visitor import Visitor

LARGE = b"x" * 11_000_000


def _raw_submit(fake: FakeBria, upload: bytes = b"") -> socket.socket:
    """Send a legal POST, or the head of an upload, and return the open connection."""
    body = b"" if upload else b'{"prompt": "a fox", "seed": 1}'
    lines = (
        "POST /v2/image/generate HTTP/1.1",
        "Host: 127.0.0.1",
        f"api_token: {fake.token}",
        "Content-Type: application/json",
        f"Content-Length: {len(upload or body)}",
    )
    line = socket.create_connection(("127.0.0.1", urlsplit(fake.base_url).port), timeout=10)
    line.sendall("\r\n".join((*lines, "", "")).encode() + body)
    return line


def _read_to_end(line: socket.socket) -> bytes:
    received = b""
    while piece := line.recv(65_536):
        received += piece
    return received


def test_a_reset_is_a_tcp_reset_and_a_close_is_not(fake: FakeBria) -> None:
    fake.plan("submit", "reset_after_acceptance", "close_after_acceptance")

    with _raw_submit(fake) as line, pytest.raises(ConnectionResetError):
        line.recv(1)
    with _raw_submit(fake) as line:
        assert line.recv(1) == b""
    assert len(fake.charges()) == 2


def test_the_charge_is_on_disk_before_the_client_can_see_anything(fake: FakeBria) -> None:
    fake.plan("submit", fault("slow_headers", seconds=0.2))

    with _raw_submit(fake) as line:
        assert line.recv(1) == b"H"
        assert len(fake.charges()) == 1


def test_a_truncated_body_promises_twice_what_it_sends(fake: FakeBria) -> None:
    fake.plan("submit", "truncated_body", "short_length")

    with _raw_submit(fake) as line:
        head, _, body = _read_to_end(line).partition(b"\r\n\r\n")
        promised = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        assert len(body) == promised // 2
    with _raw_submit(fake) as line:
        head, _, body = _read_to_end(line).partition(b"\r\n\r\n")
        promised = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        assert promised == len(body) // 2


def test_a_body_reset_half_way_delivers_its_first_half(fake: FakeBria) -> None:
    fake.plan("submit", "reset_in_body")

    with _raw_submit(fake) as line:
        received = line.recv(65_536)
        assert b'"request_id"' in received
        with pytest.raises(ConnectionResetError):
            line.recv(1)


def test_a_fake_that_stops_reading_lets_a_large_upload_run_into_its_write_timeout(
    fake: FakeBria,
) -> None:
    fake.plan("submit", fault("stop_reading", seconds=20))
    url = f"{fake.v2_url}/image/generate"

    with pytest.raises(httpx.WriteTimeout):
        httpx.post(url, content=LARGE, timeout=httpx.Timeout(20, write=1), trust_env=False)
    assert fake.charges() == []


def test_a_reset_while_sending_breaks_a_large_upload(fake: FakeBria) -> None:
    fake.plan("submit", "reset_while_sending", "reset_while_sending")
    url = f"{fake.v2_url}/image/generate"

    with _raw_submit(fake, LARGE) as line, pytest.raises((ConnectionResetError, BrokenPipeError)):
        line.sendall(LARGE)
    # httpx hides WriteError: it goes on to read an answer, and misses that instead.
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        httpx.post(url, content=LARGE, timeout=20, trust_env=False)
    assert fake.charges() == []


@pytest.mark.parametrize("kind", ["slow_headers", "drip_body"])
def test_a_dripping_answer_outlives_a_read_timeout_that_is_longer_than_each_drop(
    fake: FakeBria, visitor: Visitor, kind: str
) -> None:
    fake.plan("submit", fault(kind, seconds=0.02))
    started = time.monotonic()

    assert visitor.submit() == "202 request_id status_url"
    assert time.monotonic() - started > 2


def test_a_late_answer_comes_after_the_client_has_given_up(
    fake: FakeBria, visitor: Visitor
) -> None:
    fake.plan("submit", fault("late_answer", seconds=5), fault("http_503", seconds=5))

    assert visitor.submit() == "ReadTimeout"
    assert visitor.submit() == "ReadTimeout"
    assert len(fake.charges()) == 1


def test_a_client_that_hangs_up_before_its_body_is_whole_pays_nothing(
    fake: FakeBria, visitor: Visitor
) -> None:
    with _raw_submit(fake, LARGE) as line:
        line.sendall(LARGE[:1000])

    assert visitor.submit() == "202 request_id status_url"
    assert len(fake.charges()) == 1


def test_a_client_that_hangs_up_after_its_body_pays_all_the_same(
    fake: FakeBria, visitor: Visitor
) -> None:
    fake.plan("submit", fault("late_answer", seconds=0.5))
    with _raw_submit(fake):
        pass

    assert visitor.submit() == "202 request_id status_url"
    assert len(fake.charges()) == 2


def test_a_padded_answer_stays_good_json_of_the_size_that_was_asked_for(
    fake: FakeBria, visitor: Visitor
) -> None:
    fake.plan("submit", "fine", fault("oversized_body", size=2_500_000))
    url, content = f"{fake.v2_url}/image/generate", b'{"prompt": "a fox"}'
    visitor.call("POST", url, content)

    response, body = visitor.call("POST", url, content)

    assert len(body) == 2_500_000 == int(response.headers["content-length"])
    assert json.loads(body)["request_id"] == fake.charges()[-1].request_id


def test_a_gzip_bomb_is_small_on_the_wire(fake: FakeBria, visitor: Visitor) -> None:
    fake.plan("submit", fault("gzip_bomb", size=3_000_000))

    response, body = visitor.call("POST", f"{fake.v2_url}/image/generate", b'{"prompt": "a fox"}')

    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) < 10_000
    assert len(body) >= 3_000_000
