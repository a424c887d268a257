"""Luck is seeded: the same schedule always hits the same requests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.bria import CATALOGUE, FOREVER, FakeBria, Fault, fault
from tests.fakes.bria_server.faults import Phase, fault_from_json
from tests.fakes.bria_server.schedule import Schedule, Weather, fraction
from tests.fakes_contract.visitor import Visitor

ACCEPTED = "202 request_id status_url"
STORM: dict[Phase, tuple[tuple[float, Fault], ...]] = {
    "submit": ((0.1, Fault("http_503")), (0.1, Fault("reset_after_acceptance")))
}


def _kinds(schedule: Schedule, phase: Phase, count: int) -> list[str | None]:
    met = [schedule.next_fault(phase) for _ in range(count)]
    return [fault.kind if fault else None for fault in met]


def test_the_same_seed_brings_the_same_weather_whatever_other_phases_do() -> None:
    calm, busy = Schedule(), Schedule()
    calm.weather = busy.weather = Weather(7, STORM)
    _kinds(busy, "poll", 50)

    assert _kinds(calm, "submit", 300) == _kinds(busy, "submit", 300)


@given(st.integers(min_value=0, max_value=2**31))
def test_chances_come_true_in_the_long_run(seed: int) -> None:
    met = [Weather(seed, STORM).draw("submit", number) for number in range(2000)]

    assert 120 <= sum(fault == Fault("http_503") for fault in met) <= 290


@given(st.integers(), st.sampled_from(["submit", "poll"]), st.integers(min_value=0))
def test_luck_is_a_fraction(seed: int, phase: Phase, number: int) -> None:
    assert 0 <= fraction(seed, phase, number) < 1


def test_planned_faults_come_first_in_order_and_as_often_as_asked() -> None:
    schedule = Schedule()
    schedule.weather = Weather(0, {"poll": ((1.0, Fault("stuck")),)})
    schedule.plan("poll", [fault("http_500", times=2), fault("fine"), fault("reset")])

    assert _kinds(schedule, "poll", 5) == ["http_500", "http_500", None, "reset", "stuck"]


def test_a_fault_planned_for_ever_ends_when_plans_are_forgotten(
    fake: FakeBria, visitor: Visitor
) -> None:
    fake.plan("submit", fault("http_429", times=FOREVER))
    assert {visitor.submit()[:3] for _ in range(5)} == {"429"}

    fake.forget_plans()
    assert visitor.submit() == ACCEPTED


def test_the_fake_tells_which_planned_faults_nobody_met(fake: FakeBria, visitor: Visitor) -> None:
    fake.plan("submit", "http_503", "http_500")
    visitor.submit()

    assert fake.faults_waiting()["submit"] == ["http_500"]


@pytest.mark.parametrize(
    ("phase", "kind", "settings"),
    [
        ("submit", "stuck", {}),
        ("poll", "expired", {}),
        ("job", "http_500", {}),
        ("asset", "stop_reading", {}),
        ("submit", "http_200", {}),
        ("submit", "no such fault", {}),
        ("submit", "reset_before_body", {"charged": True}),
        ("submit", "http_500", {"times": 0}),
        ("nowhere", "fine", {}),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    fake: FakeBria, phase: Phase, kind: str, settings: dict[str, bool]
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 # the fake's own words and ours differ
        fake.plan(phase, fault(kind, **settings))


def test_chances_above_one_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 1"):
        Weather(0, {"submit": ((0.6, Fault("http_500")), (0.6, Fault("http_503")))})


@given(
    st.sampled_from([*CATALOGUE, "http_503"]),
    st.integers(min_value=1),
    st.none() | st.floats(min_value=0, allow_infinity=False),
    st.none() | st.text(),
)
def test_a_fault_crosses_to_the_other_process_unchanged(
    kind: str, times: int, seconds: float | None, text: str | None
) -> None:
    sent = fault(kind, times=times, seconds=seconds, text=text)

    assert fault_from_json(sent.as_json()) == sent


def test_weather_reaches_the_running_fake(fake: FakeBria, visitor: Visitor) -> None:
    fake.set_weather(7, STORM)
    weather = Weather(7, STORM)
    expected = [weather.draw("submit", number) for number in range(40)]

    seen = [visitor.submit() for _ in range(40)]

    assert [words == ACCEPTED for words in seen] == [luck is None for luck in expected]
    assert len(fake.charges()) == sum(luck is None or luck.charged for luck in expected)
