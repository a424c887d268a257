"""The size of the cache, and how much was removed from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from core.clock import Clock
from core.database import Database, insert_into
from core.tables.cache import CacheEntryRow
from core.tables.figures import CounterRow
from core.tables.generation import GenerationRow

EXPIRED, EVICTED, CLEARED = "cache expired", "cache evicted", "cache cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheCounts:
    """The size of the cache, and how much was removed since the first day."""

    entries: int
    valid: int
    expired: int
    picture_bytes: int
    entry_bytes: int
    hits: int
    saved_seconds: float
    saved_microusd: int
    found_expired: int
    evicted: int
    cleared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEntry:
    """One cached request, for a list."""

    generation_id: int
    user_id: int
    cache_key: str
    prompt: str
    engine: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime
    hits: int
    picture_bytes: int
    saved_seconds: float
    saved_microusd: int


def add(session: Session, name: str, amount: int) -> None:
    """Add to a counter; adding 0 costs nothing."""
    if not amount:
        return
    adding = insert_into(session, CounterRow).values(name=name, amount=amount)
    grown = col(CounterRow.amount) + amount
    session.execute(adding.on_conflict_do_update(index_elements=["name"], set_={"amount": grown}))


class CacheBook:
    """Answers questions about the cache; changes nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def counts(self) -> CacheCounts:
        """Return how many entries there are, what they have saved, and how many were removed."""
        hits = col(CacheEntryRow.hits)
        is_valid = col(CacheEntryRow.expires_at) > self._clock.now()
        sums = (
            func.count(),
            func.sum(case((is_valid, 1), else_=0)),
            func.sum(CacheEntryRow.picture_bytes),
            func.sum(func.length(CacheEntryRow.canonical)),
            func.sum(hits),
            func.sum(hits * col(CacheEntryRow.generation_seconds)),
            func.sum(hits * col(CacheEntryRow.price_microusd)),
        )
        with self._database.reading() as session:
            found = session.execute(select(*sums).select_from(CacheEntryRow)).one()  # type: ignore[call-overload]
            thrown = dict(session.execute(select(CounterRow.name, CounterRow.amount)).all())
        entries, valid, picture_bytes, text, hit, seconds, microusd = (one or 0 for one in found)
        return CacheCounts(
            entries=int(entries),
            valid=int(valid),
            expired=int(entries) - int(valid),
            picture_bytes=int(picture_bytes),
            entry_bytes=int(text),
            hits=int(hit),
            saved_seconds=float(seconds),
            saved_microusd=int(microusd),
            found_expired=thrown.get(EXPIRED, 0),
            evicted=thrown.get(EVICTED, 0),
            cleared=thrown.get(CLEARED, 0),
        )

    def entries(self, *, limit: int = 50, offset: int = 0) -> list[CacheEntry]:
        """Return cached requests, the last used first."""
        query = (
            select(CacheEntryRow, GenerationRow.prompt, GenerationRow.engine)
            .join(GenerationRow, col(GenerationRow.id) == col(CacheEntryRow.generation_id))
            .order_by(col(CacheEntryRow.used_at).desc(), col(CacheEntryRow.generation_id).desc())
            .limit(limit)
            .offset(offset)
        )
        with self._database.reading() as session:
            return [
                CacheEntry(
                    prompt=prompt,
                    engine=engine,
                    saved_seconds=row.hits * row.generation_seconds,
                    saved_microusd=row.hits * row.price_microusd,
                    **row.model_dump(exclude={"canonical", "generation_seconds", "price_microusd"}),
                )
                for row, prompt, engine in session.execute(query)
            ]
