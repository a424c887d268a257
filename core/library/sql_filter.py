"""A query of the history as SQL conditions; words of prompts are looked up in a full-text index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    and_,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import Join
from sqlmodel import SQLModel

from core.domain.failure import Charge
from core.domain.money import microusd
from core.domain.states import PROCESSING
from core.library.query.ast import Condition, DateRange, Match, Missing, NumberRange, Query
from core.library.query.ast import Word as QueryWord
from core.library.query.dates import resolve_dates
from core.library.spellings import spellings_of
from core.tables.generation import AttemptRow, GenerationRow
from core.tables.library import TagRow

# the plain tables: lists of tuples do not need the ORM, which costs as much as the query
PICTURES: Table = SQLModel.metadata.tables[GenerationRow.__tablename__]
TAGS: Table = SQLModel.metadata.tables[TagRow.__tablename__]
ATTEMPTS: Table = SQLModel.metadata.tables[AttemptRow.__tablename__]

_WORDS_TABLE = table("generation_words", column("rowid"))
_MATCHES = literal_column("generation_words").bool_op("MATCH")
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

_COLUMNS = {
    "id": "id",
    "parent": "parent_id",
    "children-of": "parent_id",
    "date": "created_at",
    "utc-date": "created_at",
    "duration": "generation_seconds",
    "error": "error_code",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Conditions on rows, and on SQLite also the expression for its full-text index."""

    conditions: tuple[ColumnElement[bool], ...] = ()
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryContext:
    """What the meaning of a query depends on: the user, the moment and zone, and the names."""

    user_id: int
    now: datetime
    zone: tzinfo
    is_sqlite: bool
    projects: Mapping[int, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)
    batches: Mapping[int, str] = field(default_factory=dict)


def filter_of(query: Query, around: QueryContext) -> Filter:
    """Return what a query finds among a user's pictures.

    Pictures in the trash are found only if the query mentions the trash.
    """
    asks_trash = any(term.field == "trashed" for term in query.terms)
    conditions = list(_conditions_of_all(around.user_id, asks_trash=asks_trash))
    for term in query.terms:
        reader = _READERS.get(term.field, _column)
        found = or_(*(reader(term.field, value, around) for value in term.alternatives))
        conditions.append(not_(func.coalesce(found, false())) if term.excluded else found)
    asked: list[str] = []
    for word in query.words:
        if around.is_sqlite and not word.excluded and not _needs_reading(word.text):
            asked.append(_fts_word(word))
        else:
            spelt = (replace(word, text=text) for text in spellings_of(word.text))
            condition = or_(*(_word(one, is_sqlite=around.is_sqlite) for one in spelt))
            conditions.append(not_(condition) if word.excluded else condition)
    return Filter(conditions=tuple(conditions), words=" AND ".join(asked) or None)


@lru_cache(maxsize=64)
def _conditions_of_all(user_id: int, *, asks_trash: bool) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of every query; building them again would cost a tenth of a page."""
    ours = PICTURES.c.user_id == user_id, PICTURES.c.purged_at.is_(None)
    return ours if asks_trash else (*ours, PICTURES.c.trashed_at.is_(None))


def streamed_words(words: str) -> tuple[Join, ColumnElement[bool]]:
    """Return the join that reads the full-text index first, and its condition."""
    ours = PICTURES.c.id == _WORDS_TABLE.c.rowid
    return _StreamingJoin(_WORDS_TABLE, PICTURES, ours), _MATCHES(words)


class _StreamingJoin(Join):
    """A join whose order SQLite must keep; its own choice would sort half the table."""

    inherit_cache = True


@compiles(_StreamingJoin, "sqlite")
def _write_streaming_join(join: _StreamingJoin, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as SQLAlchemy calls it
    options["asfrom"] = True
    left, right = (compiler.process(side, **options) for side in (join.left, join.right))
    on = compiler.process(join.onclause, **{**options, "asfrom": False})  # type: ignore[arg-type]
    return f"{left} CROSS JOIN {right} ON {on}"


def _word(word: QueryWord, *, is_sqlite: bool) -> ColumnElement[bool]:
    text = PICTURES.c.prompt + " " + func.coalesce(PICTURES.c.instruction, "")
    if _needs_reading(word.text):
        return text.ilike(f"%{_escaped(word.text)}%", escape="\\")
    if is_sqlite:
        return exists(
            select(literal(1))
            .select_from(_WORDS_TABLE)
            .where(_MATCHES(_fts_word(word)), _WORDS_TABLE.c.rowid == PICTURES.c.id)
            .correlate(PICTURES)
        )
    simple: ColumnElement[Any] = literal_column("'simple'::regconfig")
    asked: Any = func.phraseto_tsquery(simple, word.text)
    if word.prefix:
        asked = cast(cast(asked, Text) + ":*", TSQUERY)
    return func.to_tsvector(simple, text).bool_op("@@")(asked)


def _fts_word(word: QueryWord) -> str:
    either = []
    for text in spellings_of(word.text):
        doubled = text.replace('"', '""')
        either.append(f'"{doubled}"{" *" if word.prefix else ""}')
    return either[0] if len(either) == 1 else f"({' OR '.join(either)})"


def _needs_reading(text: str) -> bool:
    """Return whether the index cannot contain it: no letters, or a script without spaces."""
    has_letters = any(unicodedata.category(c)[0] == "L" or c in "0123456789" for c in text)
    return not has_letters or _WITHOUT_SPACES.search(text) is not None


def _column(name: str, value: Condition, around: QueryContext) -> ColumnElement[bool]:
    key: ColumnElement[Any] = PICTURES.c[_COLUMNS.get(name, name)]
    if name == "utc-date":
        around = replace(around, zone=UTC)
    return _compare(key, value, around, number=float if name == "duration" else int)


def _compare(
    key: ColumnElement[Any],
    value: Condition,
    around: QueryContext,
    *,
    number: Callable[[Decimal], float],
) -> ColumnElement[bool]:
    match value:
        case Missing():
            return key.is_(None)
        case Match(text, True):
            return key.like(f"{_escaped(text)}%", escape="\\")
        case Match(text, _):
            return key == text
        case NumberRange(low, high, includes_ends):
            ends = [None if end is None else number(end) for end in (low, high)]
            return _between(key, ends[0], ends[1], low_too=includes_ends, high_too=includes_ends)
        case DateRange():
            start, end = resolve_dates(value, now=around.now, zone=around.zone)
            return _between(key, start, end, low_too=True, high_too=False)


def _between(
    key: ColumnElement[Any],
    low: Any,  # noqa: ANN401 - a number or a moment
    high: Any,  # noqa: ANN401 - likewise
    *,
    low_too: bool,
    high_too: bool,
) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if low is not None:
        parts.append(key >= low if low_too else key > low)
    if high is not None:
        parts.append(key <= high if high_too else key < high)
    return and_(*parts)


def _status(_name: str, value: Condition, _around: QueryContext) -> ColumnElement[bool]:
    word = value.text if isinstance(value, Match) else ""
    states = PROCESSING if word == "processing" else (word,)
    return PICTURES.c.status.in_(states)


def _tag(_name: str, value: Condition, _around: QueryContext) -> ColumnElement[bool]:
    tagged = select(TAGS.c.generation_id)
    if isinstance(value, Missing):
        ours = tagged.where(TAGS.c.generation_id == PICTURES.c.id)
        return ~exists(ours.correlate(PICTURES))
    assert isinstance(value, Match)  # noqa: S101 - the parser makes nothing else for a text field
    text = value.text.casefold()
    if value.prefix:
        named = tagged.where(TAGS.c.tag.like(f"{_escaped(text)}%", escape="\\"))
    else:
        named = tagged.where(TAGS.c.tag == text)
    return PICTURES.c.id.in_(named)


def _named(name: str, value: Condition, around: QueryContext) -> ColumnElement[bool]:
    """Compare with the id that a name stands for; a number is the id itself."""
    key, names = {
        "project": (PICTURES.c.project_id, around.projects),
        "user": (PICTURES.c.user_id, around.people),
        "batch": (PICTURES.c.batch_id, around.batches),
    }[name]
    if isinstance(value, Missing):
        return key.is_(None)
    assert isinstance(value, Match)  # noqa: S101 - the parser makes nothing else for a text field
    text = value.text.casefold()
    ids = [
        number
        for number, known in names.items()
        if known.casefold() == text or (value.prefix and known.casefold().startswith(text))
    ]
    if not ids and text.isascii() and text.isdecimal() and len(text) < 19:
        ids = [int(text)]
    return key.in_(ids) if ids else false()


def _whether(name: str, value: Condition, _around: QueryContext) -> ColumnElement[bool]:
    holds = {
        "cached": PICTURES.c.cached.is_(True),
        "trashed": PICTURES.c.trashed_at.is_not(None),
    }[name]
    return holds if isinstance(value, Match) and value.text == "yes" else not_(holds)


def _cost(_name: str, value: Condition, around: QueryContext) -> ColumnElement[bool]:
    charged = (
        select(func.coalesce(func.sum(ATTEMPTS.c.price_microusd), 0))
        .where(
            ATTEMPTS.c.generation_id == PICTURES.c.id,
            ATTEMPTS.c.charge == Charge.YES,
        )
        .correlate(PICTURES)
        .scalar_subquery()
    )
    return _compare(charged, value, around, number=microusd)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_READERS: dict[str, Callable[[str, Condition, QueryContext], ColumnElement[bool]]] = {
    "status": _status,
    "tag": _tag,
    "project": _named,
    "user": _named,
    "batch": _named,
    "cached": _whether,
    "trashed": _whether,
    "cost": _cost,
}
