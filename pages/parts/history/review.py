"""Review: one picture at a time, judged by keys; each judgement brings the next one."""

from __future__ import annotations

import streamlit as st

from core.errors import NotFoundError, Problem, QuerySyntaxError
from core.library.pages import Place
from core.library.query.parser import parse_query
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.generate.result import draw_image
from pages.parts.history import state as history_state
from pages.parts.history.rating import draw_judging
from pages.parts.shared import safe_text, session
from pages.parts.shared.watching import watch_picture


def draw_review(generation_id: int) -> None:
    """Draw one picture large with its judgement; every judgement brings the next older one."""
    generation = find_or_close(generation_id)
    if generation is None:
        return
    newer, older = neighbours(generation)

    def go_on() -> None:
        if older is None:
            history_state.open_pictures("review")
            session.remember_action("That was the last one.")
        else:
            history_state.open_pictures("review", older)

    watch_picture(generation)
    draw_walking("review", newer, older)
    with st.container(key="hero_review", gap="small"):
        if generation.image_sha256 is not None:
            draw_image(generation)
        else:
            safe_text.show_text(safe_text.state_words(generation), style="blank")
    safe_text.show_text(generation.prompt, style="line")
    with st.container(horizontal=True, vertical_alignment="center", gap="large", key="review_keys"):
        draw_judging(generation, then=go_on)


def find_or_close(generation_id: int) -> Generation | None:
    """Return a picture, or return to the gallery and give None if there is none."""
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
    """Draw the buttons to the gallery and to the neighbours, with the arrow keys."""
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
    """Draw the button that leads from opened pictures back to the gallery."""
    st.button(
        "All pictures",
        key="to_wall",
        icon=":material/grid_view:",
        type="tertiary",
        shortcut="Esc",
        on_click=history_state.open_pictures,
        args=(way,),
    )
