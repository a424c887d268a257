"""The wall of thumbnails with a detail view behind each."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core.errors import NotFoundError
from core.records.generations import Generation
from core.wiring import studio
from pages.parts import plain, session
from pages.parts.money import draw_end_without_picture
from pages.parts.picture import draw_picture, draw_recipe

PAGE_SIZE = 24
LOOK_EVERY_SECONDS = 2.0


def draw_gallery() -> None:
    """Draw one page of pictures, or what to do when there is none."""
    places = session.history_places()
    found = studio().desk.newest(limit=PAGE_SIZE + 1, before=_place(places))
    if not found and not places:
        _draw_empty()
        return
    is_growing = any(generation.is_waiting for generation in found)
    st.fragment(_draw_wall, run_every=LOOK_EVERY_SECONDS if is_growing else None)()


def _draw_wall() -> None:
    places = session.history_places()
    found = studio().desk.newest(limit=PAGE_SIZE + 1, before=_place(places))
    page = found[:PAGE_SIZE]
    grid = st.grid("auto", min_column_width=156, gap="medium", key="wall")
    for generation in page:
        with grid.cell():
            _draw_card(generation)
    _draw_turning(places, page, has_older=len(found) > PAGE_SIZE)


def _place(places: list[int]) -> tuple[datetime, int] | None:
    if not places:
        return None
    try:
        last = studio().desk.see(places[-1])
    except NotFoundError:
        places.clear()
        return None
    return last.created_at, last.id


def _draw_card(generation: Generation) -> None:
    label = studio().desk.engine_label(generation.engine)
    caption = plain.DOT.join((label, plain.local_time(generation.created_at)))
    thumbnail = studio().desk.thumbnail_url(generation)
    with st.container(key=f"card_{generation.id}"):
        if thumbnail is None:
            plain.show_blank_card(plain.state_words(generation), generation.prompt, caption)
        else:
            plain.show_card(thumbnail, generation.prompt, caption)
        if st.button("Open", key=f"open_{generation.id}", type="tertiary"):
            _draw_details(generation.id)


@st.dialog("Picture", width="large")
def _draw_details(generation_id: int) -> None:
    generation = studio().desk.see(generation_id)
    picture, facts = st.columns([0.64, 0.36], gap="large")
    with picture:
        draw_picture(generation, go_to_form=True)
    with facts:
        plain.show_text(generation.prompt)
        plain.show_text(plain.chosen(generation), style="quiet")
        plain.show_text(plain.local_time(generation.created_at), style="quiet")
        if generation.image_sha256 is None and not generation.is_waiting:
            draw_end_without_picture(generation)
        draw_recipe(generation)


def _draw_turning(places: list[int], page: list[Generation], *, has_older: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="history_page"):
        st.button(
            "Newer",
            key="history_newer",
            icon=":material/arrow_back:",
            disabled=not places,
            on_click=session.turn_to_newer,
        )
        st.button(
            "Older",
            key="history_older",
            icon=":material/arrow_forward:",
            disabled=not has_older,
            on_click=session.turn_to_older,
            args=(page[-1].id,),
        )
        st.caption(f"Page {len(places) + 1} · {len(page)} shown")


def _draw_empty() -> None:
    with st.container(key="welcome"):
        st.subheader("Nothing here yet", anchor=False)
        st.caption("Every picture you make appears here, newest first.")
        if st.button("Make the first one", type="primary", icon=":material/bolt:"):
            st.switch_page("pages/generate.py")
