"""The search line with its form, its chips and its saved views; all write the same line."""

from __future__ import annotations

import streamlit as st

from core.errors import QuerySyntaxError
from core.library.query.ast import Hint, Query
from core.library.query.chips import chips
from core.library.query.parser import parse_query
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.history.filter_form import draw_filter_form
from pages.parts.shared import safe_text
from pages.parts.shared.undo import attempt


def draw_search_bar() -> Query | None:
    """Draw the line, the form and the chips; return the query, or None if it is malformed."""
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
        read: Query | QuerySyntaxError
        try:
            read = parse_query(history_state.line())
        except QuerySyntaxError as refusal:
            read = refusal
        query = read if isinstance(read, Query) else None
        draw_filter_form(query)
        _draw_views()
    if isinstance(read, QuerySyntaxError):
        line = history_state.line()
        at, end = read.position, read.position + read.length
        with st.container(key="history_wrong"):
            st.error(safe_text.as_label(read.message), icon=":material/error:")
            with st.container(horizontal=True, vertical_alignment="center"):
                safe_text.show_marked(line, read.position, read.length)
                if read.suggestion and end > at:
                    st.button(
                        safe_text.as_label(f"Use {read.suggestion}"),
                        key="history_mend",
                        on_click=history_state.write_line,
                        args=(line[:at] + read.suggestion + line[end:],),
                    )
    else:
        for number, hint in enumerate(read.hints):
            _draw_hint(hint, number)
        shown = chips(read)
        if shown:
            with st.container(
                horizontal=True, vertical_alignment="center", gap="small", key="chips"
            ):
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
    return query


def _draw_hint(hint: Hint, number: int) -> None:
    line = history_state.line()
    with st.container(horizontal=True, vertical_alignment="center", key=f"history_hint_{number}"):
        safe_text.show_text(hint.message, style="quiet", width="content")
        if hint.suggestion:
            end = hint.position + hint.length
            st.button(
                safe_text.as_label(f"Use {hint.suggestion}"),
                key=f"history_use_{number}",
                type="tertiary",
                on_click=history_state.write_line,
                args=(line[: hint.position] + hint.suggestion + line[end:],),
            )


def _draw_views() -> None:
    views = st.popover("Views", icon=":material/bookmark:", key="history_views", on_change="rerun")
    if not views.open:
        return
    with views:
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


def _save(name: str) -> None:
    attempt(lambda: studio().library.save_view(name, history_state.line()))
