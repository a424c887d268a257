"""What a running studio does when its database is replaced by an older copy."""

from __future__ import annotations

import logging

from core.generation.adopting import Adoption
from core.generation.context import PipelineContext
from core.records import holds, order_count

log = logging.getLogger(__name__)

REASON = "The database was put back from an older copy while the studio ran."


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
        held, stopped = holds.hold_paid_work(session, REASON)
    log.warning("%s Held: paid orders %s, batches %s", REASON, held, stopped)
    Adoption(context).adopt()
    with context.database.writing() as session:
        count = order_count.lock(session) or 0
        order_count.lift(session, max(count, context.order_log.highest()))
    return True


def _is_older_copy(count: int | None, seen: int) -> bool:
    # a database without a count is from before this version, or not complete yet
    return count is not None and order_count.is_behind(count, seen)
