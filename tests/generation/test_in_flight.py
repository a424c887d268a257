"""A studio that closes lets calls under way end and begins no other."""

from __future__ import annotations

import threading

import pytest

from core.errors import StudioClosingError
from core.generation.in_flight import InFlight


def test_a_closed_gate_lets_nothing_begin_until_it_is_opened_again() -> None:
    in_flight = InFlight()

    assert in_flight.close(wait_seconds=0)

    with pytest.raises(StudioClosingError):
        in_flight.check()
    with pytest.raises(StudioClosingError), in_flight.passing():
        pass
    in_flight.open()
    with in_flight.passing():
        in_flight.check()


def test_closing_waits_for_the_call_under_way_and_says_when_it_waited_in_vain() -> None:
    in_flight, ended = InFlight(), threading.Event()
    answers: list[bool] = []

    def close() -> None:
        answers.append(in_flight.close(wait_seconds=60))
        ended.set()

    with in_flight.passing():
        assert not in_flight.close(wait_seconds=0)
        closing = threading.Thread(target=close)
        closing.start()
        assert not ended.wait(0.1)
    closing.join(60)

    assert answers == [True]


def test_a_call_that_breaks_is_no_longer_under_way() -> None:
    in_flight = InFlight()

    with pytest.raises(OSError, match="cut"), in_flight.passing():
        raise OSError("cut")

    assert in_flight.close(wait_seconds=0)
