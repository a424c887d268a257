"""The search form: every value with its count, added to the line by a click."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any

import streamlit as st

from core.domain.vocabulary import PARAMETER_NAMES, label_of
from core.domain.wording import DOT
from core.errors import QuerySyntaxError
from core.library.facets import MOST_SAMPLED, Facet
from core.library.query.ast import Query, write_query
from core.library.query.fields import NONE, find_field
from core.library.query.form import FormFields, form_of_query, line_of_form
from core.library.query.parser import parse_query
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.shared import safe_text, session

_IN_SIGHT = ("status", "verdict", "mode", "engine")
"""Fields with few values, which are all visible."""

_LISTED = ("project", "tag", "batch", "user", *PARAMETER_NAMES)
_PERIODS = ("today", "yesterday", "this-week", "last-week", "this-month", "last-30-days")
_RATINGS = {">=4": "4 and 5 stars", ">=3": "3 and more", "5": "5 stars", NONE: "unrated"}
_RATED = {">=4": (4, 5), ">=3": (3, 4, 5), "5": (5,), NONE: (None,)}
_GOING_ON = frozenset({"submitting", "accepted", "downloading"})
"""States that the line calls `processing`."""

_NOTHING = Facet(counts=Counter(), is_least=False)


def draw_filter_form(query: Query | None) -> None:
    """Draw the button that opens the form; choices there are written into the line."""
    form = st.popover(
        "Filter", icon=":material/tune:", key="history_filter", on_change="rerun", width="content"
    )
    if not form.open or query is None:
        return
    facets = studio().library.facets(query, zone=safe_text.viewer_zone())
    shown = form_of_query(query)
    with form, st.container(key="history_form"):
        for name in _IN_SIGHT:
            _draw_pills(name, shown, facets)
        left, right = st.columns(2)
        with left:
            _draw_typed("date", "Period", dict.fromkeys(_PERIODS, 0), shown)
        with right:
            facet = facets["rating"]
            counts = {
                value: sum(facet.counts[stars] for stars in meant)
                for value, meant in _RATED.items()
            }
            _draw_typed(
                "rating",
                "Rating",
                {value: _number(count, facet) for value, count in counts.items()},
                shown,
            )
        names = studio().library.names()
        for number, name in enumerate(_LISTED):
            with left if number % 2 == 0 else right:
                _draw_list(name, shown, facets, names.get(name))
        if any(facet.is_least for facet in facets.values()):
            st.caption(f"12+ is 12 or more: the newest {MOST_SAMPLED:,} are counted.")


def _draw_pills(name: str, shown: FormFields, facets: dict[str, Facet]) -> None:
    asked: tuple[str, ...] = getattr(shown, name)
    facet = facets.get(name, _NOTHING)
    counts = _counts(name, facet, None)
    if len(counts) < 2 and not asked:
        return
    key = f"history_{name}"
    session.write_field(key, list(asked))
    st.pills(
        _label(name),
        list(dict.fromkeys((*asked, *counts))),
        selection_mode="multi",
        key=key,
        format_func=lambda value: _option(name, value, counts.get(value, 0), facet),
        on_change=_write_choice,
        args=(name, key, shown),
    )


def _draw_list(
    name: str, shown: FormFields, facets: dict[str, Facet], names: dict[int, str] | None
) -> None:
    asked: tuple[str, ...] = getattr(shown, name)
    facet = facets.get(name, _NOTHING)
    counts = _counts(name, facet, names)
    field = find_field(name)
    options = field.options if field else ()
    key = f"history_{name}"
    session.write_field(key, list(asked))
    st.multiselect(
        _label(name),
        list(dict.fromkeys((*asked, *counts, *options))),
        key=key,
        format_func=lambda value: _option(name, value, counts.get(value, 0), facet),
        placeholder="any",
        on_change=_write_choice,
        args=(name, key, shown),
    )


def _draw_typed(name: str, label: str, options: dict[str, int | str], shown: FormFields) -> None:
    key = f"history_{'period' if name == 'date' else name}"
    now: str = getattr(shown, name)
    session.write_field(key, now or None)
    st.selectbox(
        label,
        list(dict.fromkeys((*((now,) if now else ()), *options))),
        index=None,
        key=key,
        format_func=lambda value: _with_number(
            _RATINGS.get(value, value.replace("-", " ")), options.get(value, 0)
        ),
        placeholder="any",
        on_change=_write_typed,
        args=(name, key, shown),
    )


def _label(name: str) -> str:
    field = find_field(name)
    return field.label if field else name


def _counts(name: str, facet: Facet, names: dict[int, str] | None) -> dict[str, int]:
    """Return how often each value occurs, spelt as in the line, most frequent first."""
    field = find_field(name)
    can_be_missing = field is not None and field.optional
    counts: Counter[str] = Counter()
    for value, number in facet.counts.items():
        if value is None:
            counts.update({NONE: number} if can_be_missing else {})
        elif names is None:
            is_going_on = name == "status" and value in _GOING_ON
            counts["processing" if is_going_on else str(value)] += number
        elif value in names:
            counts[names[value]] += number
    return dict(counts.most_common())


def _option(name: str, value: str, count: int, facet: Facet) -> str:
    if value == NONE:
        words = "not set"
    else:
        words = label_of(name, value) if name in PARAMETER_NAMES else value
    return _with_number(words, _number(count, facet))


def _number(count: int, facet: Facet) -> str:
    return f"{count:,}{'+' if facet.is_least else ''}" if count else ""


def _with_number(words: str, number: int | str) -> str:
    return f"{words}{DOT}{number}" if number else words


def _write_choice(name: str, key: str, shown: FormFields) -> None:
    chosen: dict[str, Any] = {name: tuple(session.field(key))}
    _write(replace(shown, **chosen))


def _write_typed(name: str, key: str, shown: FormFields) -> None:
    typed: dict[str, Any] = {name: session.field(key) or ""}
    _write(replace(shown, **typed))


def _write(form: FormFields) -> None:
    line = line_of_form(form)
    with suppress(QuerySyntaxError):  # a wrong line is shown with what is wrong in it
        line = write_query(parse_query(line))
    history_state.write_line(line)
