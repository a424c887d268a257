"""What is cancelled after a restore, before the journal is read, comes if it is paid."""

from __future__ import annotations

from core.batches.feeder import Feeder
from core.domain.batching import LineState
from core.domain.failure import Charge
from core.domain.request import parse_request
from core.domain.states import State
from core.wiring import Studio
from tests.incarnation.conftest import Place, ask, work
from tests.incarnation.test_restored import states


def feeder_of(studio: Studio) -> Feeder:
    return Feeder(studio.database, studio.clock, studio.service, parallel=4)


def test_pictures_whose_numbers_the_journal_knows_come_although_they_were_cancelled_first(
    place: Place,
) -> None:
    running = place.open()
    alone = ask(running, 1)
    requests = [parse_request({"prompt": f"a fox {n}", "engine": "bria"}) for n in range(2)]
    batch_id = running.batches.run_requests(requests)
    feeder_of(running).feed()
    running.database.close()
    copy = place.copy_database()
    work(running)
    place.put_database_back_under(running, copy)
    place.close()
    assert len(place.provider.bills) == 3

    restored = place.open()
    restored.batches.cancel(batch_id)
    restored.decisions.cancel(alone.id)
    feeder_of(restored).feed()
    assert states(restored) == [State.CANCELLED] * 3
    work(restored)
    feeder_of(restored).feed()

    assert states(restored) == [State.COMPLETED] * 3
    assert [line.state for line in restored.batches.lines(batch_id)] == [LineState.DONE] * 2
    for picture in restored.service.newest(limit=3):
        assert [one.charge for one in restored.service.attempts_of(picture.id)] == [Charge.YES]
    assert len(place.provider.bills) == 3
