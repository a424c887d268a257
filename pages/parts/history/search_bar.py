"""The search line with its form, its chips and its saved views; all write the same line."""

from __future__ import annotations

import streamlit as st

from core.errors import QuerySyntaxError
from core.library.query.ast import Query
from core.library.query.chips import chips
from core.library.query.parser import parse_query
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.history.filter_form import draw_filter_form
from pages.parts.shared import safe_text
from pages.parts.shared.undo import attempt


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
            on_change=history_state.turn_to_newest,
        )
        read = _read(history_state.line())
        query = read if isinstance(read, Query) else None
        draw_filter_form(query)
        _draw_views()
    if isinstance(read, QuerySyntaxError):
        _draw_refusal(history_state.line(), read)
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
        st.error(safe_text.as_label(refusal.message), icon=":material/error:")
        with st.container(horizontal=True, vertical_alignment="center"):
            safe_text.show_marked(line, refusal.position, refusal.length)
            if refusal.suggestion and end > at:
                st.button(
                    safe_text.as_label(f"Use {refusal.suggestion}"),
                    key="history_mend",
                    on_click=history_state.write_line,
                    args=(line[:at] + refusal.suggestion + line[end:],),
                )


def _draw_chips(query: Query) -> None:
    shown = chips(query)
    if not shown:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="chips"):
        for number, chip in enumerate(shown):
            st.button(
                safe_text.as_label(chip.label),
                key=f"chip_{number}",
                icon=":material/close:",
                icon_position="right",
                help="Take this filter off",
                on_click=history_state.write_line,
                args=(chip.line,),
            )
        st.button(
            "Clear",
            key="chips_clear",
            type="tertiary",
            on_click=history_state.write_line,
            args=("",),
        )


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
            st.button(
                label, key=key, type="tertiary", on_click=history_state.write_line, args=(line,)
            )
        name = st.text_input("Name for this view", key="view_name", max_chars=60)
        st.button(
            "Save this view", key="view_save", disabled=not name, on_click=_save, args=(name,)
        )


def _draw_saved() -> None:
    for view in studio().library.views():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                safe_text.as_label(view.name),
                key=f"view_{view.id}",
                type="tertiary",
                on_click=history_state.write_line,
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
    attempt(lambda: studio().library.save_view(name, history_state.line()))
