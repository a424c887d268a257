"""The small live draft that follows the form."""

from __future__ import annotations

import streamlit as st

from core.errors import InvalidRequestError
from core.wiring import studio
from pages.parts.asking import read_form


def draw_draft() -> bool:
    """Draw the draft of what the form says and return whether there is anything to draw.

    Only the address is made here: the browser loads the draft when it is ready, so the page never
    waits for it.
    """
    try:
        request = read_form()
    except InvalidRequestError:
        return False
    with st.container(key="draft", gap="small"):
        st.image(studio().drafts.offer(request), width="stretch", alt=f"Draft: {request.prompt}")
        st.caption("Live draft · rendered stand-ins, no AI · free")
    return True
