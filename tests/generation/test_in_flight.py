"""A studio that closes lets calls under way end and begins no other."""

from __future__ import annotations

import threading

import pytest

from core.errors import StudioClosingError
from core.generation.in_flight import Gate


def test_a_closed_gate_lets_nothing_begin_until_it_is_opened_again() -> None:
    gate = Gate()

    assert gate.close(wait_seconds=0)

    with pytest.raises(StudioClosingError):
        gate.check()
    with pytest.raises(StudioClosingError), gate.passing():
        pass
    gate.open()
    with gate.passing():
        gate.check()


def test_closing_waits_for_the_call_under_way_and_says_when_it_waited_in_vain() -> None:
    gate, ended = Gate(), threading.Event()
    answers: list[bool] = []

    def close() -> None:
        answers.append(gate.close(wait_seconds=60))
        ended.set()

    with gate.passing():
        assert not gate.close(wait_seconds=0)
        closing = threading.Thread(target=close)
        closing.start()
        assert not ended.wait(0.1)
    closing.join(60)

    assert answers == [True]


def test_a_call_that_breaks_is_no_longer_under_way() -> None:
    gate = Gate()

    with pytest.raises(OSError, match="cut"), gate.passing():
        raise OSError("cut")

    assert gate.close(wait_seconds=0)
