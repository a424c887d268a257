"""Copies provider answers and orders from the data folder into a database that lacks them."""

from __future__ import annotations

import logging
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
from core.records import attempts, generations, holds, order_count

log = logging.getLogger(__name__)

TURNED_BACK = "The database was put back from an older copy while the studio ran."

MOST_MISSING_TRIES = 100
"""How many tries of one generation may be missing after a restore; larger numbers are not
believed."""


class Adoption:
    """Brings the rows up to date with the data folder; safe to repeat and to run in parallel."""

    def __init__(self, context: PipelineContext) -> None:
        self._context = context
        self._recorder = AttemptRecorder(context)
        self._compaction = Compaction(context)

    def adopt(self, note_step: Callable[[], object] = lambda: None) -> int:
        """Record every request id that the journal has and the rows lack; return how many.

        A noted order without a row gets one, because it was sent and may have been charged. An
        order whose generation does not exist is listed as lost, with its request id if that is
        known. The database is queried once for all entries, however many are settled. `note_step`
        is called after each order that was not known.
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
                fault_point("before_adoption")
                self._recorder.accept(self._context.load(generation_id), number, request_id)
                with self._context.database.reading() as session:
                    known = attempts.charges_of(session, [(generation_id, number)])
                adopted += known[generation_id, number] is Charge.YES
                note_step()
        return adopted

    def _write_down(self, generation_id: int, number: int) -> Charge | None:
        """Add the missing tries of a generation up to `number`, each as possibly charged.

        Returns None if there is no such generation, or if more than MOST_MISSING_TRIES are missing.
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
                    is_paid=True,  # only paid orders are noted in the data folder
                    price_microusd=generation.price_microusd,
                    spend_day=generation.spend_day,
                )
                attempts.note_end(session, generation_id, begun, now=now, error_class="restored")
                generations.note_attempts(session, generation_id, begun)
            fault_point("before_written_down")
            return attempts.charges_of(session, [(generation_id, number)]).get(
                (generation_id, number)
            )


def hold_what_was_turned_back(context: PipelineContext) -> bool:
    """Hold paid work as after a restore if the database lost orders; return whether it had.

    Safe to repeat and to run in several processes: none of them begins an order until the order
    count is right again at the end.
    """
    seen = context.order_log.highest()
    with context.database.reading() as session:
        if not _is_older_copy(order_count.peek(session), seen):
            return False
    with context.database.writing() as session:
        if not _is_older_copy(order_count.lock(session), seen):
            return False
        held, stopped = holds.hold_paid_work(session, TURNED_BACK)
    log.warning("%s Held: paid orders %s, batches %s", TURNED_BACK, held, stopped)
    Adoption(context).adopt()
    with context.database.writing() as session:
        count = order_count.lock(session) or 0
        order_count.lift(session, max(count, context.order_log.highest()))
    return True


def _is_older_copy(count: int | None, seen: int) -> bool:
    # a database without a count is from before this version, or not complete yet
    return count is not None and order_count.is_behind(count, seen)
