"""Statuses, error shapes, Retry-After and redirects are what the test asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from tests.fakes.bria import FakeBria, Fault, fault
from tests.fakes_contract.visitor import Visitor

STATUSES = (
    *(301, 302, 303, 307, 308),
    *(400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 422, 425, 429, 460),
    *(500, 502, 503, 504, 506),
)


def _submit(fake: FakeBria, planned: Fault) -> httpx.Response:
    fake.plan("submit", planned)
    headers = {"api_token": fake.token}
    url = f"{fake.v2_url}/image/generate"
    return httpx.post(url, json={"prompt": "a fox"}, headers=headers, trust_env=False, timeout=10)


@pytest.mark.parametrize("status", STATUSES)
def test_a_planned_status_is_answered_without_a_charge(fake: FakeBria, status: int) -> None:
    response = _submit(fake, fault(f"http_{status}", text="because"))

    assert response.status_code == status
    assert response.json()["error"]["code"] == status
    assert response.json()["error"]["details"] == "because"
    assert fake.charges() == []


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_planned_status_can_hide_a_charge(fake: FakeBria, status: int) -> None:
    response = _submit(fake, fault(f"http_{status}", charged=True))

    assert response.status_code == status
    assert len(fake.charges()) == 1


def test_a_strangers_page_can_hide_a_charge(fake: FakeBria) -> None:
    response = _submit(fake, fault("html_200", charged=True))

    assert "log in" in response.text
    assert len(fake.charges()) == 1


@pytest.mark.parametrize("status", [404, 500, 503])
def test_polls_and_downloads_meet_statuses_too(
    fake: FakeBria, visitor: Visitor, status: int
) -> None:
    request_id = visitor.accepted()
    image_url = visitor.image_url(request_id)
    fake.plan("poll", f"http_{status}")
    fake.plan("asset", f"http_{status}")

    assert visitor.poll(request_id).startswith(f"{status} {status}")
    assert visitor.fetch(image_url).startswith(f"{status} {status}")


@pytest.mark.parametrize(
    ("form", "content_type", "keys"),
    [
        ("json", "application/json", {"code", "message", "details"}),
        ("no_details", "application/json", {"code", "message"}),
        ("string_code", "application/json", {"code", "message", "details"}),
        ("html", "text/html", None),
        ("empty", None, None),
    ],
)
def test_an_error_comes_in_the_form_that_was_asked_for(
    fake: FakeBria, form: str, content_type: str | None, keys: set[str] | None
) -> None:
    response = _submit(fake, fault("http_502", form=form))

    assert response.headers.get("content-type") == content_type
    if keys is not None:
        error = response.json()["error"]
        assert set(error) == keys
        assert isinstance(error["code"], str) == (form == "string_code")


@pytest.mark.parametrize("wish", ["7", "0.5", "-5", "1000000000", "soon", ""])
def test_retry_after_is_sent_as_written(fake: FakeBria, wish: str) -> None:
    assert _submit(fake, fault("http_429", retry_after=wish)).headers["retry-after"] == wish


def test_retry_after_is_left_out_unless_asked_for(fake: FakeBria) -> None:
    assert "retry-after" not in _submit(fake, fault("http_503")).headers


@pytest.mark.parametrize("form", ["date", "rfc850", "asctime"])
def test_retry_after_can_be_a_moment_counted_from_a_clock_that_is_wrong(
    fake: FakeBria, form: str
) -> None:
    skewed = fault("http_429", retry_after=f"{form}:90", date_offset_seconds=-86_400)
    headers = _submit(fake, skewed).headers

    sent = parsedate_to_datetime(headers["date"])
    wait = parsedate_to_datetime(headers["retry-after"]).replace(tzinfo=UTC) - sent
    assert timedelta(seconds=89) <= wait <= timedelta(seconds=91)
    assert timedelta(hours=23) < datetime.now(UTC) - sent < timedelta(hours=25)


def test_a_redirect_leads_to_another_host_that_notes_a_token_taken_along(fake: FakeBria) -> None:
    fake.plan("submit", "http_307")
    headers = {"api_token": fake.token}
    url = f"{fake.v2_url}/image/generate"

    httpx.post(url, headers=headers, follow_redirects=True, trust_env=False, timeout=10)

    landed = fake.visits()[-1]
    assert (landed.door, landed.path, landed.token) == ("asset", "/elsewhere", fake.token)


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "https://[::1]/y", "file:///etc/passwd"])
def test_addresses_in_answers_can_be_anything(fake: FakeBria, visitor: Visitor, url: str) -> None:
    fake.plan("poll", "fine", fault("image_elsewhere", url=url))
    response = _submit(fake, fault("foreign_status_url", url=url))

    assert response.json()["status_url"] == url
    assert visitor.image_url(response.json()["request_id"]) == url
