"""The keys of an installation: whose they are, what they may do, and how often."""

from __future__ import annotations

import hmac
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, update
from sqlmodel import Session, col, select

from core.clock import MICROSECOND, UNIX, Clock
from core.database import Database
from core.domain.wording import count_of
from core.errors import EdgeError, NotFoundError, StaleStateError
from core.keys.from_settings import ConfiguredKey, Scope, hash_of
from core.tables.access import ApiKeyRow

PER_MINUTE = 60
"""Requests a minute of a new key."""

_MINUTE_US = 60_000_000
_RANK = {scope: rank for rank, scope in enumerate(Scope)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key without its secret; `start` holds the characters by which its owner knows it."""

    id: int
    name: str
    scope: Scope
    start: str
    per_minute: int
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyStore:
    """Makes, lists, revokes and checks keys; all processes share them and their limits."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def make(self, name: str, scope: Scope, *, per_minute: int = PER_MINUTE) -> str:
        """Return a new key, which cannot be shown again; StaleStateError if the name is taken."""
        secret = f"fibo_{secrets.token_urlsafe(32)}"
        with self._database.writing() as session:
            if session.exec(select(ApiKeyRow).where(col(ApiKeyRow.name) == name)).first():
                raise StaleStateError(
                    f"There is a key called {name} already.", advice="Choose another name."
                )
            given = ConfiguredKey(name=name, scope=scope, sha256=hash_of(secret))
            self._add(session, given, start=secret[:9], per_minute=per_minute)
        return secret

    def all(self) -> Sequence[Key]:
        """Return every key, including revoked ones, oldest first."""
        with self._database.reading() as session:
            return [_key(row) for row in session.exec(select(ApiKeyRow).order_by("id"))]

    def has_keys(self) -> bool:
        """Return whether there is a key that is not revoked."""
        valid = select(ApiKeyRow.id).where(col(ApiKeyRow.revoked_at).is_(None)).limit(1)
        with self._database.reading() as session:
            return session.exec(valid).first() is not None

    def revoke(self, name: str) -> None:
        """Refuse a key from now on, or raise NotFoundError."""
        with self._database.writing() as session:
            revoked = (
                update(ApiKeyRow)
                .where(col(ApiKeyRow.name) == name, col(ApiKeyRow.revoked_at).is_(None))
                .values(revoked_at=self._clock.now())
                .returning(col(ApiKeyRow.id))
            )
            if session.scalars(revoked).first() is None:
                raise NotFoundError(f"There is no key called {name} that is in use.")

    def take_over(self, given: Sequence[ConfiguredKey]) -> None:
        """Accept exactly these keys from the setting, besides those that were made."""
        wanted = {key.sha256: key for key in given}
        with self._database.writing() as session:
            rows = session.exec(select(ApiKeyRow)).all()
            for row in rows:
                key = wanted.pop(row.sha256, None)
                if row.from_settings:
                    row.revoked_at = None if key else row.revoked_at or self._clock.now()
                if row.from_settings and key:
                    row.scope = key.scope
            taken = {row.name for row in rows}
            for key in wanted.values():
                name = key.name if key.name not in taken else f"{key.name} {key.sha256[:8]}"
                fresh = ConfiguredKey(name=name, scope=key.scope, sha256=key.sha256)
                self._add(session, fresh, start="", per_minute=PER_MINUTE, from_settings=True)

    def admit(self, secret: str, scope: Scope) -> Key:
        """Return the key if it may do this now, or raise EdgeError (401, 403, 429)."""
        with self._database.reading() as session:
            rows = session.exec(select(ApiKeyRow).where(col(ApiKeyRow.revoked_at).is_(None))).all()
        # every key is compared, each in constant time, so that the time reveals nothing
        sha256 = hash_of(secret)
        matching = [row for row in rows if hmac.compare_digest(row.sha256, sha256)]
        key = _key(matching[0]) if matching else None
        if key is None:
            raise EdgeError(
                401,
                "key_unknown",
                "This key is not known here, or it was revoked.",
                advice="Look at `python -m core.keys list`.",
            )
        if _RANK[key.scope] < _RANK[scope]:
            raise EdgeError(
                403,
                "scope_missing",
                f"The key {key.name} may {key.scope}, and this needs {scope}.",
                advice=f"Make one with `python -m core.keys make NAME --scope {scope}`.",
            )
        self._count(key)
        return key

    def _count(self, key: Key) -> None:
        """Count a request against the key's rate limit, or raise EdgeError (429).

        The generic cell rate algorithm: each request occupies the key for its share of a minute,
        and the key may be occupied up to one minute ahead.
        """
        now = self._clock.now()
        now_us = (now - UNIX) // MICROSECOND
        share_us = _MINUTE_US // key.per_minute
        latest_us = now_us + _MINUTE_US - share_us
        busy = col(ApiKeyRow.busy_until_us)
        counting = (
            update(ApiKeyRow)
            .where(col(ApiKeyRow.id) == key.id, busy <= latest_us)
            .values(
                busy_until_us=case((busy > now_us, busy), else_=now_us) + share_us,
                last_used_at=now,
            )
            .returning(busy)
        )
        with self._database.writing() as session:
            if session.scalars(counting).first() is not None:
                return
            busy_until_us = session.get_one(ApiKeyRow, key.id).busy_until_us
        wait_seconds = max(1, math.ceil((busy_until_us - latest_us) / 1_000_000))
        raise EdgeError(
            429,
            "too_many_requests",
            f"The key {key.name} may ask {count_of(key.per_minute, 'time')} a minute.",
            advice=f"Ask again in {wait_seconds} s.",
            retry_after_seconds=wait_seconds,
        )

    def _add(
        self,
        session: Session,
        given: ConfiguredKey,
        *,
        start: str,
        per_minute: int,
        from_settings: bool = False,
    ) -> None:
        session.add(
            ApiKeyRow(
                id=self._clock.new_id(),
                name=given.name,
                scope=given.scope,
                sha256=given.sha256,
                start=start,
                per_minute=per_minute,
                from_settings=from_settings,
                created_at=self._clock.now(),
            )
        )


def _key(row: ApiKeyRow) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        scope=Scope(row.scope),
        start=row.start,
        per_minute=row.per_minute,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
