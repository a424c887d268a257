"""What keeps a paid order here keeps it from being paid, and does not spoil it."""

from __future__ import annotations

import errno
from dataclasses import replace

from core.domain.states import State
from core.errors import NotReadyError
from core.generation.preflight import Preflight
from core.records import backlog
from core.wiring import Studio
from tests.fakes.bria import FakeBria
from tests.paid.work import ask, work_on


class Floor:
    """A check that fails until it is mended."""

    def __init__(self) -> None:
        self.is_mended = False

    def check(self) -> None:
        if not self.is_mended:
            raise NotReadyError("The floor is wet.", advice="Mop it.")


def test_an_order_waits_while_a_check_fails_and_is_sent_once_it_passes(
    paid: Studio, fake: FakeBria
) -> None:
    floor = Floor()
    context = replace(paid.context, preflight=Preflight([floor.check]))
    asked = ask(paid)

    kept = work_on(replace(paid, context=context), asked, runs=1)

    assert (kept.state, fake.charges()) == (State.QUEUED, [])
    assert kept.not_before is not None
    assert (kept.error_message, kept.error_advice) == ("The floor is wet.", "Mop it.")
    assert paid.service.attempts_of(asked.id) == []
    assert [one.message for one in context.preflight.notices()] == ["The floor is wet."]

    floor.is_mended = True
    with paid.database.writing() as session:
        backlog.put_off(session, asked.id, until=paid.clock.now())
    made = work_on(replace(paid, context=context), paid.service.see(asked.id))

    assert made.state is State.COMPLETED
    assert (made.error_message, made.error_advice) == (None, None)
    assert len(fake.charges()) == 1


def test_a_file_that_cannot_be_looked_at_keeps_an_order_here_and_does_not_spoil_it(
    paid: Studio, fake: FakeBria
) -> None:
    def look() -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/data/studio.json")

    context = replace(paid.context, preflight=Preflight([look]))

    kept = work_on(replace(paid, context=context), ask(paid), runs=1)

    assert (kept.state, fake.charges()) == (State.QUEUED, [])
    assert kept.error_message == "/data/studio.json cannot be used: Permission denied."


def test_a_picture_that_was_cancelled_while_its_order_was_kept_here_gets_no_word_of_it(
    paid: Studio,
) -> None:
    asked = ask(paid)

    def cancel_first() -> None:
        paid.decisions.cancel(asked.id)
        raise NotReadyError("The floor is wet.")

    context = replace(paid.context, preflight=Preflight([cancel_first]))

    left = work_on(replace(paid, context=context), asked, runs=1)

    assert (left.state, left.error_message) == (State.CANCELLED, None)
