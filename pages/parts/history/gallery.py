"""The gallery of thumbnails: days as headings, stable pages, a click opens or selects."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from core.domain.engines import traits_of
from core.errors import NotFoundError
from core.library.library import Page
from core.library.pages import Place
from core.library.query.ast import Query, with_longer_words, write_query
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.history.bulk_actions import draw_selection
from pages.parts.history.search_bar import draw_search_bar
from pages.parts.shared import safe_text, session
from pages.parts.shared.projects import draw_projects

SIZES = {"S": (60, 104), "M": (24, 168), "L": (12, 300)}
"""Pictures a page, and the least pixels across for each."""

LOOK_EVERY_SECONDS = 2.0


def draw_gallery() -> None:
    """Draw the search line and one page of its results, or what to do if there are none."""
    query = draw_search_bar()
    if query is None:
        return
    page = _find(query)
    if not page.tiles and not history_state.line():
        draw_projects()
        with st.container(key="welcome"):
            st.subheader("Nothing here yet", anchor=False)
            st.caption("Every picture you make appears here, newest first.")
            if st.button("Make the first one", type="primary", icon=":material/bolt:"):
                st.switch_page("pages/generate.py")
        return
    count = studio().library.count(query, zone=safe_text.viewer_zone())
    found = f"{count.number:,}{'+' if count.is_capped else ''}"
    shown = f"{len(page.tiles)} of {found} shown"
    draw_selection(query, [tile.id for tile in page.tiles], shown)
    if _is_moving(page):
        st.fragment(_watch_wall, run_every=LOOK_EVERY_SECONDS)(query, [page])
    else:
        _draw_wall(query, page)


def _find(query: Query) -> Page:
    place: Place | None = None
    begins = history_state.history_place()
    if begins is not None:
        try:
            generation = studio().service.see(begins[1])
            place = Place(generation.created_at, generation.id)
        except NotFoundError:
            history_state.turn_to_newest()
    size, _ = SIZES[session.field("history_size") or "M"]
    is_before = begins is not None and begins[0] == "before"
    return studio().library.find(
        query,
        limit=size,
        before=place if is_before else None,
        after=None if is_before else place,
        zone=safe_text.viewer_zone(),
    )


def _is_moving(page: Page) -> bool:
    return any(tile.is_waiting for tile in page.tiles)


def _watch_wall(query: Query, found: list[Page]) -> None:
    # the first run draws what the page has just found; later runs query again
    page = found.pop() if found else _find(query)
    is_clicked = _draw_wall(query, page)
    if is_clicked or not _is_moving(page):
        st.rerun()  # a click may open a picture; once all are finished, the fragment stops updating


def _draw_longer_words(query: Query) -> None:
    """Offer what is found by longer words, such as "kettle" for "kettl", if it is anything."""
    longer = with_longer_words(query)
    if longer is None:
        return
    count = studio().library.count(longer, zone=safe_text.viewer_zone())
    if count.number:
        line = write_query(longer)
        found = f"{count.number:,}{'+' if count.is_capped else ''}"
        st.button(
            safe_text.as_label(f"Search {line} ({found})"),
            key="history_longer",
            icon=":material/search:",
            on_click=history_state.write_line,
            args=(line,),
        )


def _draw_wall(query: Query, page: Page) -> bool:
    """Draw the pictures and return whether one was clicked."""
    if not page.tiles:
        st.caption("No pictures match. Take a filter off, or clear them all.")
        _draw_longer_words(query)
        _draw_turning(page)
        return False
    _, pixels = SIZES[session.field("history_size") or "M"]
    today = safe_text.local_day(studio().clock.now())
    chosen = frozenset(history_state.chosen_ids())
    is_clicked = False
    for day, tiles in groupby(page.tiles, key=lambda tile: safe_text.local_day(tile.created_at)):
        safe_text.show_text(safe_text.day_words(day, today), style="day")
        grid = st.grid("auto", min_column_width=pixels, gap="small", key=f"wall_{day}")
        for tile in tiles:
            with grid.cell(), st.container(key=f"card_{tile.id}", gap=None):
                url = studio().library.thumbnail_url(tile)
                marks = [] if tile.image_sha256 else [safe_text.tile_words(tile)]
                if tile.rating:
                    marks.append(f"★ {tile.rating}")
                if tile.verdict:
                    marks.append(tile.verdict)
                if traits_of(tile.engine).family == "preview":
                    marks.append("preview")
                safe_text.show_tile(url, tile.prompt, marks, is_chosen=tile.id in chosen)
                is_clicked |= st.button(
                    "Choose" if history_state.is_selecting() else "Open",
                    key=f"open_{tile.id}",
                    type="tertiary",
                    on_click=_click,
                    args=(tile.id,),
                )
    _draw_turning(page)
    return is_clicked


def _click(generation_id: int) -> None:
    if history_state.is_selecting():
        history_state.choose(generation_id)
    else:
        history_state.open_pictures("picture", generation_id)


def _draw_turning(page: Page) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="history_page"):
        st.button(
            "Newer",
            key="history_newer",
            icon=":material/arrow_back:",
            disabled=not page.has_newer,
            on_click=_turn,
            args=("after", page, 0),
        )
        st.button(
            "Older",
            key="history_older",
            icon=":material/arrow_forward:",
            disabled=not page.has_older,
            on_click=_turn,
            args=("before", page, -1),
        )


def _turn(side: str, page: Page, end: int) -> None:
    if not page.tiles:
        history_state.turn_to_newest()
        return
    history_state.turn_to(side, page.tiles[end].id)
