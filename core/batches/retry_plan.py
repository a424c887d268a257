"""What a retry of a batch would do: what is fetched for nothing, and what is paid again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from core.records import unfetched


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPlan:
    """The rows that a retry fetches for nothing and those it makes again, with their price.

    The price is the most it can cost: duplicates are paid for once and owned pictures never.
    `charged_before` counts rows whose first order may have been charged as well and whose picture
    cannot be fetched.
    """

    asked: int = 0
    made_anew: int = 0
    price_microusd: int = 0
    charged_before: int = 0


def retry_of(
    session: Session, batch_id: int, *, price_of: Callable[[str], int], since: datetime
) -> RetryPlan:
    """Return what a retry would do now; orders before `since` can no longer be fetched."""
    anew = unfetched.failed_to_make(session, batch_id, since=since)
    return RetryPlan(
        asked=unfetched.count_to_ask_for(session, batch_id, since=since),
        made_anew=sum(one.rows for one in anew),
        price_microusd=sum(price_of(one.engine) * one.pictures for one in anew if one.engine),
        charged_before=sum(one.charged_before for one in anew),
    )
