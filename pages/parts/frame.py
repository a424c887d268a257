"""The frame around every page: title, styles, navigation, and kind words when something breaks."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.parts.banner import draw_banner

_STYLES = Path(__file__).with_name("styles.css")
_ICON = Path(__file__).with_name("icon.png")


def open_frame() -> StreamlitPage:
    """Return the page to run, with the top navigation drawn around it."""
    st.set_page_config(page_title="FIBO Command Center", page_icon=_ICON, layout="wide")
    st.html(_STYLES)
    page = st.navigation(
        [
            st.Page(
                "pages/generate.py",
                title="Generate",
                icon=":material/center_focus_strong:",
                default=True,
            ),
            st.Page("pages/batch.py", title="Batch", icon=":material/stacks:"),
            st.Page("pages/history.py", title="History", icon=":material/photo_library:"),
            st.Page("pages/statistics.py", title="Statistics", icon=":material/monitoring:"),
        ],
        position="top",
    )
    draw_banner()
    return page


def explain_breakage(_failure: BaseException) -> bool:
    """Show one sentence instead of a traceback; the log has the details."""
    st.error(
        "This page could not be drawn. Nothing you made is lost; reload the page, and if it stays "
        "broken, look into the server's log.",
        icon=":material/error:",
    )
    return True
