"""The parts of a query and how each is written; equal queries are written the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import ClassVar, Generic, TypeAlias, TypeVar

from core.library.query.fields import FIELD_NAMES, NONE

End = TypeVar("End", Decimal, str)


TYPED_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02"
"""Quotes that phones and word processors write; they enclose a phrase as the plain one does."""

WIDE_COLON = "\uff1a"


def quoted(text: str, special: str = '"|*') -> str:
    """Return the text as one word of the line: in quotes if it has spaces or special signs."""
    special += TYPED_QUOTES + WIDE_COLON
    if text and not any(sign.isspace() or sign in special for sign in text):
        return text
    return '"' + text.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Word:
    """A free word, or a phrase if it has spaces; `prefix` finds longer words too."""

    text: str
    excluded: bool = False
    prefix: bool = False

    @property
    def written(self) -> str:
        """The word as it stands in a line."""
        text = quoted(self.text, '"|*:')
        if text.startswith("-"):
            text = f'"{text}"'
        return f"{'-' if self.excluded else ''}{text}{'*' if self.prefix else ''}"


@dataclass(frozen=True, slots=True)
class Match:
    """Exactly this text, or with `prefix` whatever begins with it."""

    text: str
    prefix: bool = False

    @property
    def written(self) -> str:
        """The value as it stands in a line; a text that reads `none` is quoted."""
        text = quoted(self.text)
        if text.casefold() == NONE:
            text = f'"{text}"'
        return f"{text}{'*' if self.prefix else ''}"


@dataclass(frozen=True, slots=True)
class Missing:
    """The field holds nothing, such as a picture without a rating."""

    @property
    def written(self) -> str:
        """The word for nothing."""
        return NONE


@dataclass(frozen=True, slots=True)
class _Range(Generic[End]):
    low: End | None
    high: End | None
    includes_ends: bool = True

    joint: ClassVar[str]

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise ValueError("a range has at least one end")
        if not self.includes_ends and None not in {self.low, self.high}:
            raise ValueError("a range with two ends includes both")

    @property
    def written(self) -> str:
        """The range as it stands in a line: `4`, `4-5`, `>=4` or `<4`."""
        low, high = _plain(self.low), _plain(self.high)
        equal = "=" if self.includes_ends else ""
        if not high:
            return f">{equal}{low}"
        if not low:
            return f"<{equal}{high}"
        return low if low == high else f"{low}{self.joint}{high}"


@dataclass(frozen=True, slots=True)
class NumberRange(_Range[Decimal]):
    """The numbers from `low` to `high` in the field's unit; None is an open end."""

    joint = "-"


@dataclass(frozen=True, slots=True)
class DateRange(_Range[str]):
    """The days from the start of period `low` to the end of period `high`, as words.

    `last-week` alone has both ends the same. `dates.resolve_dates` makes moments of it.
    """

    joint = ".."


Condition: TypeAlias = Match | Missing | NumberRange | DateRange


@dataclass(frozen=True, slots=True)
class Term:
    """A field of which one of the alternatives holds, or with `excluded` none of them."""

    field: str
    alternatives: tuple[Condition, ...]
    excluded: bool = False

    @property
    def value(self) -> str:
        """The alternatives as they stand after the colon."""
        return "|".join(condition.written for condition in self.alternatives)

    @property
    def written(self) -> str:
        """The term as it stands in a line."""
        return f"{'-' if self.excluded else ''}{self.field}:{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A part of the line that was read as words: where, why, and what may be meant instead."""

    position: int
    length: int
    message: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """All words and all terms hold; terms stand in the order of the fields, each once."""

    words: tuple[Word, ...] = ()
    terms: tuple[Term, ...] = ()
    hints: tuple[Hint, ...] = field(default=(), compare=False)
    """What may have been meant otherwise; no part of what is asked."""

    def __post_init__(self) -> None:
        in_order = sorted(
            set(self.terms), key=lambda t: (FIELD_NAMES.index(t.field), t.excluded, t.written)
        )
        object.__setattr__(self, "terms", tuple(in_order))


def write_query(query: Query) -> str:
    """Return the canonical line of a query: words first, then terms."""
    return write_parts((*query.words, *query.terms))


def with_longer_words(query: Query) -> Query | None:
    """Return the query that finds longer words too, or None if no word of it can be longer."""
    words = tuple(word if word.excluded else replace(word, prefix=True) for word in query.words)
    return replace(query, words=words) if words != query.words else None


def write_parts(parts: Iterable[Word | Term]) -> str:
    """Return words and terms as one line."""
    return " ".join(part.written for part in parts)


def _plain(end: Decimal | str | None) -> str:
    return format(end.normalize(), "f") if isinstance(end, Decimal) else end or ""
