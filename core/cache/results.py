"""The result cache: an equal request is answered with the picture already owned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Executable, and_, bindparam, delete, func, update
from sqlmodel import Session, col, select

from core.cache import counts, owned_forms
from core.cache.owned_forms import File
from core.cache.page_cache import PageCache
from core.clock import Clock
from core.database import Database, insert_into
from core.domain.request import cache_key, form_digest
from core.domain.states import State
from core.tables.cache import CacheEntryRow
from core.tables.generation import GenerationRow, PayloadRow

MEMORY_SECONDS = 60.0
"""What another process has cleared is shown on a page of this one for at most this long."""


KEYS_AT_ONCE = 500
"""Keys in one query; SQLite takes at most 32,766 variables."""


class Owned(NamedTuple):
    """A picture that answers a request until `expires_at`; None: as long as it exists."""

    generation_id: int
    expires_at: datetime | None
    file: File


_FILE = (
    col(GenerationRow.image_sha256),
    col(GenerationRow.image_type),
    col(CacheEntryRow.picture_bytes),
)
_FINDING: Executable = (
    select(  # type: ignore[call-overload]  # SQLModel's types end at four columns
        CacheEntryRow.generation_id, CacheEntryRow.canonical, CacheEntryRow.expires_at, *_FILE
    )
    .join(GenerationRow, col(CacheEntryRow.generation_id) == col(GenerationRow.id))
    .where(
        col(CacheEntryRow.user_id) == bindparam("user_id"),
        col(CacheEntryRow.cache_key) == bindparam("key"),
        col(GenerationRow.trashed_at).is_(None),
    )
)


class NotOwnedError(LookupError):
    """No picture answers this request; raised so that the cache keeps no misses."""


class ResultCache:
    """Entries on disk, shared by all processes and kept over restarts, with a cache in memory.

    A request with a seed asks for one particular picture and is answered with it as long as that
    exists (`owned_forms`), even if `ttl_seconds` is 0. A request without a seed is answered from an
    entry, which expires and may be dropped to make room. Clearing ends both.

    A picture is only used through `use`, which reads the disk in the transaction that adds the
    reused row: what another process has cleared is never used, and a hit is counted once. The
    memory answers the pages, which ask on every key press. A picture whose file is missing or
    incomplete answers nothing.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        is_stored: Callable[[str, str, int | None], bool],
        ttl_seconds: int,
        max_entries: int,
    ) -> None:
        """`is_stored` tells whether a file exists: SHA-256, type, length in bytes if known."""
        self._database = database
        self._clock = clock
        self._is_stored = is_stored
        self._ttl = timedelta(seconds=ttl_seconds)
        self._max_entries = max_entries
        self._memory: PageCache[Owned] = PageCache(
            self._read,
            place=database.url,
            ttl_seconds=min(ttl_seconds, MEMORY_SECONDS),
            max_entries=max_entries,
        )

    @property
    def ttl_seconds(self) -> int:
        """How long a finished picture answers a request that leaves the seed open."""
        return int(self._ttl.total_seconds())

    @property
    def max_entries(self) -> int:
        """How many requests are cached before the least recently used one is dropped."""
        return self._max_entries

    def find(self, canonical: str, *, user_id: int) -> Owned | None:
        """Return the picture that would answer a request now; up to a minute out of date."""
        try:
            owned = self._memory.recall(user_id, cache_key(canonical), form_digest(canonical))
        except NotOwnedError:
            return None
        is_valid = owned.expires_at is None or owned.expires_at > self._clock.now()
        return owned if is_valid and self._is_answer(owned.file) else None

    def use(
        self, session: Session, *, canonical: str, user_id: int, now: datetime
    ) -> GenerationRow | None:
        """Return the picture that answers a request and count the hit, or None.

        The stored canonical form is compared as well, so two requests with colliding keys are never
        answered with each other's picture.
        """
        with_its_seed = self._owned_by_form(session, form_digest(canonical), user_id)
        if with_its_seed is not None:
            session.execute(
                update(CacheEntryRow)
                .where(col(CacheEntryRow.generation_id) == with_its_seed.generation_id)
                .values(hits=col(CacheEntryRow.hits) + 1, used_at=now)
                .execution_options(synchronize_session=False)
            )
            return session.get(GenerationRow, with_its_seed.generation_id)
        this = _entry(user_id, cache_key(canonical))
        file = session.exec(
            select(*_FILE)
            .join(CacheEntryRow, col(CacheEntryRow.generation_id) == col(GenerationRow.id))
            .where(this, col(GenerationRow.trashed_at).is_(None))
        ).first()
        if file is not None and not self._is_answer(file):
            return None  # the entry stays, as its disk may come back; a new picture replaces it
        hitting = (
            update(CacheEntryRow)
            .where(
                this,
                col(CacheEntryRow.canonical) == canonical,
                col(CacheEntryRow.expires_at) > now,
            )
            .values(hits=col(CacheEntryRow.hits) + 1, used_at=now)
            .returning(col(CacheEntryRow.generation_id))
        )
        generation_id = session.scalars(hitting).first()
        if generation_id is None:
            dropping = (
                delete(CacheEntryRow)
                .where(this, col(CacheEntryRow.expires_at) <= now)
                .returning(col(CacheEntryRow.cache_key))
            )
            counts.add(session, counts.EXPIRED, len(session.scalars(dropping).all()))
            return None
        source = session.get(GenerationRow, generation_id)
        if source is None or source.trashed_at is not None:
            session.execute(delete(CacheEntryRow).where(this))
            return None
        return source

    def owned_among(
        self, session: Session, canonicals: Sequence[str], *, user_id: int, now: datetime
    ) -> frozenset[str]:
        """Return those canonical requests that `use` would answer now."""
        owned: set[str] = set()
        for start in range(0, len(canonicals), KEYS_AT_ONCE):
            chunk = set(canonicals[start : start + KEYS_AT_ONCE])
            forms = {form_digest(one): one for one in chunk}
            owned.update(
                forms[form]
                for form, _, file in owned_forms.pictures(session, list(forms), user_id=user_id)
                if self._is_answer(file)
            )
            chunk -= owned
            query = (
                select(col(CacheEntryRow.canonical), *_FILE)
                .join(GenerationRow, col(CacheEntryRow.generation_id) == col(GenerationRow.id))
                .where(
                    col(CacheEntryRow.user_id) == user_id,
                    col(CacheEntryRow.cache_key).in_([cache_key(one) for one in chunk]),
                    col(CacheEntryRow.expires_at) > now,
                    col(GenerationRow.trashed_at).is_(None),
                )
            )
            owned.update(
                one
                for one, digest, media_type, length in session.exec(query)
                if one in chunk and self._is_answer((digest, media_type, length))
            )
        return frozenset(owned)

    def keep(
        self, session: Session, generation_id: int, *, picture_bytes: int, now: datetime
    ) -> None:
        """Cache a picture that was just finished; rarely used entries may be dropped."""
        owned_forms.note(session, generation_id, picture_bytes=picture_bytes)
        if not self._ttl:
            return
        source = session.execute(
            select(GenerationRow, PayloadRow.canonical)
            .join(PayloadRow, col(PayloadRow.generation_id) == col(GenerationRow.id))
            .where(
                col(GenerationRow.id) == generation_id,
                col(GenerationRow.status) == State.COMPLETED,
            )
        ).one()
        row: GenerationRow = source[0]
        values = {
            "user_id": row.user_id,
            "cache_key": row.cache_key,
            "canonical": source[1],
            "generation_id": generation_id,
            "created_at": now,
            "expires_at": now + self._ttl,
            "used_at": now,
            "hits": 0,
            "picture_bytes": picture_bytes,
            "generation_seconds": row.generation_seconds or 0.0,
            "price_microusd": row.price_microusd,
        }
        adding = insert_into(session, CacheEntryRow).values(**values)
        keys = ["user_id", "cache_key"]
        newer = {name: adding.excluded[name] for name in values if name not in keys}
        session.execute(adding.on_conflict_do_update(index_elements=keys, set_=newer))
        self._make_room(session)

    def keep_reused(self, session: Session, generation_id: int) -> None:
        """Note a row that reuses a picture: it is owned even if the first row is deleted."""
        owned_forms.note(session, generation_id)

    def clear_all(self) -> int:
        """Remove every entry and return how many there were; the pictures stay in History.

        No request is answered with a picture any more, one with its seed neither.
        """
        return self._clear(col(CacheEntryRow.cache_key).is_not(None), owned_forms.forget_all)

    def clear_expired(self) -> int:
        """Remove expired entries and return how many."""
        return self._clear(col(CacheEntryRow.expires_at) <= self._clock.now())

    def clear_one(self, generation_id: int) -> int:
        """Remove the entry of one picture and what it answers by its seed; return 1, or 0."""
        return self._clear(
            col(CacheEntryRow.generation_id) == generation_id,
            partial(owned_forms.forget_answer, generation_id=generation_id),
        )

    def forget_memory(self) -> None:
        """Clear the in-memory cache, so that pages read the disk again."""
        self._memory.clear()

    def _clear(
        self, which: ColumnElement[bool], forget: Callable[[Session], None] | None = None
    ) -> int:
        with self._database.writing() as session:
            if forget is not None:
                forget(session)
            clearing = delete(CacheEntryRow).where(which).returning(col(CacheEntryRow.cache_key))
            cleared = len(session.scalars(clearing).all())
            counts.add(session, counts.CLEARED, cleared)
        self.forget_memory()
        return cleared

    def _is_answer(self, file: File) -> bool:
        digest, media_type, length = file
        return bool(digest and media_type and self._is_stored(digest, media_type, length))

    def _read(self, user_id: int, key: str, form: str) -> Owned:
        with self._database.looking() as connection:
            with_its_seed = self._owned_by_form(connection, form, user_id)
            if with_its_seed is not None:
                return with_its_seed
            found = connection.execute(_FINDING, {"user_id": user_id, "key": key}).first()
        if found is None:
            raise NotOwnedError
        generation_id, canonical, expires_at, *file = found
        if form_digest(canonical) != form:
            raise NotOwnedError
        return Owned(generation_id, expires_at, tuple(file))

    def _owned_by_form(
        self, connection: Session | Connection, form: str, user_id: int
    ) -> Owned | None:
        found = owned_forms.pictures(connection, [form], user_id=user_id)
        return next(
            (Owned(number, None, file) for _, number, file in found if self._is_answer(file)), None
        )

    def _make_room(self, session: Session) -> None:
        count = session.exec(select(func.count()).select_from(CacheEntryRow)).one()
        if count <= self._max_entries:
            return
        # locked entries are in use right now, so they are left to the writer that locked them
        least_used = (
            select(CacheEntryRow.user_id, CacheEntryRow.cache_key)
            .order_by(col(CacheEntryRow.used_at), col(CacheEntryRow.cache_key))
            .limit(count - self._max_entries)
            .with_for_update(skip_locked=True)
        )
        dropped = session.execute(least_used).all()
        for user_id, key in dropped:
            session.execute(delete(CacheEntryRow).where(_entry(user_id, key)))
        counts.add(session, counts.EVICTED, len(dropped))


def _entry(user_id: int, key: str) -> ColumnElement[bool]:
    return and_(col(CacheEntryRow.user_id) == user_id, col(CacheEntryRow.cache_key) == key)
