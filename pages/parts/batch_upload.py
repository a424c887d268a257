"""Where a batch begins: a file or pasted text."""

from __future__ import annotations

import streamlit as st


def draw_upload() -> None:
    """Draw it."""
    st.subheader("Make many pictures at once", anchor=False)
