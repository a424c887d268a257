"""A database that is put back under a running studio is noticed by the orders it lacks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.domain.failure import Charge
from core.domain.states import State
from core.errors import TurnedBackError
from core.generation import adopting
from core.generation.adopting import Adoption
from core.generation.pipeline import Pipeline
from core.incarnation.order_log import OrderLog
from core.incarnation.turned_back import count_order
from core.records import order_count
from core.wiring import Studio
from tests.incarnation.conftest import PRICE, Place, ask, work
from tests.incarnation.test_restored import NINE, books_agree, states
from tests.paid.little_studio import PowerCut, power_cut_at


def turned_back_to_nine_queued(
    place: Place, *, meanwhile: Callable[[Studio], object] = lambda _: None, **given: Any
) -> Studio:
    """Nine orders wait in a copy that is taken since the start, are made, and the copy is back."""
    studio = place.open(**given)
    for number in NINE:
        ask(studio, number)
    studio.database.close()  # so that Postgres lets the database be copied; it connects anew
    copy = place.copy_database()
    work(studio)
    assert len(place.provider.bills) == 9
    meanwhile(studio)
    place.put_database_back_under(studio, copy)
    return studio


def work_on(studio: Studio, *, most: int = 50) -> None:
    """Work without a start, until what had to wait for the mending was taken up again."""
    work(studio, is_start=False, most=most)
    with studio.database.writing() as session:
        session.execute(text("UPDATE generation SET not_before = NULL"))
    work(studio, is_start=False, most=most)


def forget_answers(place: Place) -> None:
    """Lose the numbers of all orders, so that nothing can be adopted."""
    (place.folder / "journal.jsonl").unlink()


def test_orders_made_since_a_copy_that_is_put_back_are_adopted_and_not_paid_again(
    place: Place,
) -> None:
    studio = turned_back_to_nine_queued(place)

    work_on(studio)

    assert len(place.provider.bills) == 9
    assert states(studio) == [State.COMPLETED] * 9
    assert studio.context.preflight.notices() == []
    assert all(
        [one.charge for one in studio.service.attempts_of(picture.id)] == [Charge.YES]
        for picture in studio.service.newest(limit=9)
    )
    assert books_agree(studio)


def test_orders_of_the_price_0_are_adopted_and_not_sent_again_either(place: Place) -> None:
    studio = turned_back_to_nine_queued(place, FIBO_PRICES={"bria": 0})

    work_on(studio)

    assert len(place.provider.bills) == 9
    assert states(studio) == [State.COMPLETED] * 9


def test_what_the_journal_does_not_know_is_held_with_the_banner_of_a_restore(place: Place) -> None:
    studio = turned_back_to_nine_queued(place)
    asked_since = ask(studio, 10)
    orders_only = OrderLog(place.folder)
    assert len(orders_only.latest()) == 9
    for entry in studio.context.journal.entries()[3:]:
        del studio.context.journal._entries[entry]

    work_on(studio)

    assert len(place.provider.bills) == 9
    summary = studio.held.summary()
    assert (summary.count, summary.price_microusd) == (7, 7 * PRICE)
    assert "put back from an older copy while the studio ran" in summary.sentence
    assert "7 orders ($0.21) may have been made after this backup" in summary.sentence
    assert studio.service.see(asked_since.id).state is State.QUEUED
    assert studio.held.send() == 7
    work_on(studio)
    assert states(studio) == [State.COMPLETED] * 10
    assert len(place.provider.bills) == 16
    assert books_agree(studio)


def test_a_page_tells_of_it_before_any_order_tries_to_leave(place: Place) -> None:
    studio = turned_back_to_nine_queued(place)

    (notice,) = studio.context.preflight.notices()

    assert (notice.kind, notice.stops) == ("database_turned_back", True)
    assert studio.decisions.hold_what_was_turned_back()
    assert studio.context.preflight.notices() == []
    assert not studio.decisions.hold_what_was_turned_back()


def test_a_restart_notices_it_by_the_counts_in_the_folder(place: Place) -> None:
    turned_back_to_nine_queued(place, meanwhile=lambda _: forget_answers(place))
    place.close()

    restarted = place.open()

    assert restarted.held.summary().count == 9
    assert "older than the orders noted" in restarted.held.summary().because
    work(restarted)
    assert len(place.provider.bills) == 9
    restarted.held.send()
    work(restarted)
    assert len(place.provider.bills) == 18
    place.close()
    assert not place.open().held.summary()


def test_a_restart_notices_it_by_the_counts_alone(place: Place) -> None:
    studio = place.open()
    first = ask(studio, 1)
    work(studio)
    ask(studio, 2)
    studio.context.order_log.note_order(first.id, 1, 7)
    place.close()

    restarted = place.open()

    assert restarted.held.summary().count == 1
    restarted.held.send()
    work(restarted)
    assert len(place.provider.bills) == 2
    with restarted.database.reading() as session:
        assert order_count.peek(session) == 8


def test_two_processes_notice_it_by_what_the_other_one_ordered(place: Place) -> None:
    idle = place.open()
    idle.database.close()
    busy = turned_back_to_nine_queued(place)

    with pytest.raises(TurnedBackError), idle.database.writing() as session:
        count_order(session, idle.context.order_log)

    assert adopting.hold_what_was_turned_back(idle.context)
    assert not adopting.hold_what_was_turned_back(busy.context)
    work_on(busy)
    assert len(place.provider.bills) == 9


def test_a_folder_that_could_not_take_the_orders_does_not_hide_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OrderLog, "note_start", lambda *_: None)
    monkeypatch.setattr(OrderLog, "_append", _refuse)
    studio = turned_back_to_nine_queued(place)

    work_on(studio)

    assert len(place.provider.bills) == 9


def _refuse(_self: OrderLog, _line: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_copy_without_any_count_takes_no_order(place: Place) -> None:
    studio = turned_back_to_nine_queued(place)
    with studio.database.writing() as session:
        session.execute(text("DELETE FROM installation_key WHERE name = 'orders_begun'"))

    work_on(studio, most=9)

    assert len(place.provider.bills) == 9
    assert studio.context.preflight.notices()


def test_a_count_whose_order_was_never_begun_is_no_false_alarm(place: Place) -> None:
    studio = place.open()
    first = ask(studio, 1)
    ask(studio, 2)
    for point in ("before_intent_commit", "after_intent"):
        with power_cut_at(point), pytest.raises(PowerCut):
            asyncio.run(Pipeline(studio.context).run(first.id))

    work(studio)

    assert not studio.held.summary()
    assert len(place.provider.bills) == 1
    place.close()
    assert not place.open().held.summary()


def test_an_answer_that_arrives_after_the_database_was_put_back_is_not_lost(place: Place) -> None:
    studio = place.open()
    asked = ask(studio, 1)
    studio.database.close()
    copy = place.copy_database()
    with power_cut_at("after_202"), pytest.raises(PowerCut):
        asyncio.run(Pipeline(studio.context).run(asked.id))
    (bill,) = place.provider.bills
    place.put_database_back_under(studio, copy)
    books = Pipeline(studio.context)._recorder
    (tried,) = studio.context.order_log.latest()
    studio.context.journal.append(
        generation_id=asked.id, number=tried[1], request_id=bill.request_id
    )
    books.accept(studio.context.load(asked.id), tried[1], bill.request_id)

    assert studio.decisions.hold_what_was_turned_back()
    work_on(studio)

    assert len(place.provider.bills) == 1
    assert studio.service.see(asked.id).state is State.COMPLETED
    assert [one.charge for one in studio.service.attempts_of(asked.id)] == [Charge.YES]
    assert books_agree(studio)


def test_a_breakage_amid_holding_leaves_all_of_it_for_the_next_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = turned_back_to_nine_queued(place)
    with monkeypatch.context() as broken:
        broken.setattr(Adoption, "adopt", _break)
        with pytest.raises(PowerCut):
            studio.decisions.hold_what_was_turned_back()
    assert studio.held.send() == 0  # quicker than the mending, but all nine are paid and known

    work_on(studio)

    assert len(place.provider.bills) == 9
    assert states(studio) == [State.COMPLETED] * 9
    assert books_agree(studio)


def _break(_self: object) -> int:
    raise PowerCut("adopting")


def test_the_room_of_the_order_log_is_reserved_and_its_counts_outlive_a_cut_line(
    tmp_path: Path,
) -> None:
    one, other = OrderLog(tmp_path), OrderLog(tmp_path)
    one.note_start(1)
    size = (tmp_path / "orders.jsonl").stat().st_size
    one.note_order(1, 1, 5)
    other.note_order(2, 1, 6)
    with (tmp_path / "orders.jsonl").open("rb+") as file:
        end = len(file.read().rstrip(b"\0"))
        file.seek(end)
        file.write(b"\n[3, 1, 7")
    one.note_order(4, 1, 4)

    assert size > 100_000
    assert (tmp_path / "orders.jsonl").stat().st_size == size
    assert one.highest() == other.highest() == OrderLog(tmp_path).highest() == 6
    assert one.since_last_start() == (1, [(1, 1), (2, 1), (4, 1)])


def test_an_order_log_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    (tmp_path / "orders.jsonl").write_bytes(b'\n{"start": 3}\n\n[1, 1]\n')

    orders = OrderLog(tmp_path)
    assert orders.highest() == 0
    orders.note_order(2, 1, 1)

    assert orders.since_last_start() == (3, [(1, 1), (2, 1)])
    assert orders.highest() == 1
