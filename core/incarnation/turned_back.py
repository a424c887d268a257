"""Detects that the database was replaced by an older copy while this process runs."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from core.database import Database
from core.errors import NotReadyError, TurnedBackError
from core.incarnation.mark import Mark
from core.incarnation.opening import ENTRY, to_entry
from core.incarnation.order_log import OrderLog
from core.records import holds, order_count


class DatabaseCheck:
    """Checks that the database still knows this process's start and every paid order."""

    def __init__(self, database: Database, mark: Mark, orders: OrderLog) -> None:
        self._database = database
        self._mark = mark
        self._orders = orders

    def check(self) -> None:
        """Raise NotReadyError if it does not; reads two rows.

        Raises TurnedBackError if the copy was taken after this start, so that no restart is needed.
        """
        seen = self._orders.highest()  # first: what is counted afterwards can only be more
        try:
            with self._database.reading() as session:
                keys = holds.read_keys(session, (ENTRY, order_count.NAME))
        except SQLAlchemyError:
            return  # reported as what it is; recording an intent needs the same database anyway
        ours, entry = self._mark, to_entry(keys.get(ENTRY, ""))
        if entry is None or entry.mark.count < ours.count or entry.mark.studio != ours.studio:
            raise NotReadyError(
                "The database was put back from an older copy while the studio runs.",
                advice="Restart the studio; what may have been made already is held then, and "
                "paid orders wait for that.",
            )
        if order_count.is_behind(order_count.to_count(keys.get(order_count.NAME)), seen):
            raise TurnedBackError


def count_order(session: Session, orders: OrderLog) -> int:
    """Return the count of a paid order that begins in this transaction.

    Raises TurnedBackError if an order was logged that this database does not know; nothing may be
    sent then. Logged orders are committed and the count is locked, so there is no false alarm.
    """
    count = order_count.count_one_more(session)
    seen = orders.highest()
    before = None if count is None else count - 1
    if order_count.is_behind(before, seen):
        raise TurnedBackError
    if count is None:
        count = 1
        order_count.lift(session, count)
    return count
