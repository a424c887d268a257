"""What has to stand in the ledger, computed again from the rows."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.domain.failure import Charge
from core.domain.money import Account
from core.tables.generation import AttemptRow, GenerationRow


def recount(session: Session, account: Account) -> int:
    """Return the day's committed amount, computed again from generations and attempts."""
    reserved = select(func.coalesce(func.sum(GenerationRow.reserved_microusd), 0)).where(
        col(GenerationRow.spend_day) == account.day
    )
    charged = select(func.coalesce(func.sum(AttemptRow.price_microusd), 0)).where(
        col(AttemptRow.spend_day) == account.day,
        col(AttemptRow.charge).in_((Charge.MAYBE, Charge.YES)),
    )
    return int(session.exec(reserved).one()) + int(session.exec(charged).one())
