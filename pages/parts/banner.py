"""What every page says while the provider makes everybody wait."""

from __future__ import annotations

import streamlit as st

from core.wiring import studio
from pages.parts import plain

LOOK_EVERY_SECONDS = 10.0


def draw_banner() -> None:
    """Draw why the queue is paused, how many wait, and when the next try is, and keep it fresh."""
    if len(studio().desk.engine_names) > 1:
        st.fragment(_draw_troubles, run_every=LOOK_EVERY_SECONDS)()


def _draw_troubles() -> None:
    troubles = studio().pace.troubles()
    if not troubles:
        return
    parts = [troubles[0].reason.removesuffix("."), f"{studio().desk.count_unfinished()} waiting"]
    until = troubles[0].until
    parts.append(f"next try {plain.local_clock(until)}" if until else "waits for you")
    with st.container(key="banner", horizontal=True, vertical_alignment="center"):
        st.warning(plain.DOT.join(parts), icon=":material/pause_circle:")
        st.button("Try now", key="banner_resume", on_click=studio().pace.resume)
