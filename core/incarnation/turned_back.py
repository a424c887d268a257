"""Whether the database was put back from an older copy while this process runs."""

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
    """Looks whether the database still knows the start of this process and every paid order."""

    def __init__(self, database: Database, mark: Mark, orders: OrderLog) -> None:
        self._database = database
        self._mark = mark
        self._orders = orders

    def check(self) -> None:
        """Return if it does, else raise NotReadyError; costs one look at two rows.

        TurnedBackError if its copy was taken since this start, so that no restart is needed.
        """
        seen = self._orders.highest()  # first: what is counted afterwards is more, never less
        try:
            with self._database.reading() as session:
                keys = holds.read_keys(session, (ENTRY, order_count.NAME))
        except SQLAlchemyError:
            return  # told as what it is, and the intent needs the same database
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

    Raises TurnedBackError, and nothing may leave, if an order was seen that this database does not
    know. What is seen has been committed, and the count is locked, so there is no false alarm.
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
