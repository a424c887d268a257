"""Disk full, database away: nothing is ordered that nobody could write down, nothing is dropped."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from core.database import Database, may_pass
from core.domain.failure import Charge
from core.domain.money import Budgets
from core.domain.request import parse_request
from core.domain.states import State
from core.engines.base import Accepted, Order
from core.generation.leases import Job
from core.generation.pipeline import Pipeline
from core.generation.preflight import Preflight
from core.generation.storage import FreeSpace, JournalNotices
from core.media import MediaStore
from core.settings import Settings
from core.wiring import build_studio
from tests.disks import can_mount, fill, small_disk
from tests.fakes.engine import PaintedEngine
from tests.fakes.paid_engine import SUBMIT_FAILURES, PlannedProvider
from tests.paid.little_studio import LittleStudio, SetClock, bug_at, open_little_studio

CUT = next(failure for failure in SUBMIT_FAILURES if failure.kind == "cut_answer")
REFUSED = next(failure for failure in SUBMIT_FAILURES if failure.kind == "refused")


@dataclass
class WatchedProvider(PlannedProvider):
    """A provider with which something happens while an order is on its way."""

    on_order: Callable[[], object] = field(default=lambda: None)

    async def submit(self, order: Order) -> Accepted:
        self.on_order()
        return await super().submit(order)


class WatchedClock(SetClock):
    """A clock with which something happens at the n-th wait after `after_waits`."""

    waits = 0
    on_wait: Callable[[int], object] = staticmethod(lambda _waits: None)

    async def sleep(self, seconds: float) -> None:
        self.waits += 1
        self.on_wait(self.waits)
        await super().sleep(seconds)


@pytest.fixture
def provider() -> WatchedProvider:
    return WatchedProvider()


@pytest.fixture
def clock() -> WatchedClock:
    return WatchedClock(datetime(2026, 11, 1, 12, tzinfo=UTC))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def studio(
    tmp_path: Path, database: Database, provider: WatchedProvider, clock: WatchedClock
) -> LittleStudio:
    return open_little_studio(
        tmp_path, database, provider, clock, budgets=Budgets(), resends_unknown_once=False
    )


def ask(studio: LittleStudio) -> int:
    request = parse_request({"prompt": "a red boat", "seed": 7, "engine": "bria"})
    return studio.service.ask(request).id


class Outage:
    """The database is away while `is_on`, for everybody."""

    is_on = False

    def begin(self) -> None:
        self.is_on = True

    def end(self) -> None:
        self.is_on = False

    def strike(self, *_: object) -> None:
        if self.is_on:
            full = sqlite3.OperationalError("database or disk is full")
            raise OperationalError("BEGIN", {}, full)


@contextmanager
def outage_of(database: Database) -> Iterator[Outage]:
    outage = Outage()
    event.listen(database.engine, "before_cursor_execute", outage.strike)
    yield outage
    event.remove(database.engine, "before_cursor_execute", outage.strike)


@pytest.fixture
def outage(database: Database) -> Iterator[Outage]:
    with outage_of(database) as one:
        yield one


def test_a_number_that_neither_journal_nor_database_takes_is_kept_until_one_does(
    studio: LittleStudio,
    provider: WatchedProvider,
    clock: WatchedClock,
    outage: Outage,
    tmp_path: Path,
) -> None:
    journal, told = studio.pipeline._context.journal, []
    (tmp_path / "journal.jsonl").mkdir()
    asked = ask(studio)
    provider.on_order = outage.begin

    def free(waits: int) -> None:
        told.append([notice.kind for notice in JournalNotices(journal)()])
        if waits == 6:
            outage.end()

    clock.waits = -1  # the first is for the turn
    clock.on_wait = free
    studio.work()

    assert studio.service.see(asked).state is State.COMPLETED
    assert [one.charge for one in studio.service.attempts_of(asked)] == [Charge.YES]
    assert len(provider.bills) == 1
    assert told[1:6] == [["numbers_in_memory"]] * 5
    assert JournalNotices(journal)() == []


@pytest.mark.parametrize(
    ("failure", "state", "charge"),
    [(CUT, State.COMPLETED, Charge.YES), (REFUSED, State.QUEUED, Charge.NO)],
    ids=["accepted all the same", "not sent"],
)
def test_a_failure_that_the_database_cannot_take_is_kept_until_it_can(
    studio: LittleStudio,
    provider: WatchedProvider,
    clock: WatchedClock,
    outage: Outage,
    failure: object,
    state: State,
    charge: Charge,
) -> None:
    asked = ask(studio)
    provider.submit_plan.append(failure)  # type: ignore[arg-type]
    provider.on_order = outage.begin
    clock.on_wait = lambda waits: outage.end() if waits == 4 else None
    studio.work()

    assert studio.service.see(asked).state is state
    assert studio.service.attempts_of(asked)[0].charge is charge


def test_what_no_waiting_can_mend_is_not_tried_for_ever() -> None:
    words = Exception("no")

    assert not may_pass(IntegrityError("INSERT", {}, words))
    assert not may_pass(ProgrammingError("INSERT", {}, words))
    assert may_pass(OperationalError("INSERT", {}, words))


def test_a_number_that_broke_its_job_is_found_in_memory_by_the_next(
    studio: LittleStudio, tmp_path: Path, provider: WatchedProvider
) -> None:
    asked = ask(studio)
    (tmp_path / "journal.jsonl").mkdir()

    with bug_at("after_journal"):
        studio.work()

    assert studio.service.see(asked).state is State.ACCEPTED
    assert studio.service.see(asked).request_id == provider.bills[0].request_id


def test_work_that_the_database_broke_goes_on_a_few_seconds_after_it_is_back(
    studio: LittleStudio, clock: WatchedClock, provider: WatchedProvider, outage: Outage
) -> None:
    asked = ask(studio)
    pipeline = studio.pipeline

    class Breaking(Pipeline):
        async def run(self, generation_id: int, job: Job | None = None) -> None:
            outage.begin()
            try:
                await pipeline.run(generation_id, job)
            finally:
                outage.end()

    replace(studio, pipeline=Breaking(pipeline._context)).work()
    assert (studio.service.see(asked).state, provider.bills) == (State.QUEUED, [])

    clock.tick(6)
    studio.work()

    assert studio.service.see(asked).state is State.COMPLETED


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ENOENT])
def test_a_picture_that_cannot_be_kept_is_told_and_fetched_again(
    studio: LittleStudio, clock: WatchedClock, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object) -> str:
        raise OSError(code, "No luck")

    asked = ask(studio)
    with monkeypatch.context() as patch:
        patch.setattr(MediaStore, "keep", refuse)
        studio.work()
    waiting = studio.service.see(asked)
    assert waiting.state is State.DOWNLOADING
    assert "cannot be kept here: No luck" in (waiting.error_message or "")

    clock.tick(16)
    studio.work()

    assert studio.service.see(asked).state is State.COMPLETED
    assert studio.service.see(asked).error_message is None


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    if not can_mount(tmp_path):
        pytest.skip("only root can mount a small disk")
    with small_disk(tmp_path, megabytes=8) as mounted:
        yield mounted


def test_no_paid_order_begins_under_the_floor_and_what_was_ordered_is_collected(
    disk: Path, provider: WatchedProvider, clock: WatchedClock
) -> None:
    database = Database(f"sqlite:///{disk / 'fibo.sqlite'}")
    database.migrate()
    space = FreeSpace([disk], least_bytes=2_000_000)
    opened = open_little_studio(
        disk, database, provider, clock, budgets=Budgets(), resends_unknown_once=False
    )
    preflight = Preflight([space.check])
    studio = replace(
        opened, pipeline=Pipeline(replace(opened.pipeline._context, preflight=preflight))
    )
    ordered = ask(studio)
    another = parse_request({"prompt": "a blue boat", "seed": 8, "engine": "bria"})
    waiting = studio.service.ask(another).id
    spare = disk / "spare"
    provider.on_order = lambda: spare.write_bytes(bytes(shutil.disk_usage(disk).free - 1_500_000))

    studio.work()
    studio.work()

    assert studio.service.see(ordered).state is State.COMPLETED
    assert studio.service.see(waiting).state is State.QUEUED
    assert studio.service.attempts_of(waiting) == []
    (notice,) = preflight.notices()
    assert notice.kind == "disk"
    assert "paid orders wait" in notice.message

    spare.unlink()
    provider.on_order = lambda: None
    clock.tick(6)
    studio.work()

    assert studio.service.see(waiting).state is State.COMPLETED
    assert preflight.notices() == []
    database.close()


def test_an_answer_on_a_disk_without_a_byte_left_is_written_down_and_collected(
    disk: Path, provider: WatchedProvider, clock: WatchedClock
) -> None:
    database = Database(f"sqlite:///{disk / 'fibo.sqlite'}")
    database.migrate()
    studio = open_little_studio(
        disk, database, provider, clock, budgets=Budgets(), resends_unknown_once=False
    )
    studio.pipeline._context.journal.check()
    asked, fillers = ask(studio), []
    provider.on_order = lambda: fillers.append(fill(disk))
    clock.on_wait = lambda waits: fillers[0].unlink() if waits == 5 else None

    for _ in range(20):
        studio.work()
        clock.tick(20)

    assert fillers
    assert studio.service.see(asked).state is State.COMPLETED
    assert [one.charge for one in studio.service.attempts_of(asked)] == [Charge.YES]
    database.close()


def test_the_floor_counts_files_too_and_can_be_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.generation.storage._count_free_files", lambda _folder: 12)
    with pytest.raises(Exception, match="room for 12 files"):
        FreeSpace([tmp_path], least_bytes=1).check()
    monkeypatch.undo()

    FreeSpace([tmp_path], least_bytes=1).check()
    FreeSpace([tmp_path / "gone"], least_bytes=10**18).check()
    FreeSpace([tmp_path], least_bytes=0).check()


def test_floor_and_journal_of_the_settings_stand_before_every_paid_order(tmp_path: Path) -> None:
    settings = Settings(FIBO_DATA_DIR=tmp_path, FIBO_LEAST_FREE_MB=10**9)
    studio = build_studio(settings, engines=[PlannedProvider()])
    (tmp_path / "journal.odd").write_bytes(b"one\ntwo\n")
    (tmp_path / "journal.jsonl").mkdir()

    told = {notice.kind: notice.message for notice in studio.health.report().notices}
    studio.close()

    assert "paid orders wait" in told["disk"]
    assert "cannot be written" in told["not_ready"]
    assert told["odd_journal"] == "2 lines of the journal of paid pictures cannot be read."


def test_a_studio_that_costs_nothing_has_no_journal(tmp_path: Path) -> None:
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path), engines=[PaintedEngine()])
    studio.context.journal.prepare()
    studio.health.report()
    studio.close()

    assert not (tmp_path / "journal.jsonl").exists()
