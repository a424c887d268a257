"""A studio that was put back from a copy pays for nothing by itself."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from typing import Any

import pytest

from core import ledger
from core.domain.batching import BatchState
from core.domain.failure import Charge
from core.domain.request import parse_request
from core.domain.states import State
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.pipeline import Pipeline
from core.records.batch_rows import NewLine
from core.records.batches import Plan
from core.wiring import Studio
from tests import books
from tests.fakes.engine import PaintedEngine
from tests.fakes.paid_engine import FINE, LOST
from tests.incarnation.conftest import PRICE, Place, ask, work
from tests.paid.little_studio import PowerCut, power_cut_at

NINE = range(9)


def states(studio: Studio) -> list[State]:
    return sorted(one.state for one in studio.service.newest(limit=50))


def books_agree(studio: Studio) -> bool:
    (account,) = {one.account for one in studio.service.newest(limit=50)}
    with studio.database.reading() as session:
        counted = books.recount(session, account)
        return all(ledger.committed(session, scope) == counted for scope in account.scopes)


def restored_with_nine_queued(place: Place, **given: Any) -> Studio:
    """Nine orders wait while the copy is taken, are made, and then the copy is put back."""
    running = place.open(**given)
    for number in NINE:
        ask(running, number)
    place.close()
    database, folder = place.copy_database(), place.copy_folder()
    work(place.open(**given))
    place.close()
    assert len(place.provider.bills) == 9
    place.put_folder_back(folder)
    return place.open(url=database, **given)


def test_nine_orders_that_waited_in_the_backup_are_held_and_not_paid_again(place: Place) -> None:
    restored = restored_with_nine_queued(place)

    work(restored)

    assert len(place.provider.bills) == 9
    assert states(restored) == [State.QUEUED] * 9
    summary = restored.held.summary()
    assert (summary.count, summary.price_microusd) == (9, 9 * PRICE)
    assert "9 orders ($0.27) may have been made after this backup" in summary.sentence
    assert books_agree(restored)


def test_held_orders_are_sent_when_a_person_says_so(place: Place) -> None:
    restored = restored_with_nine_queued(place)

    assert restored.held.send() == 9
    work(restored)

    assert states(restored) == [State.COMPLETED] * 9
    assert len(place.provider.bills) == 18
    assert not restored.held.summary()
    assert books_agree(restored)


def test_held_orders_are_dropped_and_their_money_is_free(place: Place) -> None:
    restored = restored_with_nine_queued(place)

    assert restored.held.drop() == 9

    assert states(restored) == [State.CANCELLED] * 9
    assert not restored.held.summary()
    assert books_agree(restored)
    day = restored.service.newest(limit=1)[0].account.scopes[0]
    with restored.database.reading() as session:
        assert ledger.committed(session, day) == 0


def test_a_hold_outlives_the_next_start(place: Place) -> None:
    first = restored_with_nine_queued(place)
    url = first.settings.database_url
    place.close()

    again = place.open(url=url)
    work(again)

    assert again.held.summary().count == 9
    assert len(place.provider.bills) == 9


def test_what_the_journal_knows_is_fetched_for_nothing_and_the_rest_is_held(place: Place) -> None:
    running = place.open()
    asked = [ask(running, number) for number in range(4)]
    place.close()
    database = place.copy_database()
    work(place.open())
    place.close()
    place.open()
    late = ask(place.open(), 5)
    place.close()

    restored = place.open(url=database)
    work(restored)

    assert [restored.service.see(one.id).state for one in asked] == [State.COMPLETED] * 4
    assert len(place.provider.bills) == 4
    assert all(
        [one.charge for one in restored.service.attempts_of(picture.id)] == [Charge.YES]
        for picture in asked
    )
    assert late.id not in {one.id for one in restored.service.newest(limit=9)}
    assert books_agree(restored)


def test_an_order_that_left_and_whose_answer_was_lost_is_perhaps_charged_and_held(
    place: Place,
) -> None:
    running = place.open()
    (asked,) = [ask(running, 1)]
    place.close()
    database = place.copy_database()
    place.provider.plan(orders=[LOST])
    work(place.open())
    place.close()

    restored = place.open(url=database, FIBO_ON_UNKNOWN="resend_once")
    work(restored)

    assert restored.service.see(asked.id).state is State.QUEUED
    assert [one.charge for one in restored.service.attempts_of(asked.id)] == [Charge.MAYBE]
    assert restored.held.summary().count == 1
    assert len(place.provider.bills) == 1
    assert books_agree(restored)


def test_orders_of_pictures_that_the_database_never_knew_are_listed_and_told(place: Place) -> None:
    place.open()
    place.close()
    database = place.copy_database()
    running = place.open()
    made = ask(running, 1)
    work(running)
    place.close()

    restored = place.open(url=database)
    work(restored)

    listed = (place.folder / "lost-orders.jsonl").read_text()
    assert str(made.id) in listed
    assert "request-0001" in listed
    assert restored.held.summary().lost == 1
    restored.held.send()
    assert restored.held.summary().lost == 0
    work(restored)
    assert restored.held.summary().lost == 0


def test_an_intent_of_the_backup_is_unclear_and_not_sent_again_by_itself(place: Place) -> None:
    running = place.open()
    asked = ask(running, 1)
    place.close()
    cut = place.open()
    with power_cut_at("after_intent"), pytest.raises(PowerCut):
        asyncio.run(Pipeline(cut.context).run(asked.id))
    assert cut.service.see(asked.id).state is State.SUBMITTING
    place.close()
    (place.folder / "backup.json").write_text("{}")

    restored = place.open(FIBO_ON_UNKNOWN="resend_once")
    work(restored)

    assert restored.service.see(asked.id).state is State.UNKNOWN
    assert place.provider.bills == []
    restored.decisions.send_again(asked.id)
    work(restored)
    assert restored.service.see(asked.id).state is State.COMPLETED


def test_a_power_cut_while_a_missing_try_is_written_down_leaves_it_for_the_next_time(
    place: Place,
) -> None:
    asked = ask(place.open(), 1)
    place.close()
    database = place.copy_database()
    work(place.open())
    place.close()
    restored = place.open(url=database)

    with power_cut_at("before_written_down"), pytest.raises(PowerCut):
        restored.held.check()
    assert restored.service.attempts_of(asked.id) == []

    assert restored.held.check() == 1
    work(restored)
    assert [one.charge for one in restored.service.attempts_of(asked.id)] == [Charge.YES]
    assert restored.service.see(asked.id).state is State.COMPLETED
    assert len(place.provider.bills) == 1
    assert books_agree(restored)


def test_a_batch_of_a_restored_studio_does_not_go_on_by_itself(place: Place) -> None:
    running = place.open()
    request = parse_request({"prompt": "a boat", "engine": "bria"})
    rows = [NewLine(row_id=str(number), request=request) for number in range(3)]
    batch = running.batches.start(Plan(name="boats"), rows)
    place.close()
    (place.folder / "backup.json").write_text("{}")

    restored = place.open()

    found = restored.batches.load(batch.id)
    assert found.state is BatchState.STOPPED
    assert "resume" in (found.reason or "")
    assert restored.batches.resume(batch.id).state is BatchState.RUNNING


def test_a_job_that_the_restore_brought_back_sends_nothing_that_is_held(place: Place) -> None:
    restored = restored_with_nine_queued(place)
    held = restored.service.newest(limit=1)[0]

    asyncio.run(Pipeline(replace(restored.context)).run(held.id))

    assert restored.service.see(held.id).state is State.QUEUED
    assert len(place.provider.bills) == 9


def test_pictures_that_are_made_here_are_not_held(place: Place) -> None:
    running = place.open()
    running.service._engines = {"preview": PaintedEngine()}
    asked = running.service.ask(parse_request({"prompt": "boat", "engine": "preview"}))
    place.close()
    (place.folder / "backup.json").write_text("{}")

    restored = place.open()

    assert restored.service.see(asked.id).hold is None
    assert restored.held.summary().count == 0


def test_orders_at_a_provider_whose_price_is_set_to_0_are_held_as_all_others(place: Place) -> None:
    restored = restored_with_nine_queued(place, FIBO_PRICES={"bria": 0})

    work(restored)

    assert len(place.provider.bills) == 9
    assert states(restored) == [State.QUEUED] * 9
    summary = restored.held.summary()
    assert (summary.count, summary.price_microusd) == (9, 0)


def test_the_price_0_hides_no_try_that_left_from_the_journal_nor_from_the_orders(
    place: Place,
) -> None:
    running = place.open(FIBO_PRICES={"bria": 0})
    made, lost = ask(running, 1), ask(running, 2)
    place.close()
    database = place.copy_database()
    place.provider.plan(orders=[FINE, LOST])
    work(place.open(FIBO_PRICES={"bria": 0}))
    place.close()

    restored = place.open(url=database, FIBO_PRICES={"bria": 0})
    work(restored)

    assert restored.service.see(made.id).state is State.COMPLETED
    assert restored.service.see(lost.id).state is State.QUEUED
    assert restored.held.summary().count == 1
    assert [one.charge for one in restored.service.attempts_of(lost.id)] == [Charge.MAYBE]
    assert len(place.provider.bills) == 2


def test_an_order_that_left_for_the_price_0_is_unclear_where_its_engine_is_missing_now(
    place: Place,
) -> None:
    running = place.open(FIBO_PRICES={"bria": 0})
    asked = ask(running, 1)
    AttemptRecorder(running.context).commit_intent(asked, "{}")
    keyless = Pipeline(replace(running.context, engines={}))

    asyncio.run(keyless.run(asked.id))

    assert running.service.see(asked.id).state is State.UNKNOWN
    assert [one.charge for one in running.service.attempts_of(asked.id)] == [Charge.MAYBE]


def test_a_studio_that_is_only_restarted_holds_nothing(place: Place) -> None:
    running = place.open()
    ask(running, 1)
    place.close()

    again = place.open()
    together = place.open()

    assert not again.held.summary()
    assert not together.held.summary()
    work(again)
    assert len(place.provider.bills) == 1


def test_a_folder_that_was_copied_over_knows_that_it_is_a_copy(place: Place) -> None:
    running = place.open()
    ask(running, 1)
    place.close()
    copy = place.root / "copied"
    shutil.copytree(place.folder, copy)

    restored = place.open(folder=copy)

    assert restored.held.summary().count == 1
    assert "copy" in restored.held.summary().because


def test_a_database_put_back_under_a_running_studio_pays_nothing_again_by_itself(
    place: Place,
) -> None:
    waiting = place.open()
    for number in NINE:
        ask(waiting, number)
    place.close()
    before = place.copy_database()
    studio = place.open()
    work(studio)
    assert len(place.provider.bills) == 9

    place.put_database_back_under(studio, before)
    work(studio, is_start=False)

    assert len(place.provider.bills) == 9
    (notice,) = studio.context.preflight.notices()
    assert notice.stops
    assert "put back from an older copy" in notice.message

    place.close()
    restarted = place.open()
    assert restarted.held.summary().count == 9
    work(restarted)
    assert len(place.provider.bills) == 9
