"""Every row of the table of failures (docs/provider.md) through the whole pipeline.

The wire's own view of each row, with more kinds of each fault, is in tests/engines/bria.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from sqlalchemy.exc import OperationalError

from core import ledger
from core.domain.failure import Charge
from core.domain.states import State
from core.media import MediaStore
from core.records import attempts, backlog
from core.records.generations import Generation
from core.wiring import Studio
from tests import books
from tests.fakes.bria import FOREVER, FakeBria, Fault, fault
from tests.paid.conftest import OpenPaid
from tests.paid.work import ask, work_on

NO, MAYBE, YES = Charge.NO, Charge.MAYBE, Charge.YES
DONE, HELD, WAITS, FAILED = State.COMPLETED, State.UNKNOWN, State.QUEUED, State.FAILED

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: what happens, and what must be true when nothing moves any more."""

    number: int
    faults: list[Fault | str] = field(default_factory=list)
    phase: Literal["submit", "poll", "asset", "job"] = "submit"
    state: State = DONE
    repeats: int = 0
    charges: list[Charge] = field(default_factory=lambda: [YES])
    billed: int = 1
    says: str = ""
    door: Literal["refused", "silent"] | None = None
    base: Literal["nameless", "tls"] | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"row{self.number}-{self.faults[0] if self.faults else self.door or self.base}"


def held(number: int, name: Fault | str, *, billed: int, says: str) -> Row:
    return Row(number=number, faults=[name], state=HELD, charges=[MAYBE], billed=billed, says=says)


def refused(number: int, name: str, says: str) -> Row:
    return Row(number=number, faults=[name], state=FAILED, charges=[NO], billed=0, says=says)


NEVER_SENT: dict[str, Any] = {"state": WAITS, "repeats": 2, "charges": [NO] * 3, "billed": 0}
AGAIN: dict[str, Any] = {"repeats": 1, "charges": [NO, YES]}
HASTY = {"FIBO_SUBMIT_TIMEOUT_SECONDS": 0.5}

ROWS = [
    Row(number=1, base="nameless", says="could not be found", **NEVER_SENT),
    Row(number=2, door="refused", says="refused the connection", **NEVER_SENT),
    Row(number=2, base="tls", state=FAILED, charges=[NO], billed=0, says="certificate"),
    Row(
        number=5,
        faults=["stall_before_acceptance"],
        state=HELD,
        charges=[MAYBE],
        billed=0,
        says="too long",
        settings=HASTY,
    ),
    Row(
        number=6,
        faults=["stall_after_acceptance"],
        state=HELD,
        charges=[MAYBE],
        says="too long",
        settings=HASTY,
    ),
    held(7, "reset_before_acceptance", billed=0, says="broke off"),
    held(7, "close_after_acceptance", billed=1, says="without an answer"),
    Row(number=8, faults=["truncated_body"]),
    Row(number=8, faults=["not_json"], state=HELD, says="cannot be read"),
    Row(number=9, faults=["no_request_id"], state=HELD, says="without the number"),
    refused(10, "http_400", "could not use the request"),
    Row(number=11, faults=[fault("http_401", times=FOREVER)], says="API key", **NEVER_SENT),
    Row(number=12, faults=[fault("http_402", times=FOREVER)], says="credit", **NEVER_SENT),
    refused(13, "http_403", "not part of your Bria plan"),
    refused(14, "http_404", "does not know this address"),
    Row(
        number=14,
        phase="poll",
        faults=[fault("not_found", times=FOREVER)],
        state=HELD,
        says="no longer knows",
    ),
    *(refused(15, f"http_{status}", "") for status in (405, 410, 413, 415)),
    held(16, "http_408", billed=0, says="gave up waiting"),
    held(17, fault("http_409", charged=True), billed=1, says=""),
    Row(
        number=18,
        faults=["http_422"],
        state=State.BLOCKED,
        charges=[NO],
        billed=0,
        says="moderation",
    ),
    Row(
        number=18,
        phase="job",
        faults=["status_error_422"],
        state=State.BLOCKED,
        charges=[MAYBE],
        says="moderation",
    ),
    Row(number=19, faults=[fault("http_429", retry_after="0.1")], **AGAIN),
    held(20, fault("http_500", charged=True), billed=1, says="internal error"),
    held(21, fault("http_502", form="html"), billed=0, says="no answer"),
    Row(number=22, faults=[fault("http_503", retry_after="0.1")], **AGAIN),
    held(22, "http_503", billed=0, says="busy"),
    held(23, "http_307", billed=0, says="another address"),
    held(24, fault("html_200", charged=True), billed=1, says="web page"),
    Row(number=25, faults=["foreign_status_url"]),
    Row(number=26, phase="poll", faults=["http_500", "reset", "not_json"]),
    Row(
        number=27,
        phase="job",
        faults=["stuck"],
        state=State.ACCEPTED,
        says="has not arrived",
        settings={"FIBO_DEADLINE_SECONDS": 1, "FIBO_POLL_SECONDS": 0.3},
    ),
    Row(
        number=28,
        phase="poll",
        faults=[fault("status_unknown", times=FOREVER)],
        state=HELD,
        charges=[MAYBE],
        says="does not know the state",
    ),
    Row(number=28, phase="poll", faults=["new_status_word", "status_unknown"]),
    Row(
        number=29,
        phase="job",
        faults=["status_error"],
        state=FAILED,
        charges=[MAYBE],
        says="could not make",
    ),
    Row(
        number=30,
        phase="job",
        faults=["completed_without_url"],
        state=HELD,
        says="not where it is",
    ),
    Row(number=31, phase="asset", faults=["expired", "http_403"]),
    Row(number=32, phase="asset", faults=["truncated_body", "cut_image", "no_iend"]),
    Row(number=33, phase="asset", faults=["xml_200"]),
    Row(
        number=33,
        phase="asset",
        faults=[fault("not_an_image", times=FOREVER)],
        state=HELD,
        says="not a picture",
    ),
    Row(number=34, phase="asset", faults=["bomb"], state=HELD, says="more pixels"),
    Row(
        number=35,
        phase="job",
        faults=[fault("image_elsewhere", url="http://10.0.0.1/x.png")],
        state=HELD,
        says="does not fetch from",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_row_ends_as_the_table_says(row: Row, open_paid: OpenPaid, fake: FakeBria) -> None:
    bases = {"nameless": fake.nameless_v2_url, "tls": fake.tls_v2_url}
    base = {"BRIA_BASE_URL": bases[row.base]} if row.base else {}
    studio = open_paid(**row.settings, **base)
    if row.faults:
        fake.plan(row.phase, *row.faults)
    if row.door:
        fake.turn_door("api", row.door)

    ended = work_on(studio, ask(studio))

    tries = studio.service.attempts_of(ended.id)
    told = [ended.error_message or ""] + [outage.reason for outage in studio.rate_limiter.outages()]
    assert ended.state is row.state, told
    if row.number not in {1, 2, 11, 12}:
        assert ended.retry_count == row.repeats
        assert [one.charge for one in tries] == row.charges
    assert {one.charge for one in tries} == set(row.charges)
    assert row.says in " ".join(told)
    assert len(fake.charges()) == row.billed
    assert all(one.error_class or one.request_id for one in tries)
    _the_books_agree(studio, ended)


def _the_books_agree(studio: Studio, generation: Generation) -> None:
    with studio.database.reading() as session:
        day = ledger.committed(session, generation.account.scopes[0])
        assert day == books.recount(session, generation.account)


def test_row_3_a_provider_that_does_not_pick_up_is_never_paid(
    open_paid: OpenPaid, fake: FakeBria
) -> None:
    studio = open_paid()
    fake.turn_door("api", "silent")

    waiting = work_on(studio, ask(studio), runs=1)

    (attempt,) = studio.service.attempts_of(waiting.id)
    assert waiting.state is WAITS
    assert attempt.charge is NO
    assert attempt.error_class == "connect_timeout"
    assert fake.charges() == []


def test_row_4_a_connection_that_breaks_while_sending_is_unknown(
    open_paid: OpenPaid, fake: FakeBria
) -> None:
    studio = open_paid()
    fake.plan("submit", "reset_while_sending")

    ended = work_on(studio, ask(studio, "a long prompt " * 140))

    assert ended.state in {HELD, DONE}
    assert len(fake.charges()) <= len(studio.service.attempts_of(ended.id))
    _the_books_agree(studio, ended)


def test_row_36_a_full_disk_pauses_the_queue_and_loses_nothing(
    open_paid: OpenPaid, fake: FakeBria, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_paid()

    def full(*_arguments: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(MediaStore, "keep", full)
        waiting = work_on(studio, ask(studio))
    (outage,) = studio.rate_limiter.outages()
    assert waiting.state is State.DOWNLOADING
    assert "disk is full" in outage.reason

    studio.rate_limiter.resume()
    with studio.database.writing() as session:
        backlog.put_off(session, waiting.id, until=studio.clock.now())
    assert work_on(studio, waiting).state is DONE
    assert len(fake.charges()) == 1


def test_row_37_a_database_that_fails_after_the_202_costs_nothing_twice(
    open_paid: OpenPaid, fake: FakeBria, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_paid()
    asked = ask(studio)

    note_acceptance, failures = attempts.note_acceptance, iter(range(2))
    seen: list[State] = []

    def fail_at_first(*given: Any, **named: Any) -> None:
        if next(failures, None) is not None:
            seen.append(studio.service.see(asked.id).state)
            raise OperationalError("UPDATE", {}, Exception("disk I/O error"))
        note_acceptance(*given, **named)

    monkeypatch.setattr(attempts, "note_acceptance", fail_at_first)
    made = work_on(studio, asked)

    assert seen == [State.SUBMITTING] * 2
    assert made.state is DONE
    assert [one.charge for one in studio.service.attempts_of(made.id)] == [YES]
    assert len(fake.charges()) == 1
