"""The ways from one picture to its neighbours among those found, and back to the wall."""

from __future__ import annotations

import streamlit as st

from core.errors import NotFoundError, Problem, QuerySyntaxError
from core.library.pages import Place
from core.library.query.parser import parse_query
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.shared import safe_text, session


def find_or_close(generation_id: int) -> Generation | None:
    """Return a picture, or return to the wall and give None if there is none."""
    try:
        generation = studio().service.see(generation_id)
    except NotFoundError:
        gone = "This link leads to no picture: it was removed for good, or the link is cut."
        history_state.open_pictures("picture")
        session.remember_problems((Problem(field="picture", message=gone),))
        st.rerun()
    return generation


def neighbours(generation: Generation) -> tuple[int | None, int | None]:
    """Return the next newer and the next older picture that the line finds."""
    place = Place(generation.created_at, generation.id)
    try:
        query = parse_query(history_state.line())
    except QuerySyntaxError:
        query = parse_query("")
    return studio().library.neighbours(query, place, zone=safe_text.viewer_zone())


def draw_walking(way: str, newer: int | None, older: int | None) -> None:
    """Draw the buttons to the wall and to the neighbours, with the arrow keys."""
    with st.container(horizontal=True, vertical_alignment="center", key="walking"):
        draw_way_back(way)
        st.button(
            "Newer",
            key="walk_newer",
            type="tertiary",
            shortcut="Left",
            disabled=newer is None,
            on_click=history_state.open_pictures,
            args=(way, newer or 0),
        )
        st.button(
            "Older",
            key="walk_older",
            type="tertiary",
            shortcut="Right",
            disabled=older is None,
            on_click=history_state.open_pictures,
            args=(way, older or 0),
        )


def draw_way_back(way: str) -> None:
    """Draw the button that leads from opened pictures back to the wall."""
    st.button(
        "All pictures",
        key="to_wall",
        icon=":material/grid_view:",
        type="tertiary",
        shortcut="Esc",
        on_click=history_state.open_pictures,
        args=(way,),
    )
