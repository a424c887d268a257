"""What keeps a paid order here keeps it from being paid, and does not spoil it."""

from __future__ import annotations

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
    assert paid.service.attempts_of(asked.id) == []
    assert [one.message for one in context.preflight.notices()] == ["The floor is wet."]

    floor.is_mended = True
    with paid.database.writing() as session:
        backlog.put_off(session, asked.id, until=paid.clock.now())
    made = work_on(replace(paid, context=context), paid.service.see(asked.id))

    assert made.state is State.COMPLETED
    assert len(fake.charges()) == 1
