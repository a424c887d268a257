"""Every fault of every phase shows on the wire what its name says, and charges what it says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.bria import CATALOGUE, PHASES, FakeBria, Phase, fault
from tests.fakes_contract.visitor import Visitor

WIRE = {
    "fine": "OK",
    "reset_before_body": "ReadError",
    "html_200": "200 text/html",
    "late_answer": "OK",
    "slow_headers": "OK",
    "drip_body": "OK",
    "endless_body": "TOO MUCH",
    "stalled_body": "ReadTimeout",
    "truncated_body": "RemoteProtocolError",
    "reset_in_body": "ReadError",
    "cut_chunked": "RemoteProtocolError",
    "not_http": "RemoteProtocolError",
    "oversized_body": "TOO MUCH",
    "gzip_bomb": "TOO MUCH",
}
JSON = {
    "short_length": "not JSON",
    "not_json": "not JSON",
    "empty_body": "not JSON",
    "not_an_object": "not an object",
    "cut_json": "not JSON",
}
GOOD_RESULT = "COMPLETED image_url seed structured_prompt"
JOB = {
    "fine": GOOD_RESULT,
    "stuck": "IN_PROGRESS",
    "status_unknown": "UNKNOWN",
    "status_error": "ERROR 500 Internal error The model stopped",
    "status_error_422": "ERROR 422 The output was refused by content moderation The o",
    "status_error_string_code": "ERROR VALIDATION_ERROR Refused planned",
    "status_error_bare": "ERROR 500 Internal error",
    "status_failed": "FAILED 500 Failed planned",
    "new_status_word": "QUEUED",
    "no_status": "request_id",
    "not_found": "NOT_FOUND",
    "completed_without_url": "COMPLETED seed structured_prompt",
    "completed_with_several_urls": "COMPLETED seed structured_prompt image_urls",
    "seed_as_string": GOOD_RESULT,
    "no_seed": "COMPLETED image_url",
    "image_elsewhere": GOOD_RESULT,
}
ACCEPTED = "202 request_id status_url"
SUBMIT = {
    **{kind: seen.replace("OK", ACCEPTED) for kind, seen in WIRE.items()},
    **{kind: f"202 {seen}" for kind, seen in JSON.items()},
    "reset_before_body": "CUT OFF",
    "reset_while_sending": "CUT OFF",
    "reset_before_acceptance": "ReadError",
    "reset_after_acceptance": "ReadError",
    "close_before_acceptance": "RemoteProtocolError",
    "close_after_acceptance": "RemoteProtocolError",
    "stop_reading": "ReadTimeout",
    "stall_before_acceptance": "ReadTimeout",
    "stall_after_acceptance": "ReadTimeout",
    "foreign_status_url": ACCEPTED,
    "no_request_id": "202 status_url",
    "wrong_types": "202 7",
    "wrong_request_id": ACCEPTED,
}
ENDS = {"reset": "ReadError", "close": "RemoteProtocolError", "stall": "ReadTimeout"}
POLL = {
    **{kind: seen.replace("OK", f"200 {GOOD_RESULT}") for kind, seen in WIRE.items()},
    **{kind: f"200 {seen}" for kind, seen in (JSON | JOB).items()},
    **ENDS,
    "not_found": "404 NOT_FOUND",
    "no_request_id": f"200 {GOOD_RESULT}",
    "wrong_types": "200 7 image_url seed structured_prompt",
    "wrong_request_id": f"200 {GOOD_RESULT}",
}
ASSET = {
    **{kind: seen.replace("OK", "200 picture 96x96") for kind, seen in WIRE.items()},
    **ENDS,
    "short_length": "200 does not load",
    "expired": "403 application/xml",
    "gone": "404 application/xml",
    "wrong_type": "200 text/plain",
    "xml_200": "200 does not load",
    "not_an_image": "200 does not load",
    "empty_image": "200 does not load",
    "cut_image": "200 does not load",
    "no_iend": "200 loads but does not verify",
    "bomb": "200 bomb 9000x9000",
    "too_wide": "200 bomb 20000x8",
}
TABLES: dict[Phase, dict[str, str]] = {
    "submit": SUBMIT,
    "poll": POLL,
    "asset": ASSET,
    "job": {kind: f"200 {seen}".replace("200 NOT", "404 NOT") for kind, seen in JOB.items()},
}
QUICK: dict[str, dict[str, Any]] = {
    "late_answer": {"seconds": 0.3},
    "slow_headers": {"seconds": 0.001},
    "drip_body": {"seconds": 0.001},
    "endless_body": {"seconds": 0.001},
    "oversized_body": {"size": 6_000_000},
    "gzip_bomb": {"size": 6_000_000},
}


def _expected(phase: Phase) -> list[tuple[str, str]]:
    return list(TABLES[phase].items())


def _same(seen: str, expected: str) -> bool:
    if expected == "CUT OFF":
        # A reset between head and body is a WriteError, which httpx hides behind the other two.
        return seen in {"ReadError", "RemoteProtocolError"}
    return seen.endswith("too much") if expected == "TOO MUCH" else seen == expected


@pytest.mark.parametrize("phase", PHASES)
def test_no_fault_of_the_catalogue_is_left_out(phase: Phase) -> None:
    possible = {name for name, kind in CATALOGUE.items() if phase in kind.phases}

    assert set(TABLES[phase]) == possible


@pytest.mark.parametrize(("kind", "expected"), _expected("submit"))
def test_a_submit_meets_its_fault_and_is_charged_only_if_the_fault_says_so(
    fake: FakeBria, visitor: Visitor, kind: str, expected: str
) -> None:
    fake.plan("submit", fault(kind, **QUICK.get(kind, {})))

    assert _same(visitor.submit(), expected)
    assert len(fake.charges()) == CATALOGUE[kind].charged
    assert visitor.submit() == ACCEPTED


@pytest.mark.parametrize(("kind", "expected"), _expected("poll"))
def test_a_poll_meets_its_fault_and_the_next_poll_is_well(
    fake: FakeBria, visitor: Visitor, kind: str, expected: str
) -> None:
    request_id = visitor.accepted()
    visitor.poll(request_id)
    fake.plan("poll", fault(kind, **QUICK.get(kind, {})))

    assert _same(visitor.poll(request_id), expected)
    assert visitor.poll(request_id) == f"200 {GOOD_RESULT}"


@pytest.mark.parametrize(("kind", "expected"), _expected("asset"))
def test_a_download_meets_its_fault(
    fake: FakeBria, visitor: Visitor, kind: str, expected: str
) -> None:
    image_url = visitor.image_url(visitor.accepted())
    fake.plan("asset", fault(kind, **QUICK.get(kind, {})))

    assert _same(visitor.fetch(image_url), expected)


@pytest.mark.parametrize(("kind", "expected"), _expected("job"))
def test_a_job_keeps_its_fault_at_every_poll(
    fake: FakeBria, visitor: Visitor, kind: str, expected: str
) -> None:
    fake.plan("job", kind)
    request_id = visitor.accepted()
    visitor.poll(request_id)

    assert [visitor.poll(request_id) for _ in range(2)] == [expected, expected]
