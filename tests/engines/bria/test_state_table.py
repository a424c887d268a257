"""Rows 1 to 35 of docs/provider.md, each produced with the fake Bria."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from typing import Literal

import pytest

import core.domain.request
from core.domain.failure import Charge, Failure, Phase
from core.engines.base import FinishedPicture, Remote
from core.engines.bria.engine import BriaEngine
from core.engines.bria.wire import Bounds
from core.provider.retry import Decision, decide
from tests.engines.bria.cases import (
    DOWNLOADS,
    IMPATIENT,
    LATER,
    NOT_SENT,
    POLLS,
    SUBMITS,
    Case,
)
from tests.engines.bria.customer import (
    customer,
    failure_of,
    finished,
    order,
    whole_way,
    with_customer,
)
from tests.fakes.bria import FakeBria, Fault, fault

LEDGER = {Charge.NO: {0}, Charge.MAYBE: {0, 1}, Charge.YES: {1}}


def _is_fine(case: Case, fake: FakeBria, failure: Failure) -> None:
    """Judge one failure as every row of the table is judged."""
    assert failure.kind in case.kind.split(" or ")
    assert failure.charge is case.charge
    assert len(fake.charges()) in LEDGER[failure.charge]
    decision = decide(failure, repeats_left=case.repeats_left)
    assert decision is case.decision
    if case.last_decision is not None:
        assert decide(failure, repeats_left=0) is case.last_decision
    for sentence in (failure.message, failure.advice):
        assert re.fullmatch(r"[A-Z][^.!?]*\.", sentence), sentence
    _holds_no_secret(fake, failure)


def _break(fake: FakeBria, phase: Literal["submit", "poll", "asset"], case: Case) -> None:
    if case.fault is not None:
        fake.plan(phase, case.fault)
    if case.door is not None:
        fake.turn_door("api", case.door)


def _holds_no_secret(fake: FakeBria, failure: Failure) -> None:
    said = repr(failure)
    for secret in (fake.token, "Signature", "Expires", "planted-secret"):
        assert secret not in said
    assert not re.search(r"https?://\S*\?", said)


@pytest.mark.parametrize("case", SUBMITS, ids=str)
def test_a_submit_that_fails_is_told_for_what_it_is(
    fake: FakeBria, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    # some calls break in the middle of their body, which takes one that fills the socket
    monkeypatch.setattr(core.domain.request, "LONGEST_SCENE", 10_000_000)
    _break(fake, "submit", case)
    bases = {"nameless": fake.nameless_v2_url, "tls": fake.tls_v2_url, None: fake.base_url}

    def act(engine: BriaEngine) -> Awaitable[Failure]:
        mode = "manual" if case.owned else "ai"
        return failure_of(engine.submit(order(mode=mode, structured_prompt=case.owned)))

    failure = with_customer(fake, act, base_url=bases[case.base], bounds=case.bounds)

    assert failure.phase is Phase.SUBMIT
    _is_fine(case, fake, failure)
    if case.decision is Decision.ADOPT:
        assert failure.request_id == fake.charges()[0].request_id
    else:
        assert failure.request_id is None


@pytest.mark.parametrize("case", POLLS, ids=str)
def test_a_poll_that_fails_is_told_for_what_it_is(fake: FakeBria, case: Case) -> None:
    async def act(engine: BriaEngine) -> Failure:
        request_id = (await engine.submit(order())).request_id
        await finished(engine, request_id)
        _break(fake, "poll", case)
        failure = await failure_of(customer(fake, bounds=case.bounds).look(request_id))
        assert failure.request_id == request_id
        return failure

    failure = with_customer(fake, act)

    assert failure.phase is Phase.POLL
    _is_fine(case, fake, failure)
    assert len(fake.charges()) == 1


@pytest.mark.parametrize("case", DOWNLOADS, ids=str)
def test_a_download_that_fails_is_told_for_what_it_is(fake: FakeBria, case: Case) -> None:
    async def act(engine: BriaEngine) -> Failure:
        request_id = (await engine.submit(order())).request_id
        remote = await finished(engine, request_id)
        _break(fake, "asset", case)
        return await failure_of(customer(fake, bounds=case.bounds).fetch(remote))

    failure = with_customer(fake, act)

    assert failure.phase is Phase.ASSET
    _is_fine(case, fake, failure)


@pytest.mark.parametrize(
    "address",
    [
        "https://10.0.0.7/a.png?Signature=planted-secret",
        "http://example.com/a.png?x=1",
        "https://169.254.169.254/latest/meta-data?x=1",
        "https://[::ffff:10.0.0.1]/a.png?x=1",
        "https://user:planted-secret@example.com/a.png?x=1",
        "https://example.com:8443/a.png?x=1",
        "file:///etc/passwd?x=1",
        "https://?x=1",
        "\x00?x=1",
    ],
)
def test_row35_an_address_inside_or_unencrypted_is_not_visited(
    fake: FakeBria, address: str
) -> None:
    async def act(engine: BriaEngine) -> Failure:
        fake.plan("job", fault("image_elsewhere", url=address))
        request_id = (await engine.submit(order())).request_id
        return await failure_of(engine.fetch(await finished(engine, request_id)))

    case = Case(row="35", fault="image_elsewhere", kind="forbidden_host", **LATER)
    _is_fine(case, fake, with_customer(fake, act))


def test_row25_a_status_url_on_another_host_is_ignored(fake: FakeBria) -> None:
    fake.plan("submit", "foreign_status_url")

    picture = with_customer(fake, whole_way)

    assert (picture.media_type, picture.width, picture.height) == ("image/png", 96, 96)
    assert {visit.path for visit in fake.visits() if visit.door == "asset"} == {
        f"/api/res/{fake.charges()[0].request_id}.png"
    }


@pytest.mark.parametrize(
    "job_fault", ["stuck", "new_status_word", fault("new_status_word", text="PAUSED: ask later")]
)
def test_row27_and_28_a_job_at_work_or_in_a_state_nobody_knows_is_not_finished(
    fake: FakeBria, job_fault: Fault | str
) -> None:
    async def act(engine: BriaEngine) -> list[Remote | None]:
        request_id = (await engine.submit(order())).request_id
        return [await engine.look(request_id) for _ in range(3)]

    fake.plan("job", job_fault)

    assert with_customer(fake, act) == [None, None, None]


def test_row31_a_fresh_address_mends_an_expired_one(fake: FakeBria) -> None:
    async def act(engine: BriaEngine) -> FinishedPicture:
        request_id = (await engine.submit(order())).request_id
        fake.plan("asset", "expired")
        await failure_of(engine.fetch(await finished(engine, request_id)))
        return await engine.fetch(await finished(engine, request_id))

    assert with_customer(fake, act).width == 96
    assert len(fake.charges()) == 1


def test_row8_an_acceptance_that_is_reset_half_way_is_never_sent_again(fake: FakeBria) -> None:
    """How much of it arrives before the reset is up to the kernel."""
    fake.plan("submit", "reset_in_body")

    failure = with_customer(fake, lambda engine: failure_of(engine.submit(order())))

    assert failure.kind == "reset"
    assert decide(failure, repeats_left=3) in {Decision.ADOPT, Decision.HOLD}
    assert len(fake.charges()) == 1


def test_row3_a_submit_that_waits_in_vain_for_its_turn_has_not_been_sent(fake: FakeBria) -> None:
    async def act(engine: BriaEngine) -> Failure:
        fake.plan("submit", "stall_before_acceptance")
        first = asyncio.create_task(failure_of(engine.submit(order())))
        while not fake.visits():
            await asyncio.sleep(0.01)
        second = await failure_of(engine.submit(order()))
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return second

    failure = with_customer(fake, act, bounds=Bounds(pool_seconds=0.2, calls_at_once=1))

    case = Case(row="3", fault=None, kind="pool_timeout", **NOT_SENT)
    _is_fine(case, fake, failure)
    assert len(fake.visits()) == 1


def test_a_call_cut_by_the_wall_clock_while_still_connecting_has_not_been_sent(
    fake: FakeBria,
) -> None:
    fake.turn_door("api", "silent")

    failure = with_customer(
        fake, lambda engine: failure_of(engine.submit(order())), bounds=IMPATIENT
    )

    _is_fine(Case(row="3", fault=None, kind="wall_clock", **NOT_SENT), fake, failure)


def test_every_row_that_can_fail_has_a_case() -> None:
    told = {int(case.row) for case in (*SUBMITS, *POLLS, *DOWNLOADS)}

    assert set(range(1, 36)) - told == {25, 27, 35}
