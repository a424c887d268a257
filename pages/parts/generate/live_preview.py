"""The small live preview that follows the form."""

from __future__ import annotations

import streamlit as st

from core.errors import InvalidRequestError
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.generate import state as generate_state
from pages.parts.generate.submit import is_same_shot, read_form
from pages.parts.shared import addresses


def draw_live_preview(*, beside: Generation | None = None) -> None:
    """Draw the draft of what the form says, unless the picture `beside` it shows just that.

    Only the address is made here: the browser loads the draft when it is ready, so the page never
    waits for it.
    """
    try:
        request = read_form()
    except InvalidRequestError:
        return
    if beside and is_same_shot(request, beside):
        return
    place = "draft_beside" if beside else "draft_alone"
    with st.container(key=place, horizontal=bool(beside), vertical_alignment="bottom"):
        st.image(
            addresses.for_image(
                studio().live_previews.offer(
                    request,
                    seed=generate_state.next_seed() if request.seed is None else request.seed,
                )
            ),
            width=168 if beside else "stretch",
            alt=f"Draft: {request.prompt}",
        )
        st.caption("Live draft · rendered stand-ins, no AI · free")
