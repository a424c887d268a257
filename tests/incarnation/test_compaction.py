"""Settled lines leave the journal, and a database that is put back still finds its numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from core.domain.failure import Charge
from core.domain.request import parse_request
from core.domain.states import State
from core.generation.compaction import SETTLED_KEPT, Compaction
from core.generation.decisions import Decisions
from core.journal import Journal
from core.journal_lines import Entry
from core.records import attempts, generations, holds
from core.tables.generation import AttemptRow
from core.wiring import Studio
from tests.fakes.paid_engine import LOST
from tests.incarnation.conftest import Place, ask, work
from tests.incarnation.test_restored import NINE, books_agree, states
from tests.incarnation.test_turned_back import turned_back_to_nine_queued, work_on
from tests.paid.little_studio import PowerCut


def compact(studio: Studio) -> int:
    return Compaction(studio.context, least_settled=1).compact()


def lines_in(folder: Path) -> list[Entry]:
    return list(Journal(folder / "journal.jsonl").entries())


def settled_in(folder: Path) -> list[Entry]:
    journal = Journal(folder / "journal.jsonl")
    return [entry for name in journal.settled_files() for entry in journal.read_settled(name)]


def made(studio: Studio, *numbers: int) -> None:
    for number in numbers:
        ask(studio, number)
    work(studio)


def queries_of_a_start(studio: Studio) -> list[str]:
    """Return the statements with which a start finds out that nothing is to be adopted."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(studio.database.engine, "before_cursor_execute", note)
    try:
        assert studio.decisions.adopt_from_journal() == 0
    finally:
        event.remove(studio.database.engine, "before_cursor_execute", note)
    return [one for one in seen if "FROM" in one]


def test_settled_lines_leave_the_journal_and_come_into_a_file_beside_it(place: Place) -> None:
    studio = place.open()
    made(studio, *range(3))
    before = lines_in(place.folder)

    assert compact(studio) == 3

    assert lines_in(place.folder) == []
    assert settled_in(place.folder) == before
    made(studio, 3)
    assert len(lines_in(place.folder)) == 1
    assert studio.context.journal.entries() == lines_in(place.folder)


def test_lines_that_are_not_settled_stay(place: Place) -> None:
    studio = place.open()
    made(studio, 0)
    (settled,) = studio.context.journal.entries()
    place.provider.plan(orders=[LOST])
    lost = ask(studio, 1)
    work(studio)
    for generation_id, number in ((lost.id, 1), (lost.id, 2), (77, 1)):
        studio.context.journal.append(
            generation_id=generation_id, number=number, request_id=f"{generation_id}"
        )
    ordered = ask(studio, 2)
    with studio.database.writing() as session:
        generations.move(session, ordered.id, State.QUEUED, State.SUBMITTING)
        attempts.begin_attempt(
            session,
            attempt_id=1,
            generation_id=ordered.id,
            now=studio.clock.now(),
            is_paid=True,
            price_microusd=1,
            spend_day="",
        )
        generations.move(session, ordered.id, State.SUBMITTING, State.ACCEPTED)
        attempts.note_acceptance(
            session, generation_id=ordered.id, number=1, request_id="o", now=studio.clock.now()
        )
    studio.context.journal.append(generation_id=ordered.id, number=1, request_id="o")

    assert compact(studio) == 1

    assert settled_in(place.folder) == [settled]
    assert [entry[:2] for entry in lines_in(place.folder)] == [
        (lost.id, 1),  # unclear
        (lost.id, 2),  # a try without a row
        (77, 1),  # a picture without a row
        (ordered.id, 1),  # paid, and still being collected
    ]


def test_few_settled_lines_are_not_worth_a_file(place: Place) -> None:
    studio = place.open()
    made(studio, *range(3))

    assert studio.decisions.compact_journal() == 0
    assert Compaction(studio.context, least_settled=4).compact() == 0

    assert not (place.folder / "journal-settled").exists()


def test_a_start_asks_the_database_as_often_for_many_settled_lines_as_for_few(
    place: Place,
) -> None:
    studio = place.open()
    made(studio, *range(3))
    few = queries_of_a_start(studio)
    lines = [(10**17 + number, 1, f"request {number}") for number in range(1200)]
    with studio.database.writing() as session:
        session.add_all(
            AttemptRow(
                id=number,
                generation_id=generation_id,
                number=1,
                started_at=studio.clock.now(),
                charge=Charge.YES,
            )
            for number, (generation_id, *_) in enumerate(lines)
        )
    studio.context.journal.bring_back(lines)

    many = queries_of_a_start(studio)

    assert len(studio.context.journal.entries()) == 1203
    assert (len(few), len(many)) == (1, 1)


def test_after_a_compaction_a_start_reads_what_is_left_and_no_settled_file(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = place.open()
    made(studio, *range(3))
    compact(studio)
    place.close()
    read: list[str] = []

    def note(_journal: Journal, name: str) -> list[Entry]:
        read.append(name)
        return []

    monkeypatch.setattr(Journal, "read_settled", note)

    again = place.open()
    again.decisions.adopt_from_journal()

    assert read == []
    assert again.context.journal.entries() == []


def test_a_database_of_before_a_compaction_finds_the_numbers_of_orders_made_since(
    place: Place,
) -> None:
    running = place.open()
    made(running, 100)
    compact(running)
    for number in NINE:
        ask(running, number)
    place.close()
    yesterday = place.copy_database()
    again = place.open()
    work(again)
    assert compact(again) == 9
    made(again, 101)
    assert compact(again) == 1
    assert len(place.provider.bills) == 11
    place.close()

    restored = place.open(url=yesterday)
    work(restored)

    assert len(place.provider.bills) == 11
    assert states(restored) == [State.COMPLETED] * 10
    assert not restored.held.summary().count
    assert books_agree(restored)
    assert [line for line in lines_in(place.folder) if line[0] not in ids(restored)] != [], (
        "the number of the picture that this database never knew stays in the journal"
    )
    assert restored.held.summary().lost == 1
    work(restored)
    assert restored.held.summary().lost == 1


def ids(studio: Studio) -> set[int]:
    return {one.id for one in studio.service.newest(limit=50)}


def test_a_database_put_back_under_a_running_studio_finds_its_numbers_too(place: Place) -> None:
    studio = turned_back_to_nine_queued(place, meanwhile=compact)
    assert lines_in(place.folder) == []

    work_on(studio)

    assert len(place.provider.bills) == 9
    assert states(studio) == [State.COMPLETED] * 9
    assert books_agree(studio)


def test_a_database_put_back_while_lines_are_moved_does_not_count_as_knowing_them(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = place.open()
    made(studio, 100)
    for number in NINE:
        ask(studio, number)
    studio.database.close()
    copy = place.copy_database()
    work(studio, is_start=False)
    really = Journal.set_settled_aside

    def put_back_meanwhile(journal: Journal, *given: object, **named: object) -> int:
        moved = really(journal, *given, **named)  # type: ignore[arg-type]
        place.put_database_back_under(studio, copy)
        return moved

    monkeypatch.setattr(Journal, "set_settled_aside", put_back_meanwhile)

    compact(studio)

    assert len(lines_in(place.folder)) == 9
    work_on(studio)
    assert len(place.provider.bills) == 10
    assert books_agree(studio)


STEPS = 10


@contextmanager
def power_cut_before_step(step: int) -> Iterator[Callable[[], int]]:
    """Raise PowerCut before the so-many-th write to a disk, from 0; gives how many there were."""
    steps = 0

    def watched(really: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps > step:
                raise PowerCut
            return really(*given, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", watched(os.fsync))
        patch.setattr(os, "mkdir", watched(os.mkdir))
        patch.setattr(Path, "replace", watched(Path.replace))
        patch.setattr(holds, "write_key", watched(holds.write_key))
        yield lambda: steps


@pytest.mark.parametrize("step", range(STEPS))
def test_a_power_cut_at_any_step_loses_no_line(place: Place, step: int) -> None:
    studio = place.open()
    for number in range(2):
        ask(studio, number)
    studio.database.close()
    yesterday = place.copy_database()
    work(studio, is_start=False)
    before = set(lines_in(place.folder))
    studio.context.journal.append(generation_id=77, number=1, request_id="not settled")

    with power_cut_before_step(step) as counted:
        try:
            compact(studio)
        except PowerCut:
            assert counted() == step + 1
        else:
            assert counted() <= step, "no power cut was planned so late"
            assert step == STEPS - 1, "the last step alone lets all of it be done"

    left = lines_in(place.folder)
    assert (77, 1, "not settled") in left
    assert {*left, *settled_in(place.folder)} >= before
    place.close()
    restored = place.open(url=yesterday)
    work(restored)
    assert len(place.provider.bills) == 2
    assert states(restored) == [State.COMPLETED] * 2
    assert compact(restored) == 2
    assert lines_in(place.folder) == [(77, 1, "not settled")]


def test_settled_lines_are_kept_for_as_long_as_a_backup_may_need_them(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(hours=72) < SETTLED_KEPT
    studio = place.open()
    start = studio.clock.now()
    for number, days in enumerate((0, 10, 31)):
        moment = start + timedelta(days=days)
        made(studio, number)
        monkeypatch.setattr(studio.clock, "now", lambda moment=moment: moment)
        compact(studio)
        monkeypatch.undo()

    assert [len(settled_in(place.folder)), lines_in(place.folder)] == [2, []]


def test_a_settled_file_that_cannot_be_read_is_told_and_tried_again(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    running = place.open()
    for number in NINE:
        ask(running, number)
    place.close()
    yesterday = place.copy_database()
    again = place.open()
    work(again)
    compact(again)
    place.close()
    (file,) = (place.folder / "journal-settled").glob("*")
    hidden = file.rename(place.root / "hidden")
    file.mkdir()

    restored = place.open(url=yesterday)
    assert restored.decisions.adopt_from_journal() == 0
    assert "settled lines of the journal cannot be compared" in caplog.text
    file.rmdir()
    hidden.rename(file)

    assert restored.held.check() == 9


def test_an_unclear_try_is_still_adopted_from_the_journal_after_others_were_moved(
    place: Place,
) -> None:
    studio = place.open()
    made(studio, *range(3))
    place.provider.plan(orders=[LOST])
    held = studio.service.ask(parse_request({"prompt": "a lost boat", "seed": 9, "engine": "bria"}))
    work(studio)
    studio.context.journal.append(
        generation_id=held.id, number=1, request_id=place.provider.bills[-1].request_id
    )
    assert compact(studio) == 3
    place.close()

    again = place.open()

    assert Decisions(again.context).adopt_from_journal() == 1
    with again.database.reading() as session:
        assert [one.charge for one in attempts.attempts_of(session, held.id)] == [Charge.YES]


def test_a_journal_that_cannot_be_replaced_leaves_no_settled_file_and_no_half_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "journal.jsonl", reserved_bytes=0)
    journal.append(generation_id=1, number=1, request_id="r-1")
    entries = list(journal.entries())
    replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if target.name == "journal.jsonl":
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    for _ in range(2):
        with pytest.raises(OSError, match="No space"):
            journal.set_settled_aside(entries, now=datetime(2026, 11, 30, tzinfo=UTC))

    assert journal.settled_files() == []
    assert not list(tmp_path.rglob("*.part"))
    assert list(Journal(tmp_path / "journal.jsonl").entries()) == entries
