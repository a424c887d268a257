"""What a browser tab remembers on every page; only this module uses these session keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from core.batches.quote import Quote
from core.errors import Problem

CHANGED_JUST_NOW = "The form changed just now. Check it and press again."
"""For a press that arrived together with a change whose price nobody has seen."""

Stands = Callable[[Problem], bool]
"""Whether the cause of a problem is still there."""

_PROBLEMS = "problems"
_PAGE, _VISIT = "page", "visit"
_QUOTE = "quote"
_ACTION = "action"
_LEAVING = "leaving"
_LARGEST_NUMBER = 2**63 - 1  # that a database can look for

_OPENED = ("shown", "picture", "review", "compare", "detail", "batch", "draft")
"""The parts of an address that name what is open."""


class Action(NamedTuple):
    """The last action: how to undo it, and the batch in which it continues."""

    words: str
    undo: Callable[[], object] | None
    batch_id: int | None


def remembered_quote(cache_key: object, ask: Callable[[], Quote]) -> Quote:
    """Return the quote for a cache key; it is read once, since it reads many rows."""
    kept = st.session_state.get(_QUOTE)
    if kept is None or kept[0] != cache_key:
        kept = st.session_state[_QUOTE] = (cache_key, ask())
    quote: Quote = kept[1]
    return quote


def enter_page(name: str) -> None:
    """Note which page this tab shows; what was said on another one is no longer true here."""
    if st.session_state.get(_PAGE) != name:
        st.session_state[_PAGE] = name
        st.session_state[_VISIT] = st.session_state.get(_VISIT, 0) + 1


def place() -> tuple[object, ...]:
    """Return where this tab is: the visit of a page, and what its address has opened there."""
    opened = (st.query_params.get(name, "") for name in _OPENED)
    return (st.session_state.get(_VISIT, 0), *opened)


def remember_problems(problems: tuple[Problem, ...], *, stands: Stands | None = None) -> None:
    """Store what the last try was refused for.

    It is forgotten with the next try, where the place is left, and where it no longer `stands`.
    """
    st.session_state[_PROBLEMS] = (problems, place(), stands)


def problems() -> tuple[Problem, ...]:
    """Return what the last try was refused for, as far as its cause is still there."""
    found, said_at, stands = st.session_state.get(_PROBLEMS, ((), None, None))
    if said_at != place():
        return ()
    return tuple(one for one in found if stands is None or stands(one))


def leave_for(page: str, **query: str) -> None:
    """Remember the page to show next; what is drawn by itself cannot turn to it."""
    st.session_state[_LEAVING] = (page, query)


def is_leaving() -> bool:
    """Return whether another page is to be shown next."""
    return _LEAVING in st.session_state


def leave_if_asked() -> None:
    """Turn to the page that `leave_for` has named, once."""
    if is_leaving():
        page, query = st.session_state.pop(_LEAVING)
        st.switch_page(page, query_params=query)


def remember_action(
    words: str, undo: Callable[[], object] | None = None, *, batch_id: int | None = None
) -> None:
    """Remember the last action: its words, how to undo it, and the batch to watch."""
    st.session_state[_ACTION] = Action(words, undo, batch_id)


def last_action() -> Action | None:
    """Return the last action, or None."""
    action: Action | None = st.session_state.get(_ACTION)
    return action


def forget_action() -> None:
    """Forget the last action."""
    st.session_state.pop(_ACTION, None)


def field(key: str) -> Any:  # noqa: ANN401 - the value of any widget
    """Return a widget's value, or None if it is not on the page."""
    return st.session_state.get(key)


def write_field(key: str, value: Any) -> None:  # noqa: ANN401 - likewise
    """Set the value of a widget that is not drawn yet in this run."""
    st.session_state[key] = value


def number_in(text: str) -> int | None:
    """Return the number in a part of an address, or None if it is not one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        return None
    number = int(text)
    return number if number <= _LARGEST_NUMBER else None
