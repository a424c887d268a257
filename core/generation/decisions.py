"""What a person decides about a picture: cancel it, or resolve an unclear charge."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from core import ledger
from core.domain.states import ENDED_WITHOUT_PICTURE, State
from core.errors import StaleStateError
from core.figures import rollups
from core.generation.adopting import Adoption, hold_what_was_turned_back
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.compaction import Compaction
from core.generation.context import PipelineContext
from core.records import attempts, backlog, generations, holds, unfetched
from core.records.generations import Generation
from core.records.unfetched import KEPT_FOR


class Decisions:
    """Carries out decisions; StaleStateError if somebody else was faster."""

    def __init__(self, context: PipelineContext) -> None:
        self._context = context
        self._recorder = AttemptRecorder(context)

    def cancel(self, generation_id: int) -> Generation:
        """Cancel a picture that was not sent yet and release its money; else StaleStateError."""
        with self._context.database.writing() as session:
            self._cancel(session, generation_id)
            return generations.load(session, generation_id)

    def cancel_batch(self, session: Session, batch_id: int) -> None:
        """Cancel everything of a batch that was not sent yet, in the caller's transaction.

        An order that is being sent right now ends as cancelled if it turns out not to have left.
        What is unclear is not resent automatically. Both hold after a restart too.
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
        """Ask the provider for the picture once more, free of charge, if a request id is known.

        Request ids are in the rows and in the journal. Without one nothing changes, because Bria
        offers no other way to look a picture up (docs/provider.md#orders). A picture that was
        ordered and then failed or was cancelled is asked for too, while the provider may still have
        it.
        """
        if self._context.load(generation_id).state in ENDED_WITHOUT_PICTURE:
            with self._context.database.writing() as session:
                if not self.ask_for_ended(session, generation_id):
                    state = generations.load(session, generation_id).state
                    raise StaleStateError(
                        f"This picture is {state.value} by now, and there is nothing to ask for."
                    )
                return generations.load(session, generation_id)
        generation = self._require_unknown(generation_id)
        with self._context.database.reading() as session:
            tries = attempts.attempts_of(session, generation_id)
        for one in reversed(tries):
            request_id = one.request_id or self._context.journal.find(generation_id, one.number)
            if request_id is not None:
                generation = self._recorder.accept(generation, one.number, request_id)
            if generation.state is not State.UNKNOWN:
                break  # an earlier try may still have a request id of its own
        return generation

    def can_ask_for_ended(self, generation_id: int) -> bool:
        """Return whether a failed or cancelled picture is paid and may still be fetched."""
        since = self._context.clock.now() - KEPT_FOR
        with self._context.database.reading() as session:
            return bool(unfetched.numbered_of(session, [generation_id], since=since))

    def ask_for_ended(self, session: Session, generation_id: int) -> bool:
        """Fetch a picture that was ordered and has ended, in the caller's transaction.

        Returns False if its request id is unknown or the provider no longer keeps the picture.
        """
        return self._recorder.ask_for_ended(session, generation_id)

    def send_again(self, generation_id: int) -> Generation:
        """Queue the picture again and reserve its price a second time; BudgetExceededError."""
        self._require_unknown(generation_id)
        self._recorder.send_again(generation_id)
        return self._context.load(generation_id)

    def give_up(self, generation_id: int) -> Generation:
        """End the picture as failed; its possible cost still counts as possible."""
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
        """Record every request id that rows lack after a crash; return how many.

        After a restore, an order without a row gets one. `note_step` is called after each.
        """
        return Adoption(self._context).adopt(note_step)

    def compact_journal(self) -> int:
        """Move settled lines out of the journal if there are many; return how many."""
        return Compaction(self._context).compact()

    def hold_what_was_turned_back(self) -> bool:
        """If the database was restored, hold everything that may have been made; return whether."""
        return hold_what_was_turned_back(self._context)

    def _require_unknown(self, generation_id: int) -> Generation:
        generation = self._context.load(generation_id)
        if generation.state is not State.UNKNOWN:
            raise StaleStateError(
                f"This picture is {generation.state.value} by now; there is nothing to decide."
            )
        return generation
