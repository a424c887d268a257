"""How many paid orders were ever begun, counted in the transaction that begins each.

Whoever has seen a higher count than the database's knows that the database was restored from an
older copy. Counts may have gaps, from orders that were not begun after all.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, String, cast, update
from sqlmodel import Session, col, select

from core.records import workers
from core.tables.studio import SecretRow

NAME = "orders_begun"


def count_one_more(session: Session) -> int | None:
    """Return the count of a paid order that begins now; None if nothing was counted yet.

    No other order is counted until the transaction ends; if it fails, this one is not either.
    """
    raised = cast(cast(col(SecretRow.key), BigInteger) + 1, String)
    raise_count = (
        update(SecretRow)
        .where(col(SecretRow.name) == NAME)
        .values(key=raised)
        .returning(col(SecretRow.key))
    )
    return to_count(session.scalars(raise_count).first())


def peek(session: Session) -> int | None:
    """Return the present count, or None if there is none."""
    return to_count(session.exec(select(SecretRow.key).where(col(SecretRow.name) == NAME)).first())


def lock(session: Session) -> int | None:
    """Return the present count, or None, and lock it until the transaction ends."""
    query = select(SecretRow.key).where(col(SecretRow.name) == NAME).with_for_update()
    return to_count(session.exec(query).first())


def lift(session: Session, count: int) -> None:
    """Set the count."""
    workers.shared_key(session, NAME, fresh=str(count))
    session.execute(update(SecretRow).where(col(SecretRow.name) == NAME).values(key=str(count)))


def is_behind(count: int | None, seen: int) -> bool:
    """Return whether a database with this count lacks orders of which `seen` were counted.

    A database without a count (None) lacks all of them.
    """
    return (count or 0) < seen


def to_count(key: str | None) -> int | None:
    """Return a count from its stored text."""
    return None if key is None else int(key)
