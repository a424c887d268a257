"""The pictures found: the wall with its viewer, and what can be done with those chosen."""

from __future__ import annotations

import streamlit as st

from core.library.query.ast import Query, with_longer_words, write_query
from core.wiring import studio
from pages.components.picture_library import draw_library
from pages.parts.history import state as history_state
from pages.parts.history.acts import carry_out_acts
from pages.parts.history.bulk_actions import draw_dock, draw_over_wall
from pages.parts.history.found import Found, find_pictures
from pages.parts.history.search_bar import draw_search_bar
from pages.parts.history.wall_data import details_of, tile_data
from pages.parts.shared import safe_text, session
from pages.parts.shared.projects import draw_projects
from pages.parts.shared.watching import OFTEN_SECONDS, SELDOM_SECONDS

ROW_PIXELS = {"S": 120, "M": 200, "L": 320}
"""About how high a row of the wall is."""


def draw_wall() -> None:
    """Draw the search line and the pictures it finds, or what to do when there is nothing.

    What follows the search line is drawn again by itself when somebody judges, chooses or walks,
    and by itself while a picture of it is being made or the opened one has none.
    """
    query = draw_search_bar()
    if query is None:
        return
    found = find_pictures(query)
    if not found.tiles and not history_state.line():
        draw_projects()
        with st.container(key="welcome"):
            st.subheader("Nothing here yet", anchor=False)
            st.caption("Every picture you make appears here, newest first.")
            if st.button("Make the first one", type="primary", icon=":material/bolt:"):
                st.switch_page("pages/generate.py")
        return
    every = _look_every_seconds(found)
    st.fragment(_draw_found, run_every=every)(query, [found], every)


def _look_every_seconds(found: Found) -> float | None:
    if found.is_moving:
        return OFTEN_SECONDS
    opened = history_state.viewed()
    opened_id = None if opened is None else opened[1]
    is_without = any(one.id == opened_id and one.image_sha256 is None for one in found.tiles)
    return SELDOM_SECONDS if is_without else None


def _draw_found(query: Query, first: list[Found], every: float | None) -> None:
    # the first time it draws what the page has just found, and from then on it looks again
    found = first.pop() if first else find_pictures(query)
    draw_over_wall(query, found)
    if not found.tiles:
        st.caption("No pictures match. Take a filter off, or clear them all.")
        _draw_longer_words(query)
    draw_library(_data(query, found), key=history_state.WALL, on_acts=carry_out_acts)
    draw_dock(query, [tile.id for tile in found.tiles])
    is_elsewhere = any(history_state.opened_ids(way) for way in ("compare", "detail"))
    if session.is_leaving() or is_elsewhere or _look_every_seconds(found) != every:
        st.rerun()


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


def _data(query: Query, found: Found) -> dict[str, object]:
    today = safe_text.local_day(studio().clock.now())
    opened, done = history_state.viewed(), history_state.done()
    problems = session.problems()
    return {
        "tiles": [tile_data(tile, query, today) for tile in found.tiles],
        "hasNewer": found.has_newer,
        "hasOlder": found.has_older,
        "isFull": found.is_full,
        "first": found.first,
        "total": found.total,
        "height": ROW_PIXELS[session.field("history_size") or "M"],
        "chosen": [str(number) for number in history_state.chosen_ids()],
        "opened": None if opened is None else {"way": opened[0], "id": str(opened[1])},
        "details": None if opened is None else details_of(opened[1]),
        "done": None if done is None else done._asdict(),
        "problem": problems[0].message if problems else None,
    }
