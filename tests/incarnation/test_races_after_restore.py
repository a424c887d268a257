"""What two processes do in the same moment after a database was put back, on Postgres."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from core.batches import feeder
from core.domain.batching import BatchState
from core.domain.failure import Charge
from core.domain.request import parse_request
from core.domain.states import State
from core.generation import adopting
from core.generation.adopting import Adoption
from core.records import holds
from core.wiring import Studio
from tests.incarnation.conftest import Place, ask
from tests.races import begin_and_meet_a_lock

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


def amid(
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    point: str,
    studio: Studio,
    other: Callable[[], object],
) -> list[Future[object]]:
    """Have something else begin in a transaction that has come to a point; return its future."""
    begun: list[Future[object]] = []

    def reach(name: str) -> None:
        if name == point and not begun:
            monkeypatch.undo()
            begun.append(begin_and_meet_a_lock(studio.database, other))

    monkeypatch.setattr(module, "fault_point", reach)
    return begun


def test_two_adoptions_at_once_write_down_one_try(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = place.open()
    asked = ask(studio, 1)
    studio.context.order_log.note_order(asked.id, 1, 1)
    second = Adoption(place.open().context)
    begun = amid(monkeypatch, adopting, "before_written_down", studio, second.adopt)

    Adoption(studio.context).adopt()
    begun[0].result()

    tries = studio.service.attempts_of(asked.id)
    assert [one.charge for one in tries] == [Charge.MAYBE]
    assert studio.service.see(asked.id).retry_count == 0


def test_a_row_that_is_asked_for_while_a_hold_is_written_is_held_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = place.open()
    request = parse_request({"prompt": "a fox", "engine": "bria"})
    batch_id = studio.batches.run_requests([request])

    def hold() -> None:
        with studio.database.writing() as session:
            holds.hold_paid_work(session, "It was put back.")

    begun = amid(monkeypatch, feeder, "before_line_commit", studio, hold)

    feeder.Feeder(studio.database, studio.clock, studio.service, parallel=1).feed()
    begun[0].result()

    (row,) = studio.service.newest(limit=9)
    assert (row.state, row.hold) == (State.QUEUED, holds.RESTORED)
    assert studio.batches.load(batch_id).state is BatchState.STOPPED
