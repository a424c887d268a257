"""The last action in one line with its undo, and running an action that may be refused."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import InvalidRequestError, Problem, StudioError, with_advice
from pages.parts.shared import safe_text, session


def draw_last_action() -> None:
    """Draw the last action with its undo, and what was refused."""
    for problem in session.problems():
        st.error(safe_text.as_label(problem.message), icon=":material/error:")
    action = session.last_action()
    if action is None:
        return
    with st.container(key="action", horizontal=True, vertical_alignment="center"):
        st.caption(safe_text.as_label(action.words))
        if action.undo is not None:
            st.button(
                "Undo", key="undo", icon=":material/undo:", on_click=_undo, args=(action.undo,)
            )
        if action.batch_id is not None:
            st.button(
                "Watch",
                key="action_watch",
                icon=":material/visibility:",
                on_click=_watch,
                args=(action.batch_id,),
            )
        st.button("Close", key="action_close", type="tertiary", on_click=session.forget_action)


def attempt(action: Callable[[], object]) -> bool:
    """Carry out an action and return whether it succeeded; errors are shown on the page."""
    try:
        action()
    except InvalidRequestError as refusal:
        session.remember_problems(refusal.problems)
        return False
    except StudioError as refusal:
        session.remember_problems((Problem(field="action", message=with_advice(refusal)),))
        return False
    session.remember_problems(())
    return True


def _watch(batch_id: int) -> None:
    session.forget_action()
    session.leave_for("pages/batch.py", batch=str(batch_id))


def _undo(undo: Callable[[], object]) -> None:
    session.forget_action()
    attempt(undo)
