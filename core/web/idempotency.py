"""Carrying a request out once, however often its sender repeats it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.clock import Clock
from core.database import Database
from core.errors import KeyReusedError
from core.generation.service import InTransaction
from core.records import idempotency_records
from core.records.idempotency_records import Claim


class IdempotencyStore:
    """Remembers what each Idempotency-Key was answered with."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def once(self, claim: Claim, make: Callable[[InTransaction], int]) -> int:
        """Return the id of what the claim made, now or when it came first.

        `make` must call what it is given in its own transaction, so that the thing and its receipt
        are there together or not at all. KeyReusedError if the key came with another request.
        """
        known = self._find(claim)
        if known is not None:
            return known

        def keep(session: Session, answer_id: int) -> None:
            idempotency_records.keep(session, claim, answer_id, now=self._clock.now())

        try:
            return make(keep)
        except IntegrityError:
            # the same key came twice at a time, and the other one was quicker
            known = self._find(claim)
            if known is None:
                raise
            return known

    def _find(self, claim: Claim) -> int | None:
        with self._database.reading() as session:
            record = idempotency_records.find(session, claim)
        if record is None:
            return None
        if record.fingerprint != claim.fingerprint:
            raise KeyReusedError(
                "This Idempotency-Key was sent before with another request.",
                advice="Send a new key with a new request.",
            )
        return record.answer_id
