"""What a person decides about a picture: cancel it, and what to do where a charge is unknown."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from core import ledger
from core.domain.states import ENDED_WITHOUT_PICTURE, State
from core.errors import StaleStateError
from core.figures import rollups
from core.generation.adopting import Adoption
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.compaction import Compaction
from core.generation.context import PipelineContext
from core.generation.turned_back import hold_what_was_turned_back
from core.records import attempts, backlog, generations, holds, unfetched
from core.records.generations import Generation
from core.records.unfetched import KEPT_FOR


class Decisions:
    """Carries out decisions; each is a move that somebody else may already have made."""

    def __init__(self, context: PipelineContext) -> None:
        self._context = context
        self._recorder = AttemptRecorder(context)

    def cancel(self, generation_id: int) -> Generation:
        """Take back a picture that was not sent yet and free its money, else StaleStateError."""
        with self._context.database.writing() as session:
            self._cancel(session, generation_id)
            return generations.load(session, generation_id)

    def cancel_batch(self, session: Session, batch_id: int) -> None:
        """Take back all of a batch that was not sent yet, together with the caller's work.

        What is being sent in this moment ends as cancelled if it turns out not to have left, and
        what is unclear is not sent again by itself; both outlive the process.
        """
        ids = backlog.unordered_of_batch(session, batch_id)
        rollups.track(session, *ids)  # locks them, so that none of them moves on meanwhile
        holds.cancel_once_settled(session, ids)
        for generation_id in backlog.queued_of_batch(session, batch_id):
            self._cancel(session, generation_id)

    def _cancel(self, session: Session, generation_id: int) -> None:
        generation = generations.load(session, generation_id)
        generations.move(
            session,
            generation_id,
            State.QUEUED,
            State.CANCELLED,
            completed_at=self._context.clock.now(),
            reserved_microusd=0,
        )
        ledger.release(session, generation.account, generation.reserved_microusd)

    def check_again(self, generation_id: int) -> Generation:
        """Ask Bria for the picture once more, for nothing, if the number of any try is known.

        Numbers stand in the rows and in the journal; without one nothing changes, since Bria
        offers no other way to look a picture up (docs/provider.md#orders). A picture that was
        ordered and failed or was cancelled is asked for too, as long as Bria may have it.
        """
        if self._context.load(generation_id).state in ENDED_WITHOUT_PICTURE:
            return self._ask_for_ended(generation_id)
        generation = self._require_unknown(generation_id)
        with self._context.database.reading() as session:
            tries = attempts.attempts_of(session, generation_id)
        for one in reversed(tries):
            request_id = one.request_id or self._context.journal.find(generation_id, one.number)
            if request_id is not None:
                generation = self._recorder.accept(generation, one.number, request_id)
            if generation.state is not State.UNKNOWN:
                break  # an earlier try may have a number where that of a later one is not its own
        return generation

    def can_ask_for_ended(self, generation_id: int) -> bool:
        """Return whether a picture that failed or was cancelled is paid and may lie at Bria."""
        since = self._context.clock.now() - KEPT_FOR
        with self._context.database.reading() as session:
            return bool(unfetched.numbered_of(session, [generation_id], since=since))

    def ask_for_ended(self, session: Session, generation_id: int) -> bool:
        """Ask for a picture that ended and was ordered, together with the caller's work.

        False if its number is not known, or Bria does not keep it any more.
        """
        return self._recorder.ask_for_ended(session, generation_id)

    def send_again(self, generation_id: int) -> Generation:
        """Queue the picture once more, its price reserved a second time; BudgetExceededError."""
        self._require_unknown(generation_id)
        self._recorder.send_again(generation_id)
        return self._context.load(generation_id)

    def give_up(self, generation_id: int) -> Generation:
        """End the picture as failed; what it may have cost stays counted as possible."""
        self._require_unknown(generation_id)
        with self._context.database.writing() as session:
            generations.move(
                session,
                generation_id,
                State.UNKNOWN,
                State.FAILED,
                completed_at=self._context.clock.now(),
            )
            return generations.load(session, generation_id)

    def adopt_from_journal(self, *, note_step: Callable[[], object] = lambda: None) -> int:
        """Give every row the request id that came back for it before a crash; return how many.

        After a restore a try without a row gets one. `note_step` is called after each.
        """
        return Adoption(self._context).adopt(note_step)

    def compact_journal(self) -> int:
        """Move settled lines out of the journal if there are many; return how many were moved."""
        return Compaction(self._context).compact()

    def hold_what_was_turned_back(self) -> bool:
        """Hold what may have been made already if the database was put back; return whether."""
        return hold_what_was_turned_back(self._context)

    def _ask_for_ended(self, generation_id: int) -> Generation:
        with self._context.database.writing() as session:
            if not self.ask_for_ended(session, generation_id):
                state = generations.load(session, generation_id).state
                raise StaleStateError(
                    f"This picture is {state.value} by now, and Bria has nothing to ask for."
                )
            return generations.load(session, generation_id)

    def _require_unknown(self, generation_id: int) -> Generation:
        generation = self._context.load(generation_id)
        if generation.state is not State.UNKNOWN:
            raise StaleStateError(
                f"This picture is {generation.state.value} by now; there is nothing to decide."
            )
        return generation
