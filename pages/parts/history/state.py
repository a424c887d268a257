"""What a browser tab remembers of the history; only this module uses these session keys."""

from __future__ import annotations

import streamlit as st

from pages.parts.shared.session import number_in

FEWEST_COMPARED, MOST_COMPARED = 2, 4
"""So many pictures are compared at a time."""

_LINE = "history_search"
_CHOSEN = "chosen"


def line() -> str:
    """Return the search line of the history."""
    text: str = st.session_state.get(_LINE) or ""
    return text


def write_line(text: str) -> None:
    """Write the search line; its results begin at the newest again."""
    st.session_state[_LINE] = text
    turn_to_newest()


def history_place() -> tuple[str, int] | None:
    """Return `before` or `after` and the id at which the page of the history begins."""
    for side in ("before", "after"):
        found = number_in(st.query_params.get(side, ""))
        if found is not None:
            return side, found
    return None


def turn_to(side: str, generation_id: int) -> None:
    """Turn the history to the page `before` or `after` a generation."""
    turn_to_newest()
    st.query_params[side] = str(generation_id)


def turn_to_newest() -> None:
    """Turn the history to its first page."""
    for side in ("before", "after"):
        st.query_params.pop(side, None)


def opened_ids(way: str) -> tuple[int, ...]:
    """Return the pictures that the history shows by `picture`, `review` or `compare`."""
    numbers = (number_in(part) for part in st.query_params.get(way, "").split(","))
    return tuple(number for number in numbers if number is not None)


def open_pictures(way: str, *ids: int) -> None:
    """Show pictures by `picture`, `review` or `compare`, or the gallery for none."""
    for other in ("picture", "review", "compare"):
        st.query_params.pop(other, None)
    if ids:
        st.query_params[way] = ",".join(str(number) for number in ids)


def is_selecting() -> bool:
    """Whether a click in the gallery selects a picture instead of opening it."""
    return bool(st.session_state.get("history_selecting"))


def chosen_ids() -> list[int]:
    """Return the selected pictures, in the order of selection."""
    ids: list[int] = st.session_state.setdefault(_CHOSEN, [])
    return ids


def choose(*ids: int) -> None:
    """Select pictures; selecting a single one again deselects it."""
    chosen = chosen_ids()
    if len(ids) == 1 and ids[0] in chosen:
        chosen.remove(ids[0])
        return
    before = frozenset(chosen)
    chosen.extend(number for number in dict.fromkeys(ids) if number not in before)


def choose_none() -> None:
    """Clear the selection."""
    chosen_ids().clear()
