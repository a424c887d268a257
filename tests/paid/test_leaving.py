"""A worker that is told to leave hears its last answers and takes its connections along."""

from __future__ import annotations

import gc
import socket
import threading
from collections import Counter
from urllib.parse import urlsplit

import pytest

from core.domain.states import State
from core.errors import StudioClosingError
from core.wiring import Studio
from tests.fakes.bria import FakeBria
from tests.paid.conftest import OpenPaid
from tests.paid.work import ask
from tests.running import wait_until


def open_lines(fake: FakeBria) -> list[socket.socket]:
    """Return this process's connections to the fake's API."""
    port = urlsplit(fake.base_url).port
    sockets = [one for one in gc.get_objects() if isinstance(one, socket.socket)]
    return [one for one in sockets if one.fileno() >= 0 and peer_port(one) == port]


def peer_port(one: socket.socket) -> int | None:
    """Return the port at the other end, if there is an end and it has one."""
    try:
        return int(one.getpeername()[1])
    except (OSError, IndexError):
        return None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_connection_is_left_when_the_worker_has_gone(paid: Studio, fake: FakeBria) -> None:
    fake.set_rules(ready_after_seconds=600)
    held = [ask(paid, prompt) for prompt in ("a boat", "a lamp", "a fox")]
    paid.worker.start()
    wait_until(
        lambda: all(paid.service.see(one.id).state is State.ACCEPTED for one in held),
        what="three orders",
    )
    wait_until(lambda: open_lines(fake) != [], what="a poll")

    paid.close()

    assert open_lines(fake) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_order_under_way_is_answered_before_the_worker_goes(
    open_paid: OpenPaid, fake: FakeBria
) -> None:
    fake.plan("submit", *["late_answer"] * 20)
    leaving = open_paid()
    asked = [ask(leaving, f"boat {number}") for number in range(20)]
    leaving.worker.start()
    wait_until(lambda: fake.charges() != [], what="the first order")

    leaving.close()
    sent = len(fake.charges())

    staying = open_paid()
    states = Counter(staying.service.see(one.id).state for one in asked)
    assert 0 < sent < 20
    assert states[State.QUEUED] == 20 - sent
    assert not states.keys() & {State.SUBMITTING, State.UNKNOWN, State.FAILED}
    staying.worker.start()
    wait_until(
        lambda: all(staying.service.see(one.id).state is State.COMPLETED for one in asked),
        what="all twenty",
    )
    assert len(fake.charges()) == 20


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_told_to_leave_lets_no_order_begin_however_busy_it_is(
    paid: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_busy, may_go_on = threading.Event(), threading.Event()

    def clean_up() -> None:
        is_busy.set()
        may_go_on.wait(60)

    monkeypatch.setattr(paid.worker, "_clean_up", clean_up)
    paid.worker.start()
    assert is_busy.wait(60)

    paid.worker.stop(wait_seconds=0)

    with pytest.raises(StudioClosingError):
        paid.context.in_flight.check()
    may_go_on.set()
