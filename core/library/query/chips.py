"""The filters of a query as chips, each with the line that is left without it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from core.domain.vocabulary import PARAMETER_NAMES, label_of
from core.library.query.ast import (
    Condition,
    DateRange,
    Match,
    Missing,
    NumberRange,
    Query,
    write_query,
)
from core.library.query.fields import find_field


class Chip(NamedTuple):
    """A filter in words for people, and the line that is left when it is taken off."""

    label: str
    line: str


def chips(query: Query) -> list[Chip]:
    """Return one chip for each word and each term of a query, in the order of its line."""
    found = []
    for at, word in enumerate(query.words):
        label = f"{'not ' if word.excluded else ''}“{word.text}{'…' if word.prefix else ''}”"
        others = query.words[:at] + query.words[at + 1 :]
        found.append(Chip(label, write_query(replace(query, words=others))))
    for at, term in enumerate(query.terms):
        field = find_field(term.field)
        name = field.label if field else term.field
        values = " or ".join(_value_label(term.field, value) for value in term.alternatives)
        left = query.terms[:at] + query.terms[at + 1 :]
        label = f"{'not ' if term.excluded else ''}{name}: {values}"
        found.append(Chip(label, write_query(replace(query, terms=left))))
    return found


def _value_label(field: str, value: Condition) -> str:
    match value:
        case Missing():
            return "not set"
        case Match(text, True):
            return f"{text}…"
        case Match(text, _):
            return label_of(field, text) if field in PARAMETER_NAMES else text
        case NumberRange():
            return value.written.replace("-", "–").replace(">=", "≥ ").replace("<=", "≤ ")
        case DateRange():
            return _dates_label(value)


def _dates_label(value: DateRange) -> str:
    low, high = (
        end if end[:1].isdigit() else end.replace("-", " ")
        for end in (value.low or "", value.high or "")
    )
    if low == high:
        return low
    if low and high:
        return f"{low} to {high}"
    if low:
        return f"from {low}" if value.includes_ends else f"after {low}"
    return f"to {high}" if value.includes_ends else f"before {high}"
