"""Answers and orders that are noted in the data folder and that the database does not know yet."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from core import ledger
from core.domain.failure import Charge
from core.errors import NotFoundError
from core.fault_points import fault_point
from core.figures import rollups
from core.generation.attempt_recorder import AttemptRecorder
from core.generation.compaction import Compaction
from core.generation.context import PipelineContext
from core.records import attempts, generations

MOST_MISSING_TRIES = 100
"""Of one order between a backup and its return; a line that speaks of more is not believed."""


class Adoption:
    """Gives the rows what the data folder knows; safe to repeat, and in several processes."""

    def __init__(self, context: PipelineContext) -> None:
        self._context = context
        self._recorder = AttemptRecorder(context)
        self._compaction = Compaction(context)

    def adopt(self, note_step: Callable[[], object] = lambda: None) -> int:
        """Take over every number that came back and return how many the rows did not have.

        An order without a row gets one, since it left and may be charged. One that belongs to no
        generation is noted as lost, with its number if it is known. However much was settled, the
        database is asked once. `note_step` is called after each order that was not known.
        """
        self._compaction.bring_back()
        answered = self._context.journal.entries()
        noted = [*self._context.order_log.latest(), *map(itemgetter(0, 1), answered)]
        with self._context.database.reading() as session:
            still_open = attempts.open_among(session, noted)
        if not still_open:
            return 0
        answered = [entry for entry in answered if entry[:2] in still_open]
        for generation_id, number in [one for one in dict.fromkeys(noted) if one in still_open]:
            if still_open[generation_id, number] is None:
                still_open[generation_id, number] = self._write_down(generation_id, number)
                note_step()
        numbers = {(generation_id, number): text for generation_id, number, text in answered}
        lost = [one for one, charge in still_open.items() if charge is None]
        self._context.order_log.note_lost((*one, numbers.get(one)) for one in sorted(lost))
        adopted = 0
        for generation_id, number, request_id in answered:
            if still_open[generation_id, number] is Charge.MAYBE:
                adopted += self._take_over(generation_id, number, request_id)
                note_step()
        return adopted

    def _take_over(self, generation_id: int, number: int, request_id: str) -> bool:
        fault_point("before_adoption")
        self._recorder.accept(self._context.load(generation_id), number, request_id)
        with self._context.database.reading() as session:
            known = attempts.charges_of(session, [(generation_id, number)])
        return known[generation_id, number] is Charge.YES

    def _write_down(self, generation_id: int, number: int) -> Charge | None:
        """Add the rows of a generation up to a try, each perhaps charged.

        None if there is no such generation, or if no generation has that many tries.
        """
        now = self._context.clock.now()
        with self._context.database.writing() as session:
            try:
                generation = generations.load(session, generation_id)
            except NotFoundError:
                return None
            rollups.track(session, generation_id)  # locks the row: another process may adopt too
            if number - attempts.count_attempts(session, generation_id) > MOST_MISSING_TRIES:
                return None
            while attempts.count_attempts(session, generation_id) < number:
                ledger.count_spent(session, generation.account, generation.price_microusd)
                begun = attempts.begin_attempt(
                    session,
                    attempt_id=self._context.clock.new_id(),
                    generation_id=generation_id,
                    now=now,
                    is_paid=True,  # nothing else is noted in the data folder
                    price_microusd=generation.price_microusd,
                    spend_day=generation.spend_day,
                )
                attempts.note_end(session, generation_id, begun, now=now, error_class="restored")
                generations.note_attempts(session, generation_id, begun)
            fault_point("before_written_down")
            return attempts.charges_of(session, [(generation_id, number)]).get(
                (generation_id, number)
            )
