"""The promises in small; speed is only looked at, because a busy machine may be slow."""

from __future__ import annotations

import pytest
from hypothesis import given

from core.domain.request import parse_request
from core.errors import InvalidRequestError
from tests.bench.claims import (
    Claim,
    measure_failures,
    measure_requests,
    measure_speed,
    table,
    wrong_fields,
)


def test_every_body_is_accepted_and_every_wrong_request_stays_here() -> None:
    claim = measure_requests(60)

    assert claim.holds
    assert claim.ours.startswith("60 of 60 bodies accepted; 60 of 60 wrong")


@given(fields=wrong_fields())
def test_a_request_with_one_broken_field_is_refused_by_its_name(fields: dict[str, object]) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        parse_request(fields)

    named = [name for name in fields if name != "prompt"] or ["prompt"]
    assert [problem.field for problem in refusal.value.problems] == named


@pytest.mark.bench
def test_fewer_pictures_are_missing_than_without_retry() -> None:
    claims = measure_failures(100)  # the outage begins with the 75th

    assert [claim.percent > 0 for claim in claims] == [True, True]


@pytest.mark.bench
def test_the_cache_and_a_parallel_batch_are_timed_on_the_real_server() -> None:
    cached, batch = measure_speed(picture_seconds=1.0, together=2)

    assert " ms after " in cached.ours
    assert batch.ours.partition(": ")[2].startswith("2 pictures in ")


def test_a_broken_promise_is_said() -> None:
    claim = Claim(
        promise="90 % faster", least_percent=90, percent=89.9, ours="89.9 %", faults="none"
    )

    assert table([claim]).splitlines()[-1] == "| 90 % faster | 89.9 % | none | **missed** |"
