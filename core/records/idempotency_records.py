"""What a request with an Idempotency-Key was answered with, so that it is carried out once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from core.tables.access import IdempotencyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who sent which key with what; two requests are the same when their fingerprints are."""

    caller_id: int
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """What was answered, and to what request."""

    fingerprint: str
    answer_id: int


def find(session: Session, claim: Claim) -> IdempotencyRecord | None:
    """Return what this key was answered with, or None if nobody sent it yet."""
    row = session.get(IdempotencyRow, (claim.caller_id, claim.key))
    if row is None:
        return None
    return IdempotencyRecord(fingerprint=row.fingerprint, answer_id=row.answer_id)


def keep(session: Session, claim: Claim, answer_id: int, *, now: datetime) -> None:
    """Note the answer; the database refuses a second one for the same key."""
    session.add(
        IdempotencyRow(
            caller_id=claim.caller_id,
            key=claim.key,
            fingerprint=claim.fingerprint,
            answer_id=answer_id,
            created_at=now,
        )
    )
    session.flush()
