"""The filter form: it writes a query line and shows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.domain.vocabulary import PARAMETER_NAMES
from core.library.query.ast import Match, Query, Term, quoted, write_parts
from core.library.query.fields import NONE

PICKED = (
    *("project", "user", "status", "mode", "engine", "verdict", "tag", "batch"),
    *(*PARAMETER_NAMES, "aspect_ratio", "cached", "trashed"),
)
"""Fields of the form that hold a choice of values; several are alternatives."""

TYPED = ("date", "rating", "seed", "duration", "cost")
"""Fields of the form that hold a value as typed, such as `>=4` or `last-week`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFields:
    """What the form shows; `none` in a choice is "not set", `rest` is the line of all else."""

    words: str = ""
    project: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    engine: tuple[str, ...] = ()
    verdict: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    batch: tuple[str, ...] = ()
    camera_angle: tuple[str, ...] = ()
    fov: tuple[str, ...] = ()
    lighting: tuple[str, ...] = ()
    color_palette: tuple[str, ...] = ()
    composition: tuple[str, ...] = ()
    style: tuple[str, ...] = ()
    aspect_ratio: tuple[str, ...] = ()
    cached: tuple[str, ...] = ()
    trashed: tuple[str, ...] = ()
    date: str = ""
    rating: str = ""
    seed: str = ""
    duration: str = ""
    cost: str = ""
    rest: str = ""


def form_of_query(query: Query) -> FormFields:
    """Return the form that shows a query; what it has no place for stands in `rest`."""
    shown: dict[str, Term] = {}
    for term in reversed(query.terms):
        is_plain = all(
            not isinstance(condition, Match)
            or not (condition.prefix or condition.text.casefold() == NONE)
            for condition in term.alternatives
        )
        if is_plain and not term.excluded and term.field in (*PICKED, *TYPED):
            shown[term.field] = term
    rest = [term for term in query.terms if shown.get(term.field) != term]
    fields: dict[str, Any] = {
        name: tuple(
            condition.text if isinstance(condition, Match) else condition.written
            for condition in shown[name].alternatives
        )
        for name in PICKED
        if name in shown
    }
    fields |= {name: shown[name].value for name in TYPED if name in shown}
    return FormFields(words=write_parts(query.words), **fields, rest=write_parts(rest))


def line_of_form(form: FormFields) -> str:
    """Return the line that the form writes, wrong words included; `words` are its beginning."""
    chosen: dict[str, tuple[str, ...]] = {name: getattr(form, name) for name in PICKED}
    for name in TYPED:
        typed: str = getattr(form, name)
        chosen[name] = tuple(part.strip() for part in typed.split("|")) if typed.strip() else ()
    terms = [
        f"{name}:{'|'.join(quoted(value) for value in values)}"
        for name, values in chosen.items()
        if values
    ]
    return " ".join(part for part in (form.words, *terms, form.rest) if part.strip())
