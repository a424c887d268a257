"""Pages that wait for something look for it by themselves."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.records.generations import Generation
from core.wiring import studio

OFTEN_SECONDS, SELDOM_SECONDS = 2.0, 5.0
"""How often a page looks for what a worker is making, and for what a person may decide."""


def rerun_when_changed(read: Callable[[], object], *, every_seconds: float) -> None:
    """Run the whole page again as soon as something else is read; draws nothing itself."""
    st.fragment(_look, run_every=every_seconds)(read, read())


def watch_picture(generation: Generation) -> None:
    """Run the whole page again once a picture without an image has moved on."""
    if generation.image_sha256 is None:
        rerun_when_changed(
            lambda: studio().service.see(generation.id).state,
            every_seconds=OFTEN_SECONDS if generation.is_waiting else SELDOM_SECONDS,
        )


def _look(read: Callable[[], object], before: object) -> None:
    if read() != before:
        st.rerun()
