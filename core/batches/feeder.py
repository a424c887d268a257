"""Turns lines of batches into generations, a few at a time, and settles those that have ended."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.batches.stop_rules import update_state
from core.clock import Clock
from core.database import Database
from core.domain.batching import OPEN_BATCH, PROBLEMS, BatchState, LineState, line_state_of
from core.domain.request import parse_request
from core.domain.states import State
from core.errors import (
    BudgetExceededError,
    EngineMissingError,
    InvalidRequestError,
    with_advice,
)
from core.fault_points import fault_point
from core.generation.service import GenerationService
from core.library import ratings
from core.records import backlog, batch_rows, batches, unfetched, workers
from core.records.batch_rows import Line, at, is_settled
from core.records.batches import Batch
from core.tables.batch import LineRow
from core.tables.generation import GenerationRow

log = logging.getLogger(__name__)

LOOK_AHEAD = 2
"""This many lines are under way for each picture that can be made at once."""

CLEAN_UP_SECONDS = 60.0
STORING_ENDS_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """An open line whose generation is in another state than the line."""

    batch_id: int
    position: int
    row_id: str
    old: LineState
    new: LineState
    generation_id: int
    reason: str | None


class Feeder:
    """Feeds the backlog from the lines of running batches; any number of feeders may run at once.

    A line is claimed and its generation requested in one transaction, so a process may die at any
    point without a line being requested twice or forgotten. Users take turns; of one user's batches
    the oldest goes first; no batch has more lines under way than its `parallel` allows.
    """

    def __init__(
        self, database: Database, clock: Clock, service: GenerationService, *, parallel: int
    ) -> None:
        self._database = database
        self._clock = clock
        self._service = service
        self._parallel = parallel
        self._since_tidied: Callable[[], float] | None = None

    def feed(self) -> bool:
        """Settle what has ended and request what comes next; return whether more can be done."""
        if self._since_tidied is None or self._since_tidied() >= CLEAN_UP_SECONDS:
            self._since_tidied = self._clock.stopwatch()
            now = self._clock.now()
            with self._database.writing() as session:
                batches.give_up_half_stored(session, begun_before=now - STORING_ENDS_AFTER, now=now)
        with self._database.reading() as session:
            ended = settlements(session)
        if ended:
            now = self._clock.now()
            failed: dict[int, list[str]] = {}
            with self._database.writing() as session:
                states = batches.hold(session, {moved.batch_id for moved in ended})
                for moved in ended:
                    if settle(session, moved, states[moved.batch_id], now=now):
                        rows = failed.setdefault(moved.batch_id, [])
                        rows += [moved.row_id] if moved.new in PROBLEMS else []
                for batch_id, rows in failed.items():
                    update_state(session, batch_id, now=now, failed=rows)
                fault_point("before_settle_commit")
        taken = sum(self._take_line(batch_id) for batch_id in self._turns())
        return bool(ended) or taken > 0

    def _turns(self) -> Sequence[int]:
        """Return the batches whose lines are taken next, one entry for each free place."""
        with self._database.reading() as session:
            running = batches.running(session)
            if not running:
                return ()
            under_way = batch_rows.count_running(session)
            alive = max(workers.count(session), 1)
            places = LOOK_AHEAD * self._parallel * alive - sum(under_way.values())
            wanted = dict.fromkeys((batch.id for batch in running), 0)
            for batch in running:
                remaining = min(places, batch.plan.parallel - under_way.get(batch.id, 0))
                if remaining > 0:
                    wanted[batch.id] = batch_rows.count_waiting(
                        session, batch.id, at_most=remaining, engines=self._service.engine_names
                    )
            idle = [one for one in running if not wanted[one.id] and not under_way.get(one.id)]
            # a batch that waits for another worker's engine has not ended
            ended = [
                one for one in idle if not batch_rows.count_waiting(session, one.id, at_most=1)
            ]
            # late paid pictures may stop a batch; the states of its rows do not show them
            late = [
                one
                for one in running
                if wanted[one.id]
                and one.plan.rules.failed_share is not None
                and under_way.get(one.id, 0)
                and unfetched.count_late(session, one.id)
            ]
        for batch in (*ended, *late):
            # also if the last lines were answered at once by owned pictures
            with self._database.writing() as session:
                update_state(session, batch.id, now=self._clock.now())
        return take_turns(running, under_way, wanted, places=places)

    def _take_line(self, batch_id: int) -> bool:
        try:
            with self._database.writing() as session:
                batch = batches.hold_running(session, batch_id)
                if batch is None:
                    return False
                if batch_rows.count_under_way(session, batch_id) >= batch.plan.parallel:
                    return False
                line = batch_rows.claim_next(session, batch_id, engines=self._service.engine_names)
                if line is None:
                    return False
                if self._answer(session, batch, line) is LineState.FAILED:
                    update_state(session, batch_id, now=self._clock.now(), failed=[line.row_id])
                fault_point("before_line_commit")
                return True
        except EngineMissingError as missing:
            # a worker with that engine takes its lines; health reports if there is none
            log.debug("batch %s is left to other workers: %s", batch_id, missing)
        except BudgetExceededError as refusal:
            reason = with_advice(refusal)
            with self._database.writing() as session:
                batches.try_move(
                    session,
                    batch_id,
                    frozenset({BatchState.RUNNING}),
                    BatchState.STOPPED,
                    reason=f"{reason} The rest of the rows waits.",
                )
        except IntegrityError as overtaken:
            log.info("an equal request was quicker, trying again: %s", overtaken.orig)
        return False

    def _answer(self, session: Session, batch: Batch, line: Line) -> LineState:
        now = self._clock.now()
        try:
            request = parse_request(line.request)
        except InvalidRequestError as refusal:
            batch_rows.refuse(session, batch.id, line.position, refusal.message, now=now)
            return LineState.FAILED
        generation = self._service.ask_within(
            session,
            request,
            user_id=batch.plan.user_id,
            batch_id=batch.id,
            parent_id=line.parent_id,
            owned_at=batch.created_at,
        )
        ratings.add_tags(session, generation.id, line.tags)
        return batch_rows.tie(session, batch.id, line.position, generation, now=now)


def take_turns(
    running: Sequence[Batch], under_way: dict[int, int], wanted: dict[int, int], *, places: int
) -> list[int]:
    """Return the batches that fill the free places, so that users get equal shares.

    The user with the fewest lines under way is next, with the oldest batch that still wants a
    place.
    """
    queues: dict[int, deque[int]] = {}
    shares: Counter[int] = Counter()
    for batch in running:
        user_id = batch.plan.user_id
        queues.setdefault(user_id, deque()).extend([batch.id] * wanted[batch.id])
        shares[user_id] += under_way.get(batch.id, 0)
    turns: list[int] = []
    while len(turns) < places and any(queues.values()):
        user_id = min((user for user in queues if queues[user]), key=lambda user: shares[user])
        turns.append(queues[user_id].popleft())
        shares[user_id] += 1
    return turns


def settlements(session: Session) -> list[Settlement]:
    """Return the open lines of all batches whose generation has moved on."""
    status = col(GenerationRow.status)
    query = (
        select(LineRow, GenerationRow, unfetched.may_be_charged())
        .join(GenerationRow, col(GenerationRow.id) == col(LineRow.generation_id))
        .where(
            # these two conditions are those of the partial index ix_batch_row_open
            col(LineRow.generation_id).is_not(None),
            col(LineRow.settled_at).is_(None),
            or_(
                and_(col(LineRow.state) == LineState.RUNNING, status.not_in(backlog.UNFINISHED)),
                and_(col(LineRow.state) == LineState.UNKNOWN, status != State.UNKNOWN),
            ),
        )
    )
    found = []
    for line, generation, may_be_charged in session.exec(query):
        new = line_state_of(State(generation.status))
        is_joined = generation.batch_id != line.batch_id
        if new is LineState.CANCELLED and is_joined and not may_be_charged:
            # the line had joined another row's picture, and that one was cancelled; if it may be
            # paid for already, it is not paid again automatically
            new = LineState.WAITING
        assert line.generation_id is not None  # noqa: S101 - the query asks for it
        settlement = Settlement(
            batch_id=line.batch_id,
            position=line.position,
            row_id=line.row_id,
            old=LineState(line.state),
            new=new,
            generation_id=line.generation_id,
            reason=generation.error_message if new in PROBLEMS else None,
        )
        found.append(settlement)
    return found


def settle(
    session: Session, settlement: Settlement, batch_state: BatchState, *, now: datetime
) -> bool:
    """Move a line to the state of its generation; return False if somebody else already did.

    The caller has locked the line's batch, whose state is `batch_state`. In a batch that is over no
    line is queued again, because a later retry of other lines would pay for it.
    """
    new = settlement.new
    if new is LineState.WAITING and batch_state not in OPEN_BATCH:
        new = LineState.CANCELLED
    values: dict[str, object] = {"state": new, "reason": settlement.reason}
    if new is LineState.WAITING:
        values["generation_id"] = None
    elif is_settled(new):
        values["settled_at"] = now
    moving = update(LineRow).where(
        at(settlement.batch_id, settlement.position),
        col(LineRow.state) == settlement.old,
        col(LineRow.generation_id) == settlement.generation_id,
    )
    moved = moving.values(**values).returning(col(LineRow.position))
    return session.scalars(moved).first() is not None
