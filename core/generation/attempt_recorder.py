"""Records each paid submit: its intent, its acceptance or refusal, and charges that stay unclear.

Three rules come first: every accepted POST has a row, no request is paid for twice, and nothing
paid for is lost. A row that may have been charged and has no answer becomes `unknown`.
"""

from __future__ import annotations

import logging
import random
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session

from core import ledger
from core.domain.engines import provider_of
from core.domain.failure import Charge, Failure, Phase, ProviderError
from core.domain.states import ENDED_WITHOUT_PICTURE, State
from core.engines.base import Accepted, PaidEngine
from core.errors import BudgetExceededError
from core.fault_points import fault_point
from core.figures import rollups
from core.generation.context import PipelineContext
from core.generation.leases import Job
from core.generation.unsent import end_cancelled
from core.incarnation.turned_back import count_order
from core.provider.retry import Decision, backoff_seconds, decide
from core.records import attempts, batch_rows, generations, holds, payloads, unfetched
from core.records.backlog import LONGEST_PUT_OFF
from core.records.generations import Generation
from core.records.unfetched import KEPT_FOR

log = logging.getLogger(__name__)

MOST_RESENDS = 2
"""With `resend_once`, a lost answer is followed by another try; the third lost answer is held.

With 10 % faults, half of them unclear, one resend leaves 0.3 % held and two leave 0.02 % (`python
-m tests.bench.reliability`). Every resend reserves its price first.
"""


CHECK_AGAIN = (
    "It was ordered: for three days Check again asks {provider} for it, which costs nothing."
)

NUMBER_OF_ANOTHER = (
    "This order was answered with the number of another picture, so whether this one was made "
    "and charged is unclear."
)
LOOK_IT_UP = (
    "Look it up in the console of {provider}; then send it again, which may cost a second time, "
    "or give it up."
)

_FOR_ADMINISTRATORS = {
    "forbidden_host": "Your administrator can check how the name resolves here: a VPN, a DNS "
    "filter or a proxy may answer it with an address of its own.",
    "too_large": "Your administrator can look it up at {provider} by its number.",
    "too_many_pixels": "Your administrator can look it up at {provider} by its number.",
}


class AttemptRecorder:
    """Records what is about to be paid for before it is sent, and the outcome afterwards."""

    def __init__(self, context: PipelineContext) -> None:
        self._context = context
        self._chance = random.SystemRandom()

    def commit_intent(self, generation: Generation, body: str, job: Job | None = None) -> int:
        """Commit that a submit is about to be sent, as possibly charged, and return its number.

        Raises StaleStateError if `job` no longer holds the generation or its worker was declared
        dead, and TurnedBackError if the database is an older copy. After either, nothing may be
        sent.
        """
        now = self._context.clock.now()
        fault_point("before_intent")
        with self._context.database.writing() as session:
            if job is not None:
                job.require(session, generation.id)
            count = count_order(session, self._context.order_log)
            generations.move(
                session,
                generation.id,
                State.QUEUED,
                State.SUBMITTING,
                started_at=generation.started_at or now,
                reserved_microusd=0,
            )
            payloads.keep_sent_body(session, generation.id, body)
            number = attempts.begin_attempt(
                session,
                attempt_id=self._context.clock.new_id(),
                generation_id=generation.id,
                now=now,
                is_paid=True,
                price_microusd=generation.reserved_microusd,
                spend_day=generation.spend_day,
            )
            generations.note_attempts(session, generation.id, number)
            fault_point("before_intent_commit")
        # after the commit, so that the log never holds an order the database does not know
        self._context.order_log.note_order(generation.id, number, count)
        log.info(
            "generation %s: try %s begins, engine %s", generation.id, number, generation.engine
        )
        return number

    def take_in(
        self, generation: Generation, engine: PaidEngine, number: int, accepted: Accepted
    ) -> Generation:
        """Record the provider's request id in the journal, then in the rows."""
        self._note_in_journal(generation, number, accepted.request_id)
        fault_point("after_journal")
        generation = self.accept(generation, number, accepted.request_id)
        fault_point("after_acceptance")
        self._context.rate_limiter.note_success(engine.endpoint)
        return generation

    def _note_in_journal(self, generation: Generation, number: int, request_id: str) -> None:
        """Store the request id in the journal too, since the write to the rows may fail."""
        try:
            self._context.journal.append(
                generation_id=generation.id, number=number, request_id=request_id
            )
        except OSError:
            log.exception("the journal could not take %s of %s", request_id, generation.id)

    def accept(self, generation: Generation, number: int, request_id: str) -> Generation:
        """Record that a try was accepted, whatever its state, and have its picture collected.

        A generation that was queued again because this answer was missing is not sent again. One
        that was cancelled or given up meanwhile is resumed, since it is paid for. A request id that
        a try of another generation already has is not stored: this try stays unclear instead.
        """
        now = self._context.clock.now()
        with self._context.database.writing() as session:
            carrier = attempts.carrier_of(session, request_id, otherwise=generation.id)
            if carrier != generation.id:
                return self._refuse_number(
                    session, generation.id, number=number, request_id=request_id, carrier=carrier
                )
            rollups.track(session, generation.id)  # locks the row, so that nobody cancels it
            found = generations.load(session, generation.id)
            is_news = not attempts.has_number(session, generation.id, number)
            if found.state in {State.QUEUED, State.SUBMITTING, State.UNKNOWN}:
                generations.move(
                    session,
                    generation.id,
                    found.state,
                    State.ACCEPTED,
                    accepted_at=found.accepted_at or now,
                    request_id=request_id,
                    reserved_microusd=0,
                    not_before=None,
                    error_code=None,
                    error_message=None,
                    error_advice=None,
                )
                ledger.release(session, found.account, found.reserved_microusd)
            attempts.note_acceptance(
                session,
                generation_id=generation.id,
                number=number,
                request_id=request_id,
                now=now,
            )
            if is_news and found.state in ENDED_WITHOUT_PICTURE:
                self.ask_for_ended(session, generation.id)
            fault_point("before_acceptance_commit")
            accepted = generations.load(session, generation.id)
        log.info("generation %s: try %s accepted as %s", generation.id, number, request_id)
        self._context.journal.leave_to_rows(generation_id=generation.id, number=number)
        return accepted

    def _refuse_number(
        self, session: Session, generation_id: int, *, number: int, request_id: str, carrier: int
    ) -> Generation:
        """Leave a try unclear whose request id belongs to another generation.

        It is not resent automatically, since its answer was not lost, and its journal line stays. A
        generation that is already queued again keeps that decision.
        """
        stated = attempts.note_shared_number(
            session,
            generation_id=generation_id,
            number=number,
            now=self._context.clock.now(),
            detail=f"{request_id} is the number of generation {carrier}",
        )
        found = generations.load(session, generation_id)
        state = found.state
        if stated:
            log.error(
                "generation %s: try %s was answered with %s, the number of generation %s",
                *(generation_id, number, request_id, carrier),
            )
        if stated and state is State.SUBMITTING:
            generations.move(session, generation_id, state, State.UNKNOWN, job_id=None)
        if stated and state in {State.SUBMITTING, State.UNKNOWN}:
            generations.note_reason_to_wait(
                session,
                generation_id,
                NUMBER_OF_ANOTHER,
                LOOK_IT_UP.format(provider=provider_of(found.engine)),
                code=attempts.SHARED_NUMBER,
            )
        return generations.load(session, generation_id)

    def ask_for_ended(self, session: Session, generation_id: int) -> bool:
        """Resume a generation that ended although the provider may still hold its paid picture.

        The picture is only fetched, which costs nothing. Its batch rows follow it again, and it
        leaves the trash, where nobody would see the picture. Returns False if there is nothing to
        fetch.
        """
        since = self._context.clock.now() - KEPT_FOR
        rollups.track(session, generation_id)  # locks the row: the trash may be emptied
        for tried in unfetched.numbered_of(session, [generation_id], since=since):
            found = generations.load(session, generation_id)
            generations.move(
                session,
                generation_id,
                found.state,
                State.ACCEPTED,
                accepted_at=found.accepted_at or self._context.clock.now(),
                request_id=tried.request_id,
                completed_at=None,
                job_id=None,
                not_before=None,
                trashed_at=None,
                error_code=None,
                error_message=None,
                error_advice=None,
            )
            if found.use_cache:
                canonical = payloads.load_detail(session, generation_id).canonical
                key = generations.flight_key_of(found.user_id, canonical)
                generations.take_flight_key(session, generation_id, key)
            if found.batch_id is not None:
                batch_rows.follow_again(session, found.batch_id, generation_id)
            log.info("generation %s: asked for again as %s", generation_id, tried.request_id)
            return True
        return False

    def settle_failure(
        self, generation: Generation, engine: PaidEngine, number: int, failed: ProviderError
    ) -> Generation:
        """Record what a failed submit means; return the generation in its new state."""
        failure = failed.failure
        if failure.request_id is not None:
            # before anything else can fail: without its request id a paid picture cannot be fetched
            self._note_in_journal(generation, number, failure.request_id)
        log.warning(
            "generation %s: try %s ended, %s, charged: %s",
            *(generation.id, number, failure.kind, failure.charge),
        )
        endpoint_waits = self._context.rate_limiter.note_failure(engine.endpoint, failure)
        left = generation.max_retries - generation.repeats_used
        decision = decide(failure, repeats_left=1 if endpoint_waits else left)
        match decision:
            case Decision.ADOPT if failure.request_id is not None:
                return self.accept(generation, number, failure.request_id)
            case Decision.REPEAT | Decision.PAUSE:
                counts = decision is Decision.REPEAT and not endpoint_waits
                return self._requeue(generation, engine.endpoint, failure, counts=counts)
            case Decision.HOLD:
                return self._hold(generation, failure)
            case _:
                end = State.BLOCKED if decision is Decision.BLOCK else State.FAILED
                self._context.end(generation.id, end, failed, at_retry=generation.retry_count)
                return self._context.load(generation.id)

    def settle_collection(self, generation: Generation, failed: ProviderError) -> None:
        """End a picture that the provider will not hand over, or hold it if it still may."""
        match decide(failed.failure, repeats_left=0):
            case Decision.HOLD:
                self.set_aside(generation, failed.failure)
            case Decision.BLOCK:
                self._context.end(generation.id, State.BLOCKED, failed)
            case _:
                self._context.end(generation.id, State.FAILED, failed)

    def set_aside(
        self, generation: Generation, failure: Failure, *, advice: str = CHECK_AGAIN
    ) -> None:
        """Hold an ordered picture that does not arrive; only a new order would cost again.

        `{provider}` in `advice` stands for the name of the picture's provider.
        """
        advice = f"{_FOR_ADMINISTRATORS.get(failure.kind, '')} {advice}".strip()
        now = self._context.clock.now()
        with self._context.database.writing() as session:
            state = generations.load(session, generation.id).state
            if state not in {State.ACCEPTED, State.DOWNLOADING}:
                return
            generations.move(
                session,
                generation.id,
                state,
                State.UNKNOWN,
                job_id=None,
                error_code=failure.kind,
                error_message=what_blocks(failure),
                error_advice=advice.format(provider=provider_of(generation.engine)),
            )
            attempts.end_attempt(session, generation_id=generation.id, now=now, failure=failure)

    def settle_lost_intent(self, generation: Generation) -> Generation:
        """Return the generation: accepted if the journal has its request id, else `unknown`."""
        fault_point("before_lost_intent")
        with self._context.database.reading() as session:
            number = attempts.count_attempts(session, generation.id)
        request_id = self._context.journal.find(generation.id, number)
        if request_id is not None:
            return self.accept(generation, number, request_id)
        lost = Failure(
            phase=Phase.SUBMIT,
            kind="answer_lost",
            charge=Charge.MAYBE,
            message="This picture may have been made and charged; its answer never arrived.",
            advice="Send it again, which may cost a second time, or give it up.",
        )
        return self._hold(generation, lost)

    def _requeue(
        self, generation: Generation, endpoint: str, failure: Failure, *, counts: bool
    ) -> Generation:
        """Queue an order again that was provably not sent, with its price still reserved.

        If its batch was cancelled meanwhile, the order is cancelled instead.

        A wait of more than an hour that the provider asks for is kept by the pause of its endpoint.
        """
        rules = self._context.rules
        repeat = generation.repeats_used + 1
        pause_seconds = max(
            failure.retry_after_seconds or 0.0,
            backoff_seconds(
                repeat,
                base_seconds=rules.retry_base_seconds,
                cap_seconds=rules.retry_cap_seconds,
                chance=self._chance.random(),
            ),
        )
        now = self._context.clock.now()
        with self._context.database.writing() as session:
            rollups.track(session, generation.id)  # locks the row: its batch may be cancelled
            found = generations.load(session, generation.id)
            is_still_at = (found.state, found.retry_count) == (
                State.SUBMITTING,
                generation.retry_count,
            )
            if found.hold == holds.CANCELLED and is_still_at:
                day = attempts.end_attempt(
                    session, generation_id=generation.id, now=now, failure=failure
                )
                end_cancelled(session, found, now=now, day=day)
                return generations.load(session, generation.id)
            generations.move(
                session,
                generation.id,
                State.SUBMITTING,
                State.QUEUED,
                at_retry=generation.retry_count,
                reserved_microusd=generation.price_microusd,
                repeats_used=repeat if counts else generation.repeats_used,
                not_before=now + min(timedelta(seconds=pause_seconds), LONGEST_PUT_OFF),
                waits_for=None if counts else endpoint,
                job_id=None,
            )
            attempts.end_attempt(session, generation_id=generation.id, now=now, failure=failure)
            fault_point("before_requeue_commit")
        # the backlog picks it up when its time has come; this run ends here
        return generation

    def _hold(self, generation: Generation, failure: Failure) -> Generation:
        """Mark the picture as possibly charged; resend it only if the settings allow that."""
        now = self._context.clock.now()
        with self._context.database.writing() as session:
            generations.move(
                session,
                generation.id,
                State.SUBMITTING,
                State.UNKNOWN,
                at_retry=generation.retry_count,
                job_id=None,
                error_code=failure.kind,
                error_message=failure.message,
                error_advice=failure.advice,
            )
            attempts.end_attempt(session, generation_id=generation.id, now=now, failure=failure)
            held = attempts.count_held(session, generation.id)
            hold = generations.load(session, generation.id).hold
            fault_point("before_unknown_commit")
        fault_point("after_unknown")
        may_resend = self._context.rules.resends_unknown_once and failure.charge is Charge.MAYBE
        # after a restore the answer may be known in a place that was not searched
        if may_resend and hold is None and held <= MOST_RESENDS:
            # a lost answer often means an outage, so the next try waits until it is likely to be
            # over
            self.send_again(generation.id, pause_seconds=self._context.rules.retry_cap_seconds)
        return self._context.load(generation.id)

    def send_again(self, generation_id: int, *, pause_seconds: float = 0.0) -> None:
        """Queue an `unknown` generation again and reserve its price a second time.

        The price counts against the day of the resend; earlier tries stay on their days. Raises
        BudgetExceededError without the money, except for an automatic resend (`pause_seconds`),
        which leaves the generation `unknown`.
        """
        now = self._context.clock.now()
        try:
            with self._context.database.writing() as session:
                rollups.track(session, generation_id)  # locks the row: its batch may be cancelled
                generation = generations.load(session, generation_id)
                if pause_seconds and generation.hold is not None:
                    return  # nothing of a cancelled batch is resent automatically
                account = replace(generation.account, day=now.date().isoformat())
                ledger.reserve(
                    session,
                    account,
                    generation.price_microusd,
                    self._context.rules.budgets,
                )
                generations.move(
                    session,
                    generation_id,
                    State.UNKNOWN,
                    State.QUEUED,
                    reserved_microusd=generation.price_microusd,
                    spend_day=account.day,
                    not_before=now + min(timedelta(seconds=pause_seconds), LONGEST_PUT_OFF),
                    accepted_at=None,
                    request_id=None,
                )
                fault_point("before_resend_commit")
        except BudgetExceededError:
            if not pause_seconds:
                raise


def what_blocks(failure: Failure) -> str:
    """Return the sentence for a failure, with the host or size that the studio found out itself."""
    if failure.kind in _FOR_ADMINISTRATORS and failure.detail:
        return f"{failure.message.rstrip('.')}: {failure.detail}."
    return failure.message
