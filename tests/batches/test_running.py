"""Batches from Start to the last picture, without a server."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.domain.batching import BatchState, LineState, StopRules
from core.domain.request import parse_request
from core.errors import EngineError, InvalidRequestError, NotFoundError, StaleStateError
from core.records import batch_rows
from core.records.batches import Plan
from core.wiring import Studio
from tests.batches.orders import feeder_of, new_lines, prompts_of, run_to_end, work_off
from tests.fakes.engine import PaintedEngine

PLAN = Plan(name="spring")


def test_every_row_of_a_batch_gets_its_picture_once(studio: Studio, engine: PaintedEngine) -> None:
    batch = studio.batches.start(PLAN, new_lines(25))

    run_to_end(studio, feeder_of(studio))

    told = studio.batches.progress(batch.id)
    assert (told.counts, told.batch.state) == ({LineState.DONE: 25}, BatchState.DONE)
    assert told.batch.ended_at is not None
    assert told.sentence == "25/25 · $0.00"
    assert len(engine.drawn) == len(set(engine.drawn)) == 25
    made = studio.batches.lines(batch.id)
    assert [line.row_id for line in made] == [f"row-{n}" for n in range(1, 26)]
    assert all(line.generation and line.generation.batch_id == batch.id for line in made)
    assert (made[0].tags, made[0].extra) == (("boats",), {"harbour": "pier 1"})


def test_no_generation_exists_before_the_feeder_asks_for_it(studio: Studio) -> None:
    studio.batches.start(PLAN, new_lines(50))

    assert studio.service.newest(limit=100) == []


def test_only_a_small_window_of_rows_is_under_way(studio: Studio) -> None:
    batch = studio.batches.start(Plan(name="wide", parallel=64), new_lines(50))
    feeder = feeder_of(studio, parallel=4)

    feeder.feed()
    feeder.feed()

    assert len(studio.service.newest(limit=100)) == 8
    assert studio.batches.progress(batch.id).counts[LineState.RUNNING] == 8


def test_a_batch_has_no_more_rows_under_way_than_it_may(studio: Studio) -> None:
    studio.batches.start(Plan(name="narrow", parallel=3), new_lines(20))
    feeder = feeder_of(studio)

    feeder.feed()
    feeder.feed()

    assert len(studio.service.newest(limit=100)) == 3


def test_a_sequential_batch_keeps_the_order_of_its_rows(studio: Studio) -> None:
    studio.batches.start(Plan(name="in order", parallel=1), new_lines(12))

    made = run_to_end(studio, feeder_of(studio))

    assert prompts_of(studio, made) == [f"boat number {n}" for n in range(1, 13)]


def test_a_sequential_batch_stops_at_its_first_failure_and_goes_on_when_resumed(
    studio: Studio, engine: PaintedEngine
) -> None:
    rules = StopRules(continue_on_error=False)
    batch = studio.batches.start(Plan(name="strict", parallel=1, rules=rules), new_lines(6))
    feeder = feeder_of(studio)
    feeder.feed()
    work_off(studio)
    engine.failures = [EngineError("the lens broke")]

    run_to_end(studio, feeder)

    stopped = studio.batches.progress(batch.id)
    assert stopped.counts == {LineState.DONE: 1, LineState.FAILED: 1, LineState.WAITING: 4}
    assert stopped.batch.state is BatchState.STOPPED
    assert "Row row-2 brought no picture" in (stopped.batch.reason or "")
    assert studio.batches.lines(batch.id)[1].reason == "the lens broke"

    studio.batches.resume(batch.id)
    run_to_end(studio, feeder)

    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 5, LineState.FAILED: 1}
    assert studio.batches.load(batch.id).state is BatchState.DONE


def test_a_batch_stops_by_itself_when_too_many_rows_fail(
    studio: Studio, engine: PaintedEngine
) -> None:
    rules = StopRules(failed_share=0.3)
    batch = studio.batches.start(Plan(name="poor", parallel=4, rules=rules), new_lines(40))
    engine.failures = [EngineError("no light") for _ in range(8)]
    feeder = feeder_of(studio)

    run_to_end(studio, feeder)

    stopped = studio.batches.progress(batch.id)
    assert stopped.batch.state is BatchState.STOPPED
    assert stopped.count(LineState.FAILED) == 8
    assert "more than the 30% you allow" in (stopped.batch.reason or "")

    studio.batches.resume(batch.id)
    run_to_end(studio, feeder)
    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 32, LineState.FAILED: 8}


def test_a_paused_batch_begins_nothing_and_finishes_what_is_under_way(studio: Studio) -> None:
    batch = studio.batches.start(Plan(name="calm", parallel=4), new_lines(10))
    feeder = feeder_of(studio)
    feeder.feed()

    assert studio.batches.pause(batch.id).state is BatchState.PAUSED
    run_to_end(studio, feeder)

    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 4, LineState.WAITING: 6}
    assert studio.batches.resume(batch.id).state is BatchState.RUNNING
    run_to_end(studio, feeder)
    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 10}


def test_finish_current_keeps_what_is_under_way_and_cancels_the_rest(studio: Studio) -> None:
    batch = studio.batches.start(Plan(name="enough", parallel=4), new_lines(10))
    feeder = feeder_of(studio)
    feeder.feed()

    studio.batches.finish_current(batch.id)
    run_to_end(studio, feeder)

    told = studio.batches.progress(batch.id)
    assert told.counts == {LineState.DONE: 4, LineState.CANCELLED: 6}
    assert told.batch.state is BatchState.DONE


def test_cancel_takes_back_everything_that_was_not_sent(
    studio: Studio, engine: PaintedEngine
) -> None:
    batch = studio.batches.start(Plan(name="never mind", parallel=4), new_lines(10))
    feeder = feeder_of(studio)
    feeder.feed()

    assert studio.batches.cancel(batch.id).state is BatchState.CANCELLED
    run_to_end(studio, feeder)

    assert studio.batches.progress(batch.id).counts == {LineState.CANCELLED: 10}
    assert engine.drawn == []
    with pytest.raises(StaleStateError, match="cancelled by now"):
        studio.batches.resume(batch.id)


def test_only_failed_rows_are_retried(studio: Studio, engine: PaintedEngine) -> None:
    batch = studio.batches.start(Plan(name="again", parallel=4), new_lines(6))
    engine.failures = [EngineError("dust"), EngineError("dust")]
    feeder = feeder_of(studio)
    run_to_end(studio, feeder)
    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 4, LineState.FAILED: 2}
    assert len(studio.batches.lines(batch.id, only_problems=True)) == 2

    assert studio.batches.retry_failed(batch.id).made_anew == 2
    assert studio.batches.load(batch.id).state is BatchState.RUNNING
    run_to_end(studio, feeder)

    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 6}
    assert len(engine.drawn) == 8
    assert studio.batches.retry_failed(batch.id).made_anew == 0


def test_a_failed_row_is_edited_and_tried_again(studio: Studio, engine: PaintedEngine) -> None:
    batch = studio.batches.start(Plan(name="mend", parallel=1), new_lines(2))
    engine.failures = [EngineError("dust")]
    feeder = feeder_of(studio)
    run_to_end(studio, feeder)

    with pytest.raises(InvalidRequestError, match="lighting"):
        studio.batches.edit_and_retry(batch.id, 1, {"lighting": "sunny"})
    with pytest.raises(StaleStateError, match="row-2 is done"):
        studio.batches.edit_and_retry(batch.id, 2, {"lighting": "soft"})
    studio.batches.edit_and_retry(batch.id, 1, {"prompt": "a clean boat", "lighting": "soft"})
    run_to_end(studio, feeder)

    mended = studio.batches.line(batch.id, 1)
    assert mended.state is LineState.DONE
    assert mended.generation is not None
    assert mended.generation.prompt == "a clean boat"
    assert mended.generation.parameters == {"lighting": "soft"}


def test_a_test_run_makes_the_chosen_rows_first_and_holds_the_rest(studio: Studio) -> None:
    batch = studio.batches.start(Plan(name="test run", parallel=4), new_lines(20), pilot=[3, 7, 11])
    feeder = feeder_of(studio)
    run_to_end(studio, feeder)

    told = studio.batches.progress(batch.id)
    assert told.batch.state is BatchState.PILOTED
    assert told.counts == {LineState.DONE: 3, LineState.HELD: 17}
    done = [line.position for line in studio.batches.lines(batch.id) if line.generation]
    assert done == [3, 7, 11]

    studio.batches.commit(batch.id)
    run_to_end(studio, feeder)
    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 20}


def test_rows_that_are_owned_or_equal_are_made_once(studio: Studio, engine: PaintedEngine) -> None:
    feeder = feeder_of(studio)
    studio.batches.start(Plan(name="first"), new_lines(3))
    run_to_end(studio, feeder)

    twice = new_lines(5) + new_lines(5)
    quote = studio.batches.quote([line.request for line in twice])
    batch = studio.batches.start(Plan(name="second"), twice)
    run_to_end(studio, feeder)

    assert (quote.rows, quote.duplicates, quote.owned, quote.paying) == (10, 5, 3, 2)
    assert quote.sentence == "2 to make, free"
    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 10}
    assert studio.batches.load(batch.id).state is BatchState.DONE
    assert len(engine.drawn) == 5


def test_a_row_whose_joined_picture_is_taken_back_asks_for_its_own(
    studio: Studio, engine: PaintedEngine
) -> None:
    by_hand = studio.service.ask(parse_request({"prompt": "boat number 1"}))
    batch = studio.batches.start(PLAN, new_lines(1))
    feeder = feeder_of(studio)
    feeder.feed()
    (line,) = studio.batches.lines(batch.id)
    assert line.generation is not None
    assert line.generation.id == by_hand.id

    studio.decisions.cancel(by_hand.id)
    run_to_end(studio, feeder)

    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 1}
    assert len(engine.drawn) == 1


def test_users_take_turns_and_one_users_batches_keep_their_order(studio: Studio) -> None:
    big = studio.batches.start(Plan(name="big", user_id=1), new_lines(30))
    later = studio.batches.start(Plan(name="later", user_id=1), new_lines(5, first=100))
    other = studio.batches.start(Plan(name="other", user_id=2), new_lines(6, first=200))

    feeder_of(studio, parallel=3).feed()

    under_way = {
        batch.id: studio.batches.progress(batch.id).count(LineState.RUNNING)
        for batch in (big, later, other)
    }
    assert under_way == {big.id: 3, later.id: 0, other.id: 3}


def test_a_picture_somebody_waits_for_overtakes_every_batch(studio: Studio) -> None:
    studio.batches.start(Plan(name="big"), new_lines(30))
    feeder_of(studio).feed()
    by_hand = studio.service.ask(parse_request({"prompt": "a lighthouse"}))

    assert work_off(studio)[0] == by_hand.id


def test_a_few_requests_come_back_in_their_order(studio: Studio) -> None:
    requests = [parse_request({"prompt": f"{word} sky"}) for word in ("red", "grey", "wide")]
    batch_id = studio.batches.run_requests(requests, parallel=2)
    run_to_end(studio, feeder_of(studio))

    made = [line.generation for line in studio.batches.lines(batch_id)]
    assert [one.prompt for one in made if one] == ["red sky", "grey sky", "wide sky"]
    with pytest.raises(InvalidRequestError, match="Send 1 to 50 requests, not 51"):
        studio.batches.run_requests(requests * 17)
    with pytest.raises(InvalidRequestError, match="parallel must be between 1 and 64, not 0"):
        studio.batches.run_requests(requests, parallel=0)


def test_a_batch_that_does_not_exist_is_told_so(studio: Studio) -> None:
    with pytest.raises(NotFoundError, match="There is no batch 5"):
        studio.batches.progress(5)


def test_a_row_that_can_no_longer_be_read_fails_alone(studio: Studio) -> None:
    batch = studio.batches.start(PLAN, new_lines(3))
    with studio.database.writing() as session:
        session.connection().execute(
            text("UPDATE batch_row SET request = :request WHERE position = 2"),
            {"request": '{"prompt": "x", "lighting": "gone"}'},
        )

    run_to_end(studio, feeder_of(studio))

    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 2, LineState.FAILED: 1}
    assert "lighting" in (studio.batches.line(batch.id, 2).reason or "")
    with studio.database.reading() as session:
        assert batch_rows.load(session, batch.id, 2).generation is None


@pytest.mark.parametrize("how", ["all failed ones", "one that is edited"])
def test_a_retry_in_a_paused_batch_sets_no_other_row_going(
    studio: Studio, engine: PaintedEngine, how: str
) -> None:
    batch = studio.batches.start(Plan(name="paused", parallel=1), new_lines(4))
    engine.failures = [EngineError("dust")]
    feeder = feeder_of(studio)
    feeder.feed()
    work_off(studio)
    studio.batches.pause(batch.id)
    run_to_end(studio, feeder)
    before = studio.batches.progress(batch.id).counts
    drawn = len(engine.drawn)
    assert before[LineState.FAILED] == 1
    assert before[LineState.WAITING] >= 2

    if how == "all failed ones":
        assert studio.batches.retry_failed(batch.id).made_anew == 1
    else:
        studio.batches.edit_and_retry(batch.id, 1, {"prompt": "a clean boat"})
    run_to_end(studio, feeder)

    counts = studio.batches.progress(batch.id).counts
    assert counts[LineState.WAITING] == before[LineState.WAITING] + 1
    assert len(engine.drawn) == drawn
    studio.batches.resume(batch.id)
    run_to_end(studio, feeder)
    assert studio.batches.progress(batch.id).counts == {LineState.DONE: 4}
