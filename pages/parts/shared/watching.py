"""Pages that wait for something look for it by themselves."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

OFTEN_SECONDS, SELDOM_SECONDS = 2.0, 5.0
"""How often a page looks for what a worker is making, and for what a person may decide."""


def rerun_when_changed(read: Callable[[], object], *, every_seconds: float) -> None:
    """Run the whole page again as soon as something else is read; draws nothing itself."""
    st.fragment(_look, run_every=every_seconds)(read, read())


def _look(read: Callable[[], object], before: object) -> None:
    if read() != before:
        st.rerun()
