"""Stored responses to requests with an Idempotency-Key, so that each is carried out once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from core.tables.access import IdempotencyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who sent which key with what; two requests are equal if their fingerprints are."""

    caller_id: int
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """A stored response and the fingerprint of its request."""

    fingerprint: str
    answer_id: int


def find(session: Session, claim: Claim) -> IdempotencyRecord | None:
    """Return the stored response for a key, or None if the key is new."""
    row = session.get(IdempotencyRow, (claim.caller_id, claim.key))
    if row is None:
        return None
    return IdempotencyRecord(fingerprint=row.fingerprint, answer_id=row.answer_id)


def keep(session: Session, claim: Claim, answer_id: int, *, now: datetime) -> None:
    """Store a response; the database refuses a second one for the same key."""
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
