"""What a browser tab remembers of the history; only this module uses these session keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import streamlit as st

from core.library.pages import Place
from pages.parts.shared.session import number_in

FEWEST_COMPARED, MOST_COMPARED = 2, 4
"""So many pictures are compared at a time."""

WALL = "wall"
"""The key of the component that shows the pictures."""

WAYS = ("picture", "review", "compare", "detail")
"""How one picture, or a few, can be opened; each is a name in the address."""

_LINE = "history_search"
_CHOSEN = "chosen"
_REACH = "reach"
_DONE = "acts_done"
_UNDO = "undo_judgements"
_MOST_UNDONE = 100
_OLD_WAYS = {"review": "cull"}


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of the history is on the wall: pages above and below a place, None for the top."""

    line: str
    begins: tuple[str, int] | None
    place: Place | None
    newer: int
    older: int


class Done(NamedTuple):
    """Up to which number the acts of a wall, told by its client, are carried out."""

    client: str
    number: int


class Undo(NamedTuple):
    """How a judgement is taken back, and the picture it was of."""

    generation_id: int
    take_back: Callable[[], object]


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
    """Return the pictures that the history shows in one of WAYS; 0 is what no picture can be."""
    text = st.query_params.get(way) or st.query_params.get(_OLD_WAYS.get(way, ""), "")
    return tuple(number_in(part) or 0 for part in text.split(",") if part)


def open_pictures(way: str, *ids: int) -> None:
    """Show pictures of the history in one of WAYS, or the wall for none."""
    for other in (*WAYS, *_OLD_WAYS.values()):
        st.query_params.pop(other, None)
    if ids:
        st.query_params[way] = ",".join(str(number) for number in ids)


def viewed() -> tuple[str, int] | None:
    """Return picture or review, and the picture that the viewer shows; None while it is closed."""
    for way in ("picture", "review"):
        if ids := opened_ids(way):
            return way, ids[0]
    return None


def reach() -> Reach:
    """Return how much of the history is on the wall; another line begins anew."""
    kept: Reach | None = st.session_state.get(_REACH)
    here = (line(), history_place())
    if kept is None or (kept.line, kept.begins) != here:
        kept = st.session_state[_REACH] = Reach(*here, place=None, newer=0, older=1)
    return kept


def move_reach(place: Place | None, *, newer: int = 0) -> Reach:
    """Put the wall at a place, with so many pages above it, and return how much it shows now."""
    moved: Reach = replace(reach(), place=place, newer=newer, older=1)
    st.session_state[_REACH] = moved
    return moved


def widen_reach(side: str) -> None:
    """Put one more page, `newer` or `older`, on the wall."""
    now = reach()
    is_newer = side == "newer"
    wider = replace(now, newer=now.newer + is_newer, older=now.older + (not is_newer))
    st.session_state[_REACH] = wider


def done() -> Done | None:
    """Return up to where the acts of the wall are carried out."""
    kept: Done | None = st.session_state.get(_DONE)
    return kept


def note_done(client: str, number: int) -> None:
    """Remember that the acts of a wall are carried out up to a number."""
    st.session_state[_DONE] = Done(client, number)


def sent_acts() -> Any:  # noqa: ANN401 - whatever a browser sends
    """Return what the wall has just sent, or None."""
    value = st.session_state.get(WALL)
    return None if value is None else value.get("acts")


def remember_undo(generation_id: int, take_back: Callable[[], object]) -> None:
    """Remember how the last judgement is taken back, after those before it."""
    kept: list[Undo] = st.session_state.setdefault(_UNDO, [])
    kept.append(Undo(generation_id, take_back))
    del kept[:-_MOST_UNDONE]


def next_undo() -> Undo | None:
    """Return the judgement to take back next, and forget it."""
    kept: list[Undo] = st.session_state.get(_UNDO, [])
    return kept.pop() if kept else None


def replace_chosen(ids: list[int]) -> None:
    """Choose these pictures and no others."""
    st.session_state[_CHOSEN] = list(dict.fromkeys(ids))


def chosen_ids() -> list[int]:
    """Return the selected pictures, in the order of selection."""
    ids: list[int] = st.session_state.setdefault(_CHOSEN, [])
    return ids


def choose(*ids: int) -> None:
    """Choose pictures besides those that are chosen."""
    replace_chosen([*chosen_ids(), *ids])


def choose_none() -> None:
    """Clear the selection."""
    chosen_ids().clear()
