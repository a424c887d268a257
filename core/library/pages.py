"""Finding pictures among a million: pages by position in time, and capped counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from core.domain.states import WAITING, State
from core.library.sql_filter import PICTURES, Filter, streamed_words

MOST_COUNTED = 1_000
"""Counting stops here; "more than 1,000" costs two milliseconds at any size."""

TILE_COLUMNS = (
    *("id", "created_at", "status", "engine", "prompt", "aspect_ratio", "seed", "cached"),
    *("image_sha256", "image_type", "rating", "verdict", "project_id", "batch_id", "parent_id"),
    *("price_microusd", "error_message"),
)


_STATES = {state.value: state for state in State}


@dataclass(frozen=True, slots=True)
class Place:
    """The position at which a page ends: the moment and id of its last picture."""

    created_at: datetime
    id: int


class Tile(NamedTuple):
    """One picture on the wall: few fields, and a tuple, so that a page is cheap."""

    id: int
    created_at: datetime
    state: State
    engine: str
    prompt: str
    aspect_ratio: str
    seed: int
    cached: bool
    image_sha256: str | None
    image_type: str | None
    rating: int | None
    verdict: str | None
    project_id: int
    batch_id: int | None
    parent_id: int | None
    price_microusd: int
    error_message: str | None

    @property
    def is_waiting(self) -> bool:
        """Whether the studio still works on it."""
        return self.state in WAITING

    @property
    def place(self) -> Place:
        """The position of a page that ends with this picture."""
        return Place(self.created_at, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many were found, and whether counting stopped at the limit."""

    number: int
    is_capped: bool


def find_page(
    connection: Connection,
    chosen: Filter,
    *,
    limit: int,
    before: Place | None = None,
    after: Place | None = None,
) -> list[Tile]:
    """Return a page of the pictures found, newest first.

    The page starts after the position `before`, or ends ahead of the position `after`. A page is
    found by its position and not by counting rows: it costs the same at any depth, and stays the
    same while new pictures arrive above it.
    """
    place, is_turned = before or after, before is None and after is not None
    query = _page(chosen.conditions, chosen.words, is_placed=bool(place), is_turned=is_turned)
    values: dict[str, Any] = {"most": limit}
    if place is not None:
        values |= {"at": place.created_at, "number": place.id}
    tiles = _tiles(connection.execute(query, values).all())
    return tiles[::-1] if is_turned else tiles


def _tiles(rows: Iterable[Any]) -> list[Tile]:
    return [Tile._make((*row[:2], _STATES[row[2]], *row[3:])) for row in rows]


@lru_cache(maxsize=64)
def _page(
    conditions: tuple[ColumnElement[bool], ...],
    words: str | None,
    *,
    is_placed: bool,
    is_turned: bool,
) -> Select[Any]:
    """Return the query of a page; that of the unfiltered wall is built once and kept.

    Conditions are compared by identity: those of every query come from a cache of their own.
    """
    by_id_only = words is not None
    query = _found(Filter(conditions=conditions, words=words), TILE_COLUMNS)
    created, number = PICTURES.c.created_at, PICTURES.c.id
    at: ColumnElement[Any] = bindparam("at", type_=created.type)
    place: ColumnElement[int] = bindparam("number", type_=number.type)
    if is_placed and by_id_only:
        key: ColumnElement[int] = literal_column("generation_words.rowid")
        query = query.where(key > place if is_turned else key < place)
    elif is_placed and is_turned:
        query = query.where(and_(created >= at, or_(created > at, number > place)))
    elif is_placed:
        query = query.where(and_(created <= at, or_(created < at, number < place)))
    ordered = query.order_by(*_order(is_streamed=by_id_only, oldest_first=is_turned))
    return ordered.limit(bindparam("most", type_=Integer))


def stream_ids(connection: Connection, chosen: Filter, *, limit: int | None = None) -> list[int]:
    """Return the ids of everything found, newest first."""
    query = _found(chosen, ("id",))
    query = query.order_by(*_order(is_streamed=chosen.words is not None)).limit(limit)
    return list(connection.execute(query).scalars())


def stream_columns(
    connection: Connection, chosen: Filter, names: Sequence[str]
) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield everything found as tuples of the named columns, a few hundred rows at a time."""
    query = _found(chosen, names).order_by(*_order(is_streamed=chosen.words is not None))
    streaming = connection.execution_options(yield_per=500)
    yield from streaming.execute(query).partitions()


def find_neighbours(
    connection: Connection, chosen: Filter, place: Place
) -> tuple[int | None, int | None]:
    """Return the ids of the next newer and the next older picture found."""
    newer = find_page(connection, chosen, limit=1, after=place)
    older = find_page(connection, chosen, limit=1, before=place)
    return (newer[0].id if newer else None, older[0].id if older else None)


def count_found(connection: Connection, chosen: Filter, *, most: int = MOST_COUNTED) -> Count:
    """Return how many were found, counted up to `most`."""
    some = _found(chosen, ("id",)).limit(most + 1).subquery()
    number: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return Count(number=min(number, most), is_capped=number > most)


def find_newest(
    connection: Connection, chosen: Filter, names: Sequence[str], *, limit: int
) -> Sequence[Row[Any]]:
    """Return the named columns of the newest pictures found."""
    query = _found(chosen, names).order_by(*_order(is_streamed=chosen.words is not None))
    return connection.execute(query.limit(limit)).all()


def find_one(connection: Connection, generation_id: int, *, user_id: int) -> Tile | None:
    """Return one picture of a user as the wall shows it, in the trash or not, or None."""
    query = _selected(TILE_COLUMNS).where(
        PICTURES.c.id == generation_id,
        PICTURES.c.user_id == user_id,
        PICTURES.c.purged_at.is_(None),
    )
    rows = connection.execute(query).all()
    return _tiles(rows)[0] if rows else None


def count_newer(connection: Connection, chosen: Filter, place: Place) -> Count:
    """Return how many of those found are newer than a place, counted up to a thousand."""
    newer = _page(chosen.conditions, chosen.words, is_placed=True, is_turned=True)
    query = select(func.count()).select_from(newer.subquery())
    values = {"most": MOST_COUNTED + 1, "at": place.created_at, "number": place.id}
    number: int = connection.execute(query, values).scalar_one()
    return Count(number=min(number, MOST_COUNTED), is_capped=number > MOST_COUNTED)


def find_by_file(
    connection: Connection, sha256: str, *, user_id: int, with_trash: bool = False
) -> int | None:
    """Return the newest picture of a user that shows the file of that digest; in sight first."""
    query = (
        select(PICTURES.c.id)
        .where(
            PICTURES.c.image_sha256 == sha256,
            PICTURES.c.user_id == user_id,
            PICTURES.c.purged_at.is_(None),
        )
        .order_by(PICTURES.c.trashed_at.is_not(None), PICTURES.c.id.desc())
        .limit(1)
    )
    if not with_trash:
        query = query.where(PICTURES.c.trashed_at.is_(None))
    return connection.execute(query).scalars().first()


@lru_cache(maxsize=64)
def _selected(names: Sequence[str]) -> Select[Any]:
    """Return the bare query of some columns, built once: it costs as much as running it."""
    return select(*(PICTURES.c[name] for name in names))


def _found(chosen: Filter, names: Sequence[str]) -> Select[Any]:
    """Return the query of everything found, with no order yet.

    On SQLite words are read newest first straight from their index and the rows fetched one by
    one, so that a common word stops after a page: 8 ms instead of 537 at a million rows.
    """
    query = _selected(tuple(names))
    if chosen.words is not None:
        joined, matches = streamed_words(chosen.words)
        query = query.select_from(joined).where(matches)
    return query.where(*chosen.conditions)


@lru_cache(maxsize=4)
def _order(*, is_streamed: bool, oldest_first: bool = False) -> tuple[Any, ...]:
    keys: list[Any] = [PICTURES.c.created_at, PICTURES.c.id]
    if is_streamed:
        keys = [literal_column("generation_words.rowid")]
    return tuple(key.asc() if oldest_first else key.desc() for key in keys)
