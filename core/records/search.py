"""Finding pictures among a million: pages by their place in time, capped counts, facets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, literal_column, or_, select
from sqlmodel import Session, col

from core.domain.states import WAITING, State
from core.domain.vocabulary import PARAMETER_NAMES
from core.records.filtering import Filter, streamed_words
from core.tables.generation import GenerationRow
from core.tables.library import TagRow

MOST_COUNTED = 10_000
"""Counting stops here; "more than 10,000" is as good an answer and costs milliseconds."""

MOST_SAMPLED = 2_000
"""Values are counted among so many of the newest pictures found."""

FACETS = ("status", "engine", "mode", "rating", "verdict", "project_id", *PARAMETER_NAMES)

_TILE = (
    *("id", "created_at", "status", "engine", "prompt", "aspect_ratio", "seed", "cached"),
    *("image_sha256", "image_type", "rating", "verdict", "project_id", "batch_id", "parent_id"),
    *("price_microusd", "error_message", "trashed_at"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the moment and the id of its last picture."""

    created_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture as the wall shows it: narrow, so that a page costs little."""

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
    trashed_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Whether the studio still works on it."""
        return self.state in WAITING

    @property
    def place(self) -> Place:
        """Where a page that ends with this picture ends."""
        return Place(self.created_at, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many were found, and whether counting stopped before the end."""

    number: int
    is_capped: bool


def find_page(
    session: Session,
    chosen: Filter,
    *,
    limit: int,
    before: Place | None = None,
    after: Place | None = None,
) -> list[Tile]:
    """Return a page of the pictures found, newest first.

    The page starts below the place `before`, or ends above the place `after`. A page is found by
    its place and not by counting rows: it costs the same at any depth, and stays the same while
    new pictures arrive above it.
    """
    query = _found(session, chosen, _columns(_TILE))
    is_turned = after is not None and before is None
    by_id_only = _is_streamed(session, chosen)
    if before is not None:
        query = query.where(_beyond(before, by_id_only=by_id_only))
    elif after is not None:
        query = query.where(_beyond(after, by_id_only=by_id_only, newer=True))
    query = query.order_by(*_order(session, chosen, oldest_first=is_turned)).limit(limit)
    tiles = [_tile(row) for row in session.connection().execute(query)]
    return tiles[::-1] if is_turned else tiles


def stream_ids(session: Session, chosen: Filter, *, limit: int | None = None) -> list[int]:
    """Return the ids of everything found, newest first."""
    query = _found(session, chosen, _columns(("id",)))
    query = query.order_by(*_order(session, chosen)).limit(limit)
    return list(session.connection().execute(query).scalars())


def stream_columns(
    session: Session, chosen: Filter, names: Sequence[str]
) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield everything found as tuples of the named columns, a few hundred rows at a time."""
    query = _found(session, chosen, _columns(names)).order_by(*_order(session, chosen))
    connection = session.connection().execution_options(yield_per=500)
    yield from connection.execute(query).partitions()


def find_neighbours(
    session: Session, chosen: Filter, place: Place
) -> tuple[int | None, int | None]:
    """Return the ids of the next newer and the next older picture of those found."""
    newer = find_page(session, chosen, limit=1, after=place)
    older = find_page(session, chosen, limit=1, before=place)
    return (newer[0].id if newer else None, older[0].id if older else None)


def count_found(session: Session, chosen: Filter, *, most: int = MOST_COUNTED) -> Count:
    """Return how many were found, counted up to `most`."""
    some = _found(session, chosen, (literal_column("1"),)).limit(most + 1).subquery()
    number: int = session.connection().execute(select(func.count()).select_from(some)).scalar_one()
    return Count(number=min(number, most), is_capped=number > most)


def count_facets(
    session: Session, chosen: Filter, *, most: int = MOST_SAMPLED
) -> dict[str, Counter[Any]]:
    """Return how often each value of each field occurs among the newest `most` found.

    Keys are the columns of `FACETS` and `tag`; a value None stands for "not set".
    """
    query = _found(session, chosen, _columns(("id", *FACETS)))
    query = query.order_by(*_order(session, chosen)).limit(most)
    rows = session.connection().execute(query).all()
    counted: dict[str, Counter[Any]] = {
        name: Counter(row[number] for row in rows) for number, name in enumerate(FACETS, start=1)
    }
    counted["tag"] = _count_tags(session, [row[0] for row in rows])
    return counted


def _count_tags(session: Session, ids: Sequence[int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for start in range(0, len(ids), 500):
        query = (
            select(col(TagRow.tag), func.count())
            .where(col(TagRow.generation_id).in_(ids[start : start + 500]))
            .group_by(col(TagRow.tag))
        )
        found.update({tag: number for tag, number in session.connection().execute(query)})
    return found


def _columns(names: Sequence[str]) -> tuple[Any, ...]:
    table: Mapping[str, Any] = GenerationRow.__table__.c  # type: ignore[attr-defined]
    return tuple(table[name] for name in names)


def _found(session: Session, chosen: Filter, columns: Sequence[Any]) -> Select[Any]:
    """Return the query of everything found, with no order yet.

    On SQLite words are read newest first straight from their index and the rows fetched one by
    one, so that a common word stops after a page (reference data.md 1, "streaming").
    """
    query = select(*columns)
    if _is_streamed(session, chosen):
        joined, matches = streamed_words(chosen.words or "")
        query = query.select_from(joined).where(matches)
    return query.where(*chosen.conditions)


def _is_streamed(session: Session, chosen: Filter) -> bool:
    return chosen.words is not None and session.get_bind().dialect.name == "sqlite"


def _order(session: Session, chosen: Filter, *, oldest_first: bool = False) -> list[Any]:
    if _is_streamed(session, chosen):
        keys: list[Any] = [literal_column("generation_words.rowid")]
    else:
        keys = [col(GenerationRow.created_at), col(GenerationRow.id)]
    return [key.asc() if oldest_first else key.desc() for key in keys]


def _beyond(place: Place, *, by_id_only: bool, newer: bool = False) -> Any:  # noqa: ANN401 - a condition of either kind
    created, number = col(GenerationRow.created_at), col(GenerationRow.id)
    if by_id_only:
        key = literal_column("generation_words.rowid")
        return key > place.id if newer else key < place.id
    if newer:
        return and_(
            created >= place.created_at,
            or_(created > place.created_at, number > place.id),
        )
    return and_(
        created <= place.created_at,
        or_(created < place.created_at, number < place.id),
    )


def _tile(row: Row[Any]) -> Tile:
    number, created_at, status, *others = row
    return Tile(number, created_at, State(status), *others)
