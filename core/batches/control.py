"""What a person does with a batch: start, pause, stop, cancel and retry it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from core.batches.quote import Quote, quote_of
from core.batches.stop_rules import update_state
from core.batches.watching import Progress, look, summaries
from core.clock import Clock
from core.database import Database
from core.domain.batching import (
    LINES_WITHOUT_PICTURE,
    OPEN_BATCH,
    PROBLEMS,
    RESUMABLE,
    BatchState,
    LineState,
    StopRules,
    acknowledged_of,
)
from core.domain.money import Cost
from core.domain.request import GenerationRequest, parse_request
from core.domain.states import State
from core.errors import InvalidRequestError, StaleStateError
from core.fault_points import fault_point
from core.generation.decisions import Decisions
from core.generation.service import LOCAL_USER, GenerationService, InTransaction
from core.records import (
    attempts,
    batch_rows,
    batches,
    generations,
    holds,
    projects,
    unfetched,
)
from core.records.batch_rows import Line, NewLine
from core.records.batches import Batch, Plan
from core.records.generations import Generation
from core.records.unfetched import KEPT_FOR
from core.tables.batch import HeaderRow

MOST_LINES = 100_000
MOST_PARALLEL = 64
MOST_REQUESTS = 50
"""Most pictures that one `POST /api/generate/batch` may request."""

_CHUNK = 5_000
_LEFT = (LineState.WAITING, LineState.HELD)
_REOPENED = OPEN_BATCH | {BatchState.DONE, BatchState.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPlan:
    """The rows that a retry fetches for nothing and those it makes again, with their price.

    The price is the most it can cost: duplicates are paid for once and owned pictures never.
    `charged_before` counts rows whose first order may have been charged as well and whose picture
    cannot be fetched.
    """

    asked: int = 0
    made_anew: int = 0
    price_microusd: int = 0
    charged_before: int = 0


class Batches:
    """Carries out decisions about batches and returns their state; everything is kept in rows."""

    def __init__(
        self, database: Database, clock: Clock, service: GenerationService, decisions: Decisions
    ) -> None:
        self._database = database
        self._clock = clock
        self._service = service
        self._decisions = decisions

    def quote(self, requests: Iterable[GenerationRequest], *, user_id: int = LOCAL_USER) -> Quote:
        """Return what these requests would cost now; nothing is stored or sent."""
        return quote_of(self._database, self._service, requests, user_id=user_id)

    def start(
        self,
        plan: Plan,
        new: Sequence[NewLine],
        *,
        pilot: Sequence[int] | None = None,
        in_transaction: InTransaction | None = None,
    ) -> Batch:
        """Store all lines and start the batch; once this returns, nothing of it can be lost.

        With `pilot`, only the lines at these positions (from 1) are made and the rest is held.
        `in_transaction` is as in `run_requests`.
        """
        if not new:
            raise InvalidRequestError.of("rows", "There is no row to run.")
        if len(new) > MOST_LINES:
            raise InvalidRequestError.of(
                "rows", f"A batch takes {MOST_LINES:,} rows, not {len(new):,}; split it."
            )
        if not 1 <= plan.parallel <= MOST_PARALLEL:
            sentence = f"parallel must be between 1 and {MOST_PARALLEL}, not {plan.parallel}."
            raise InvalidRequestError.of("parallel", sentence)
        every = frozenset(range(1, len(new) + 1))
        chosen = every if pilot is None else every & frozenset(pilot)
        batch_id = self._clock.new_id()
        with self._database.writing() as session:
            batches.add(
                session,
                plan,
                batch_id=batch_id,
                line_count=len(new),
                pilot_count=len(chosen) if len(chosen) < len(new) else 0,
                now=self._clock.now(),
            )
        for start in range(0, len(new), _CHUNK):
            with self._database.writing() as session:
                chunk = new[start : start + _CHUNK]
                held = [start + n not in chosen for n in range(1, len(chunk) + 1)]
                batch_rows.add(session, batch_id, chunk, first_position=start + 1, held=held)
            fault_point("between_chunks")
        stored, now = frozenset({BatchState.STORING}), self._clock.now()
        with self._database.writing() as session:
            batches.move(session, batch_id, stored, BatchState.RUNNING, started_at=now)
            if in_transaction is not None:
                in_transaction(session, batch_id)
            return batches.load(session, batch_id)

    def run_requests(
        self,
        requests: Sequence[GenerationRequest],
        *,
        parallel: int = 8,
        continue_on_error: bool = True,
        user_id: int = LOCAL_USER,
        in_transaction: InTransaction | None = None,
    ) -> int:
        """Start 1 to 50 requests as a batch and return its id; its lines keep their order.

        `in_transaction` is called with the id, in the transaction that starts the batch.
        """
        if not 1 <= len(requests) <= MOST_REQUESTS:
            raise InvalidRequestError.of(
                "requests", f"Send 1 to {MOST_REQUESTS} requests, not {len(requests)}."
            )
        plan = Plan(
            name="REST batch",
            project_id=requests[0].project_id,
            user_id=user_id,
            parallel=parallel,
            rules=StopRules(continue_on_error=continue_on_error),
        )
        new = [NewLine(row_id=str(n), request=one) for n, one in enumerate(requests, start=1)]
        return self.start(plan, new, in_transaction=in_transaction).id

    def commit(self, batch_id: int) -> Batch:
        """Run the rows that were held for a test run."""
        with self._database.writing() as session:
            batch_rows.move_all(
                session, batch_id, (LineState.HELD,), LineState.WAITING, now=self._clock.now()
            )
            self._reopen(session, batch_id, RESUMABLE | {BatchState.PILOTED, BatchState.RUNNING})
            return batches.load(session, batch_id)

    def pause(self, batch_id: int) -> Batch:
        """Request nothing more until the batch is resumed; what is under way is finished."""
        with self._database.writing() as session:
            batches.move(session, batch_id, frozenset({BatchState.RUNNING}), BatchState.PAUSED)
            return batches.load(session, batch_id)

    def resume(self, batch_id: int) -> Batch:
        """Continue; failures so far no longer count towards the stop rules."""
        with self._database.writing() as session:
            self._reopen(session, batch_id, RESUMABLE)
            return batches.load(session, batch_id)

    def finish_current(self, batch_id: int) -> Batch:
        """Finish what is under way and cancel the rest."""
        with self._database.writing() as session:
            self._drop_rest(session, batch_id)
            update_state(session, batch_id, now=self._clock.now())
            return batches.load(session, batch_id)

    def cancel(self, batch_id: int) -> Batch:
        """Cancel everything that was not sent; what the provider has is still collected and shown.

        All of it is cancelled, or nothing is. An order that is being sent right now is cancelled if
        it fails without a charge.
        """
        now = self._clock.now()
        with self._database.writing() as session:
            self._drop_rest(session, batch_id)
            batch_rows.cancel_joined(session, batch_id, now=now)
            batches.move(
                session, batch_id, OPEN_BATCH, BatchState.CANCELLED, ended_at=now, reason=None
            )
            self._decisions.cancel_batch(session, batch_id)
            fault_point("before_cancel_commit")
            return batches.load(session, batch_id)

    def price_of_rows(self, batch_id: int, *states: LineState) -> int:
        """Return what the rows in some states would cost at most if they were made, in microusd.

        Rows that are equal or owned are counted like the others, so that it is quickly told.
        """
        with self._database.reading() as session:
            rows = batch_rows.count_by_engine(session, batch_id, states)
        price = self._service.price_microusd
        dearest = max(map(price, self._service.engine_names), default=0)
        return sum(n * (dearest if engine is None else price(engine)) for engine, n in rows.items())

    def plan_retry(self, batch_id: int) -> RetryPlan:
        """Return what `retry_failed` would do now, and the most it would cost."""
        since, price_of = self._clock.now() - KEPT_FOR, self._service.price_microusd
        with self._database.reading() as session:
            anew = unfetched.failed_to_make(session, batch_id, since=since)
            return RetryPlan(
                asked=unfetched.count_to_ask_for(session, batch_id, since=since),
                made_anew=sum(one.rows for one in anew),
                price_microusd=sum(
                    price_of(one.engine) * one.pictures for one in anew if one.engine
                ),
                charged_before=sum(one.charged_before for one in anew),
            )

    def retry_failed(self, batch_id: int) -> RetryPlan:
        """Queue the failed rows again and return what that means; blocked rows stay blocked.

        A blocked prompt would only be blocked again. A picture that is paid for, or may be, is not
        made again: it is fetched from its provider, free of charge, if its request id is known. In
        a batch that is paused or stopped with rows left, the rows wait until it is resumed.
        """
        planned = self.plan_retry(batch_id)
        asked = self.check_again(batch_id)
        since = self._clock.now() - KEPT_FOR
        with self._database.writing() as session:
            moved = batch_rows.move_all(
                session,
                batch_id,
                (LineState.FAILED,),
                LineState.WAITING,
                now=self._clock.now(),
                only=unfetched.lines_to_make(batch_id, since=since),
            )
            if moved:
                self._go_on_with(session, batch_id, put_back=moved)
        return replace(planned, asked=asked, made_anew=moved)

    def check_again(self, batch_id: int) -> int:
        """Fetch all pictures that their provider may still have, free of charge; return how many.

        These are the unclear rows and the ended ones whose request id is known.
        """
        now = self._clock.now()
        since = now - KEPT_FOR
        with self._database.writing() as session:
            to_ask = unfetched.ended_to_ask_for(session, batch_id, since=since)
            # includes rows whose generation was resumed elsewhere
            followers = unfetched.lines_to_follow(batch_id, since=since)
            followed = batch_rows.move_all(
                session, batch_id, LINES_WITHOUT_PICTURE, LineState.UNKNOWN, now=now, only=followers
            )
            for generation_id in to_ask:
                self._decisions.ask_for_ended(session, generation_id)
        unclear, asked = (LineState.UNKNOWN,), 0
        with self._database.reading() as session:
            found = batch_rows.page(session, batch_id, limit=MOST_LINES, states=unclear)
        for line in found:
            if line.generation is not None and line.generation.state is State.UNKNOWN:
                try:
                    checked = self._decisions.check_again(line.generation.id)
                except StaleStateError:
                    continue  # somebody else has decided about it
                asked += checked.state is not State.UNKNOWN
        return followed + asked

    def edit_and_retry(
        self, batch_id: int, position: int, fields: Mapping[str, Any]
    ) -> GenerationRequest:
        """Change fields of a row without a picture and queue it again.

        If nothing changed and the provider may still have the row's picture, it is fetched there
        and nothing is paid; `may_still_be_fetched` tells in advance.

        Raises InvalidRequestError for illegal fields and StaleStateError if the row is under way.
        """
        with self._database.writing() as session:
            line = batch_rows.load(session, batch_id, position)
            asked = {**line.request, **fields}
            request = parse_request({name: v for name, v in asked.items() if v is not None})
            own = line.generation
            if (
                own is not None
                and line.state in LINES_WITHOUT_PICTURE
                and request == parse_request(line.request)
                and self._decisions.ask_for_ended(session, own.id)
            ):
                batch_rows.follow_again(session, line.batch_id, own.id)
                return request
            if not batch_rows.rewrite(
                session, batch_id, position, request, old=LINES_WITHOUT_PICTURE
            ):
                raise StaleStateError(
                    f"Row {line.row_id} is {line.state}; it cannot be changed now."
                )
            self._go_on_with(session, batch_id, put_back=1)
            return request

    def may_still_be_fetched(self, line: Line) -> bool:
        """Return whether an ended row's own picture is paid and its provider may still have it."""
        if line.generation is None or line.state not in LINES_WITHOUT_PICTURE:
            return False
        return self._decisions.can_ask_for_ended(line.generation.id)

    def load(self, batch_id: int) -> Batch:
        """Return one batch, or raise NotFoundError."""
        with self._database.reading() as session:
            return batches.load(session, batch_id)

    def progress(self, batch_id: int) -> Progress:
        """Return the progress of a batch, or raise NotFoundError."""
        with self._database.reading() as session:
            return look(session, batch_id)

    def newest(
        self, *, limit: int = 10, before_id: int | None = None, user_id: int = LOCAL_USER
    ) -> list[Progress]:
        """Return the progress of a user's newest batches, below `before_id` if it is given."""
        with self._database.reading() as session:
            found = batches.newest(session, user_id=user_id, limit=limit, before_id=before_id)
            return summaries(session, found)

    def lines(
        self,
        batch_id: int,
        *,
        after: int = 0,
        skip: int = 0,
        limit: int = 50,
        only_problems: bool = False,
    ) -> list[Line]:
        """Return rows in order with their generations: all, or only those with a problem."""
        states = PROBLEMS if only_problems else ()
        with self._database.reading() as session:
            return batch_rows.page(
                session, batch_id, after=after, skip=skip, limit=limit, states=states
            )

    def costs_of(self, found: Sequence[Line]) -> dict[int, Cost]:
        """Return the cost so far of each row's generation, by generation id."""
        ids = [line.generation.id for line in found if line.generation]
        with self._database.reading() as session:
            return attempts.costs_of(session, ids)

    def project_names(self) -> dict[int, str]:
        """Return the names of the projects that a batch can belong to, by id."""
        with self._database.reading() as session:
            return projects.names(session, with_archived=False)

    def line(self, batch_id: int, position: int) -> Line:
        """Return one row with its generation, or raise NotFoundError."""
        with self._database.reading() as session:
            return batch_rows.load(session, batch_id, position)

    def latest_pictures(self, batch_id: int, *, limit: int = 8) -> list[Generation]:
        """Return the latest pictures of a batch, newest first."""
        with self._database.reading() as session:
            return generations.latest_of_batch(session, batch_id, limit=limit)

    def recall_columns(self, fingerprint: str, *, user_id: int = LOCAL_USER) -> str | None:
        """Return the stored mapping for a file's header, or None if the header is new."""
        with self._database.reading() as session:
            row = session.get(HeaderRow, (user_id, fingerprint))
            return row.columns if row else None

    def remember_columns(
        self, fingerprint: str, columns: str, *, user_id: int = LOCAL_USER
    ) -> None:
        """Store the mapping for a file's header; a later call replaces an earlier one."""
        row = HeaderRow(
            user_id=user_id, fingerprint=fingerprint, columns=columns, used_at=self._clock.now()
        )
        with self._database.writing() as session:
            session.merge(row)

    def _go_on_with(self, session: Session, batch_id: int, *, put_back: int) -> None:
        """Start the rows that were queued again, and no others."""
        state = batches.hold(session, [batch_id])[batch_id]
        waiting = batch_rows.count(session, [batch_id])[batch_id].get(LineState.WAITING, 0)
        if state not in RESUMABLE or waiting <= put_back:
            reason = holds.reason_to_look(session, batch_id)
            self._reopen(session, batch_id, _REOPENED, reason=reason)

    def _reopen(
        self,
        session: Session,
        batch_id: int,
        old: frozenset[BatchState],
        *,
        reason: str | None = None,
    ) -> None:
        batches.move(session, batch_id, old, BatchState.RUNNING, reason=reason, ended_at=None)
        counts = batch_rows.count(session, [batch_id])[batch_id]
        late = unfetched.count_late(session, batch_id)
        batches.acknowledge(session, batch_id, acknowledged_of(counts, late=late))

    def _drop_rest(self, session: Session, batch_id: int) -> None:
        batches.load(session, batch_id)
        state = batches.hold(session, [batch_id])[batch_id]
        if state not in OPEN_BATCH:
            raise StaleStateError(f"This batch is {state} by now.")
        batch_rows.move_all(session, batch_id, _LEFT, LineState.CANCELLED, now=self._clock.now())
