"""After a restore a person is told before anything that was ordered since is paid a second time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col
from starlette.testclient import TestClient

from core.batches.feeder import Feeder
from core.domain.batching import BatchState, LineState
from core.domain.request import parse_request
from core.generation.held import LOOK_FIRST
from core.records import batches
from core.records.batch_rows import NewLine
from core.records.batches import Plan
from core.tables.batch import LineRow
from core.web.api.app import build_api
from core.wiring import Studio
from tests.incarnation.conftest import Place, ask, work

OPEN_AND_QUIET = [BatchState.PILOTED, BatchState.PAUSED, BatchState.STOPPED]


def batch_that_is(studio: Studio, state: BatchState) -> int:
    """Start a batch of two paid rows that waits for a person in that state."""
    lines = [
        NewLine(row_id=str(n), request=parse_request({"prompt": f"a fox {n}", "engine": "bria"}))
        for n in range(2)
    ]
    pilot = [1] if state is BatchState.PILOTED else None
    batch_id = studio.batches.start(Plan(name="foxes"), lines, pilot=pilot).id
    feeder = Feeder(studio.database, studio.clock, studio.service, parallel=1)
    if state is BatchState.PILOTED:
        while feeder.feed() or work(studio):
            pass
    elif state is BatchState.PAUSED:
        studio.batches.pause(batch_id)
    else:
        running = frozenset({BatchState.RUNNING})
        with studio.database.writing() as session:
            batches.move(session, batch_id, running, state, reason="9 of 10 rows failed.")
    assert studio.batches.load(batch_id).state is state
    return batch_id


def restored(place: Place) -> Studio:
    place.close()
    (place.folder / "backup.json").write_text("{}")
    return place.open()


@pytest.mark.parametrize("state", OPEN_AND_QUIET)
def test_every_open_batch_says_that_its_rows_may_have_been_made_already(
    place: Place, state: BatchState
) -> None:
    batch_id = batch_that_is(place.open(), state)

    studio = restored(place)

    found = studio.batches.load(batch_id)
    stands = BatchState.PILOTED if state is BatchState.PILOTED else BatchState.STOPPED
    assert found.state is stands
    assert "restored from a backup" in (found.reason or "")
    assert "may have been made already" in (found.reason or "")
    assert ("Before: 9 of 10" in (found.reason or "")) == (state is BatchState.STOPPED)
    assert studio.held.summary().count == 0
    assert studio.batches.commit(batch_id).reason is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_second_restore_does_not_say_it_twice(place: Place) -> None:
    batch_id = batch_that_is(place.open(), BatchState.PILOTED)

    restored(place)
    studio = restored(place)

    assert (studio.batches.load(batch_id).reason or "").count("made already") == 1


@pytest.mark.parametrize("press", ["check", "send", "drop", "note_seen"])
def test_the_banner_tells_of_a_restore_until_somebody_has_pressed_something(
    place: Place, press: str
) -> None:
    batch_that_is(place.open(), BatchState.PAUSED)
    studio = restored(place)
    work(studio)

    (notice,) = studio.held.notices()
    assert notice.message.startswith("This studio was restored from a backup.")
    assert "a request that is repeated, may pay for it again" in notice.message
    assert notice.advice == LOOK_FIRST
    getattr(studio.held, press)()

    assert studio.held.notices() == []
    place.close()
    assert place.open().held.notices() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rest_and_health_tell_it_too_and_take_note(place: Place) -> None:
    batch_that_is(place.open(), BatchState.PAUSED)
    rest = TestClient(build_api(restored(place)))

    (notice,) = [n for n in rest.get("/health").json()["notices"] if n["kind"] == "held"]
    told = rest.get("/studio/held").json()
    assert notice["message"].startswith("This studio was restored from a backup.")
    assert (told["held"], told["unseen"]) == (0, True)
    assert "restored from a backup" in told["because"]

    seen = rest.post("/studio/held/seen").json()
    assert (seen["moved"], seen["unseen"], seen["because"]) == (0, False, None)
    assert "held" not in {n["kind"] for n in rest.get("/health").json()["notices"]}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_held_stays_held_when_it_was_only_seen(place: Place) -> None:
    ask(place.open(), 1)
    studio = restored(place)

    studio.held.note_seen()

    assert studio.held.summary().count == 1
    assert not studio.held.summary().is_unseen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_was_put_back_under_the_studio_is_told_where_nothing_is_held(
    place: Place,
) -> None:
    studio = place.open()
    batch_that_is(studio, BatchState.PAUSED)
    copy = place.copy_database()
    ask(studio, 1)
    work(studio)
    place.put_database_back_under(studio, copy)

    assert studio.decisions.hold_what_was_turned_back()

    assert "put back from an older copy while the studio ran" in studio.held.summary().sentence
    assert studio.held.summary().is_unseen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_retry_of_one_row_does_not_take_the_reason_to_look_off_the_batch(place: Place) -> None:
    studio = place.open()
    batch_id = batch_that_is(studio, BatchState.PILOTED)
    with studio.database.writing() as session:
        session.execute(
            update(LineRow)
            .where(col(LineRow.batch_id) == batch_id, col(LineRow.position) == 1)
            .values(state=LineState.FAILED, generation_id=None)
        )
    studio = restored(place)

    studio.batches.retry_failed(batch_id)

    found = studio.batches.load(batch_id)
    assert found.state is BatchState.RUNNING
    assert "may have been made already" in (found.reason or "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_batch_that_was_being_stored_is_not_said_to_have_sent_nothing(place: Place) -> None:
    studio = place.open()
    with studio.database.writing() as session:
        now, batch_id = studio.clock.now(), 7
        batches.add(
            session, Plan(name="foxes"), batch_id=batch_id, line_count=9, pilot_count=0, now=now
        )
    studio = restored(place)

    with studio.database.writing() as session:
        later = studio.clock.now() + timedelta(days=1)
        batches.give_up_half_stored(session, begun_before=later, now=later)

    found = studio.batches.load(batch_id)
    assert found.state is BatchState.CANCELLED
    assert "look whether it was made after it" in (found.reason or "")
    assert "nothing was sent" not in (found.reason or "")
