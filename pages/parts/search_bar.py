"""The search line with its form, its chips and its saved views; all write the same line."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any

import streamlit as st

from core.domain.query.chips import chips
from core.domain.query.fields import NONE, find_field
from core.domain.query.form import FormFields, form_of_query, line_of_form
from core.domain.query.parsing import parse_query
from core.domain.query.terms import Query, write_query
from core.domain.vocabulary import PARAMETER_NAMES, label_of
from core.errors import QuerySyntaxError
from core.wiring import studio
from pages.parts import plain, session
from pages.parts.deeds import attempt

_PICKED = (
    *("project", "status", "engine", "mode", "verdict", "tag"),
    *PARAMETER_NAMES,
)
_PERIODS = ("today", "yesterday", "this-week", "last-week", "this-month", "last-30-days")
_RATINGS = {">=4": "4 and 5 stars", ">=3": "3 and more", "5": "5 stars", NONE: "unrated"}
_FACET_OF = {"project": "project_id"}


def draw_search_bar() -> Query | None:
    """Draw the line, the form and the chips; return what to find, or None if it cannot be read."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="history_bar"):
        st.text_input(
            "Search",
            key="history_search",
            placeholder="Words, or lighting:golden-hour rating:>=4 -tag:draft date:last-week",
            label_visibility="collapsed",
            icon=":material/search:",
            bind="query-params",
            on_change=session.turn_to_newest,
        )
        read = _read(session.line())
        query = read if isinstance(read, Query) else None
        _draw_form(query)
        _draw_views()
    if isinstance(read, QuerySyntaxError):
        _draw_refusal(session.line(), read)
    else:
        _draw_chips(read)
    return query


def _read(line: str) -> Query | QuerySyntaxError:
    try:
        return parse_query(line)
    except QuerySyntaxError as refusal:
        return refusal


def _draw_refusal(line: str, refusal: QuerySyntaxError) -> None:
    at, end = refusal.position, refusal.position + refusal.length
    with st.container(key="history_wrong"):
        st.error(plain.as_label(refusal.message), icon=":material/error:")
        with st.container(horizontal=True, vertical_alignment="center"):
            plain.show_marked(line, refusal.position, refusal.length)
            if refusal.suggestion and end > at:
                st.button(
                    plain.as_label(f"Use {refusal.suggestion}"),
                    key="history_mend",
                    on_click=session.write_line,
                    args=(line[:at] + refusal.suggestion + line[end:],),
                )


def _draw_chips(query: Query) -> None:
    shown = chips(query)
    if not shown:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="chips"):
        for number, chip in enumerate(shown):
            st.button(
                plain.as_label(chip.label),
                key=f"chip_{number}",
                icon=":material/close:",
                icon_position="right",
                help="Take this filter off",
                on_click=session.write_line,
                args=(chip.line,),
            )
        st.button(
            "Clear", key="chips_clear", type="tertiary", on_click=session.write_line, args=("",)
        )


def _draw_form(query: Query | None) -> None:
    form = st.popover(
        "Filter", icon=":material/tune:", key="history_filter", on_change="rerun", width="content"
    )
    if not form.open or query is None:
        return
    counted = studio().library.facets(query, zone=plain.viewer_zone())
    shown = form_of_query(query)
    with form, st.container(key="history_form"):
        st.caption("The form writes the line. Counts are of the newest 2,000 found.")
        left, right = st.columns(2)
        for number, name in enumerate(_PICKED):
            with left if number % 2 == 0 else right:
                _draw_choice(name, shown, counted)
        with left:
            _draw_typed("date", "Period", _PERIODS, shown)
        with right:
            _draw_typed("rating", "Rating", tuple(_RATINGS), shown)


def _draw_choice(name: str, shown: FormFields, counted: dict[str, Counter[Any]]) -> None:
    field = find_field(name)
    assert field is not None  # noqa: S101 - the names are ours
    counts = _counts(name, counted.get(_FACET_OF.get(name, name), Counter()))
    asked: tuple[str, ...] = getattr(shown, name)
    key = f"history_{name}"
    session.write_field(key, list(asked))
    st.multiselect(
        field.label,
        list(dict.fromkeys((*asked, *field.options, *counts))),
        key=key,
        format_func=lambda value: _option_label(name, value, counts.get(value, 0)),
        placeholder="any",
        on_change=_write_choice,
        args=(name, key, shown),
    )


def _counts(name: str, counter: Counter[Any]) -> dict[str, int]:
    if name == "project":
        names = {one.id: one.name for one in studio().library.projects(with_archived=True)}
        return {names[number]: n for number, n in counter.most_common() if number in names}
    field = find_field(name)
    can_be_missing = field is not None and field.optional
    return {
        NONE if value is None else str(value): n
        for value, n in counter.most_common()
        if value is not None or can_be_missing
    }


def _option_label(name: str, value: str, count: int) -> str:
    if value == NONE:
        words = "not set"
    else:
        words = label_of(name, value) if name in PARAMETER_NAMES else value
    return f"{words} · {count:,}" if count else words


def _write_choice(name: str, key: str, shown: FormFields) -> None:
    chosen: dict[str, Any] = {name: tuple(session.field(key))}
    _write_form(replace(shown, **chosen))


def _draw_typed(name: str, label: str, options: tuple[str, ...], shown: FormFields) -> None:
    key = f"history_{'period' if name == 'date' else name}"
    now: str = getattr(shown, name)
    session.write_field(key, now or None)
    st.selectbox(
        label,
        list(dict.fromkeys((*((now,) if now else ()), *options))),
        index=None,
        key=key,
        format_func=lambda value: _RATINGS.get(value, value.replace("-", " ")),
        placeholder="any",
        on_change=_write_typed,
        args=(name, key, shown),
    )


def _write_typed(name: str, key: str, shown: FormFields) -> None:
    typed: dict[str, Any] = {name: session.field(key) or ""}
    _write_form(replace(shown, **typed))


def _write_form(form: FormFields) -> None:
    line = line_of_form(form)
    with suppress(QuerySyntaxError):  # a wrong line is shown with what is wrong in it
        line = write_query(parse_query(line))
    session.write_line(line)


def _draw_views() -> None:
    views = st.popover("Views", icon=":material/bookmark:", key="history_views", on_change="rerun")
    if not views.open:
        return
    with views:
        _draw_saved()
        for label, key, line in (
            ("Unrated", "view_unrated", "status:completed rating:none"),
            ("Trash", "view_trash", "trashed:yes"),
        ):
            st.button(label, key=key, type="tertiary", on_click=session.write_line, args=(line,))
        name = st.text_input("Name for this view", key="view_name", max_chars=60)
        st.button(
            "Save this view", key="view_save", disabled=not name, on_click=_save, args=(name,)
        )


def _draw_saved() -> None:
    for view in studio().library.views():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                plain.as_label(view.name),
                key=f"view_{view.id}",
                type="tertiary",
                on_click=session.write_line,
                args=(view.line,),
            )
            st.button(
                "Forget",
                key=f"view_forget_{view.id}",
                type="tertiary",
                icon=":material/delete:",
                on_click=studio().library.forget_view,
                args=(view.name,),
            )


def _save(name: str) -> None:
    attempt(lambda: studio().library.save_view(name, session.line()))
