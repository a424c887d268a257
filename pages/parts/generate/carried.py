"""What the form requests besides its fields, in one line that can be removed."""

from __future__ import annotations

import streamlit as st

from core.domain.request import DRAFT_EDGE
from pages.parts.generate import state as generate_state
from pages.parts.generate.state import Carried
from pages.parts.shared import safe_text, session


def draw_carried() -> None:
    """Draw whose scene is carried, what is to be changed in it, and a size that is not the usual.

    The line says so where the prompt was changed, because a scene is drawn instead of the words.
    """
    carried = generate_state.carried()
    if carried is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="carried"):
        safe_text.show_text(_words(carried), style="quiet")
        st.button(
            "Remove",
            icon=":material/close:",
            type="tertiary",
            key="drop_carried",
            on_click=generate_state.drop_carried,
        )


def _words(carried: Carried) -> str:
    size = f"at draft size, {DRAFT_EDGE} px" if "resolution" in carried.fields else ""
    if "structured_prompt" not in carried.fields:
        return size.capitalize()
    source = f"picture {carried.picture}" if carried.picture else "the PNG"
    instruction = carried.fields.get("instruction")
    change = f"changed by \u201c{instruction}\u201d" if instruction else ""
    words = ", ".join(filter(None, (f"With the scene of {source}", change, size)))
    if session.field("prompt") == carried.prompt:
        return words
    return (
        f"{words}. The picture follows the scene, not the new prompt; remove it to use the prompt."
    )
