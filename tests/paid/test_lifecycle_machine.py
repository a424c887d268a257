"""Any order of clicks, failures, power cuts and decisions: the money always adds up."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete
from sqlmodel import SQLModel, select

from core.database import Database
from core.domain.money import Budgets
from core.domain.request import GenerationRequest
from core.domain.states import FINAL, State
from core.errors import BudgetExceededError, NotFoundError, StaleStateError
from core.generation.attempt_recorder import MOST_RESENDS, AttemptRecorder
from core.tables.studio import SpendRow
from tests.examples import examples
from tests.fakes.paid_engine import (
    FETCH_FAILURES,
    FINE,
    LOOK_FAILURES,
    SUBMIT_FAILURES,
    PlannedFailure,
    PlannedProvider,
)
from tests.faults import cases
from tests.faults.invariants import MONEY, Evidence, check_pictures_are_whole, limit_of
from tests.paid.little_studio import (
    PRICE,
    PowerCut,
    SetClock,
    boat_request,
    bug_at,
    open_little_studio,
    power_cut_at,
    set_project_budget,
)

POINTS = sorted({point for case in cases.CASES for point in case.points})
START = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = 3600.0
LIVES = int(os.environ.get("FIBO_TEST_LIVES", "0")) or examples(40)
"""Enough for every day; a night takes some thousands."""

IN_MEMORY = next((folder for folder in ("/dev/shm",) if Path(folder).is_dir()), None)  # noqa: S108 - only faster


which = st.integers(0, 20)
amounts = st.none() | st.integers(0, 6).map(lambda pictures: pictures * PRICE + 1)


def plans(failures: tuple[PlannedFailure, ...]) -> st.SearchStrategy[list[PlannedFailure]]:
    """Return calm weather, or a few failures in a row."""
    return st.just([]) | st.lists(st.sampled_from((*failures, FINE)), min_size=1, max_size=3)


class Lifecycle(RuleBasedStateMachine):
    """People, a provider and a power supply, none of which can be relied on."""

    database: ClassVar[Database]
    """Shared by all lives and emptied for each: a new one would compile every query anew."""

    ended: ClassVar[int] = 0
    """How many lives came to a good end."""

    def __init__(self) -> None:
        super().__init__()
        with self.database.writing() as session:
            for table in SQLModel.metadata.sorted_tables:
                session.execute(delete(table))
        self.folder = Path(tempfile.mkdtemp())
        self.provider = PlannedProvider()
        self.clock = SetClock(START)
        self.budgets = Budgets()
        set_project_budget(self.database, None)
        self.resends = self.may_resend = False
        self.sent_again: Counter[int] = Counter()
        self.committed: dict[str, int] = {}
        self._restart()

    def _restart(self) -> None:
        self.studio = open_little_studio(
            self.folder,
            self.database,
            self.provider,
            self.clock,
            budgets=self.budgets,
            resends_unknown_once=self.resends,
        )

    def _evidence(self) -> Evidence:
        return Evidence(
            database=self.studio.database,
            service=self.studio.service,
            budgets=None,
            folder=self.folder,
            charges=self.provider.bills,
            secrets=(),
        )

    def _ask(self, request: GenerationRequest) -> int | None:
        try:
            return self.studio.service.ask(request).id
        except BudgetExceededError:
            return None

    def _one(self, number: int) -> int:
        """Return one of the generations, or an id that nobody has."""
        everything = sorted(one.id for one in self.studio.service.newest(limit=1000))
        return everything[number % len(everything)] if everything else 0

    @initialize(budget=amounts, resends=st.booleans())
    def open_with(self, *, budget: int | None, resends: bool) -> None:
        self.resends = resends
        self.may_resend |= resends
        self.change_budget(budget, None)

    @rule(number=which, project=st.sampled_from([1, 2]), use_cache=st.booleans())
    def ask(self, *, number: int, project: int, use_cache: bool) -> None:
        self._ask(boat_request(number, project_id=project, use_cache=use_cache))

    @rule(number=which)
    def click_twice(self, number: int) -> None:
        first = self._ask(boat_request(number))
        second = self._ask(boat_request(number))
        if first is not None and second is not None:
            cached = self.studio.service.see(second).cached
            assert first == second or cached, "a double click is one order"

    @rule(
        asks=st.lists(which, max_size=2),
        seconds=st.sampled_from([0.0, 1.0, 120.0]),
        orders=plans(SUBMIT_FAILURES),
        polls=plans(LOOK_FAILURES),
        downloads=plans(FETCH_FAILURES),
    )
    def work(
        self,
        asks: list[int],
        seconds: float,
        orders: list[PlannedFailure],
        polls: list[PlannedFailure],
        downloads: list[PlannedFailure],
    ) -> None:
        for number in asks:
            self._ask(boat_request(number, use_cache=False))
        self.clock.tick(seconds)
        self.provider.plan(orders=orders, polls=polls, downloads=downloads)
        while self.studio.work() and (self.provider.submit_plan or self.provider.look_plan):
            pass

    @rule(number=which)
    def two_jobs_meet(self, number: int) -> None:
        self._ask(boat_request(number, use_cache=False))
        self.studio.work(at_once=2)

    @rule(number=which, orders=plans(SUBMIT_FAILURES), point=st.sampled_from(POINTS))
    def work_until_the_power_is_cut(
        self, number: int, orders: list[PlannedFailure], point: str
    ) -> None:
        self._ask(boat_request(number, use_cache=False))
        self.provider.plan(orders=orders)
        with suppress(PowerCut), power_cut_at(point):
            self.studio.work()
            return
        self._restart()
        self.studio.wake()

    @rule(number=which, orders=plans(SUBMIT_FAILURES), point=st.sampled_from(POINTS))
    def work_until_something_breaks(
        self, number: int, orders: list[PlannedFailure], point: str
    ) -> None:
        self._ask(boat_request(number, use_cache=False))
        self.provider.plan(orders=orders)
        with suppress(ValueError), bug_at(point):
            self.studio.work()
            return
        # it broke once more while the breakage was being settled: the next start settles it
        self.studio.wake()

    @rule(resends=st.booleans(), point=st.just("") | st.sampled_from(POINTS))
    def restart(self, *, resends: bool, point: str) -> None:
        self.resends = resends
        self.may_resend |= resends
        self._restart()
        with suppress(PowerCut), power_cut_at(point):
            self.studio.wake()
            return
        self._restart()
        self.studio.wake()

    @rule(number=which, name=st.sampled_from(["cancel", "give_up", "check_again"]))
    def decide(self, number: int, name: str) -> None:
        with suppress(StaleStateError, NotFoundError):
            getattr(self.studio.decisions, name)(self._one(number))

    @rule(number=which)
    def send_again(self, number: int) -> None:
        chosen = self._one(number)
        with suppress(StaleStateError, NotFoundError, BudgetExceededError):
            self.studio.decisions.send_again(chosen)
            self.sent_again[chosen] += 1

    @rule(number=which, sends_again=st.booleans(), decision=st.sampled_from(["cancel", "give_up"]))
    def an_answer_comes_after_a_decision(
        self, number: int, *, sends_again: bool, decision: str
    ) -> None:
        """Another worker took it for lost meanwhile, and a person did not wait for it."""
        chosen = self._ask(boat_request(number, use_cache=False))
        if chosen is None:
            return
        recorder, context = AttemptRecorder(self.studio.context), self.studio.context
        asked = context.load(chosen)
        tried = recorder.commit_intent(asked, "{}")
        self.provider.plan()
        answer = asyncio.run(self.provider.submit(context.order(asked)))
        recorder.settle_lost_intent(context.load(chosen))
        with suppress(StaleStateError, BudgetExceededError):
            if sends_again:
                self.studio.decisions.send_again(chosen)
                self.sent_again[chosen] += 1
        with suppress(StaleStateError):
            getattr(self.studio.decisions, decision)(chosen)
        taken = recorder.take_in(context.load(chosen), self.provider, tried, answer)
        assert taken.state is State.ACCEPTED, f"{chosen} is paid and {taken.state}"

    @rule(seconds=st.sampled_from([1.0, 90.0, HOUR, 26 * HOUR]))
    def wait(self, seconds: float) -> None:
        self.clock.tick(seconds)

    @rule()
    def say_resume(self) -> None:
        self.studio.rate_limiter.resume()

    @rule(day=amounts, project=amounts)
    def change_budget(self, day: int | None, project: int | None) -> None:
        self.budgets = Budgets(daily_microusd=day)
        set_project_budget(self.database, project)
        self._restart()
        self.studio.wake()

    @invariant()
    def the_money_adds_up(self) -> None:
        evidence = self._evidence()
        for check in MONEY:
            check(evidence)

    @invariant()
    def no_budget_was_passed(self) -> None:
        """A budget may be set below what is spent already, and then nothing more is spent."""
        with self.studio.database.reading() as session:
            now = {row.scope: row.committed_microusd for row in session.exec(select(SpendRow))}
            limits = {scope: limit_of(session, self.budgets, scope) for scope in now}
        for scope, committed in now.items():
            limit = limits[scope]
            before = self.committed.get(scope, 0)
            assert limit is None or committed <= max(limit, before), f"{scope}: {committed}"
        self.committed = now

    @invariant()
    def nothing_is_paid_twice_unless_somebody_said_so(self) -> None:
        paid = Counter(bill.generation_id for bill in self.provider.bills)
        for generation_id, times in paid.items():
            allowed = 1 + self.sent_again[generation_id] + MOST_RESENDS * self.may_resend
            assert times <= allowed, f"{generation_id} was paid for {times} times"

    def teardown(self) -> None:
        """In calm weather everything comes to an end, and still the money adds up."""
        try:
            self.provider.plan()
            self._restart()
            self.studio.wake()
            for _ in range(6):
                self.studio.rate_limiter.resume()
                while self.studio.work():
                    pass
                self.clock.tick(HOUR)
            states = {one.state for one in self.studio.service.newest(limit=1000)}
            assert states <= FINAL | {State.UNKNOWN}, f"some never ended: {states}"
            evidence = self._evidence()
            for check in (*MONEY, check_pictures_are_whole):
                check(evidence)
            Lifecycle.ended += 1
        finally:
            shutil.rmtree(self.folder)


@pytest.fixture
def database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        opened = Database(f"sqlite:///{folder}/fibo.sqlite")
        opened.migrate()
        yield opened
        opened.close()


def test_any_order_of_events_leaves_the_money_adding_up(database: Database) -> None:
    Lifecycle.database, Lifecycle.ended = database, 0
    calm = settings(deadline=None, suppress_health_check=list(HealthCheck))

    run_state_machine_as_test(
        Lifecycle, settings=settings(calm, max_examples=LIVES, stateful_step_count=20)
    )

    assert Lifecycle.ended >= LIVES
