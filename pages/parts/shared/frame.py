"""The frame around every page: title, styles, navigation, and the message when a page breaks."""

from __future__ import annotations

import base64
import logging
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.errors import DatabaseAwayError, DatabaseBrokenError, with_advice
from core.logs import new_reference
from core.wiring import studio
from pages.parts.shared import addresses, session
from pages.parts.shared.banner import draw_banner
from pages.parts.shared.sign_in import ask_to_sign_in

log = logging.getLogger(__name__)

_SCRIPT = "/app/static/view.js"
_OPENED = ("batch", "draft")
"""The parts of an address that open something else on the same page."""

_STYLES = Path(__file__).with_name("styles.css")
_ICON = Path(__file__).with_name("icon.png")


def open_frame() -> StreamlitPage:
    """Return the page to run, with the top navigation drawn around it.

    Its name is a heading too: on a phone the navigation is folded away, and a screen reader
    looks for one everywhere.
    """
    # an icon that holds itself: Streamlit's own address for a file ends with the session, while a
    # browser may still ask for it
    st.set_page_config(
        page_title="FIBO Command Center",
        page_icon=f"data:image/png;base64,{base64.b64encode(_ICON.read_bytes()).decode('ascii')}",
        layout="wide",
    )
    st.html(_STYLES)
    ask_to_sign_in()
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
    session.leave_if_asked()
    with st.container(key="page_name"):
        st.html(f"<h1>{page.title}</h1>")
        _open_at_top(page)
    draw_banner()
    return page


def _open_at_top(page: StreamlitPage) -> None:
    """Have the browser show the top of what this tab opens now, however far down it was before."""
    view = " ".join((page.title, *(st.query_params.get(name, "") for name in _OPENED)))
    st.html(
        f'<span class="view" data-view="{escape(view)}"></span>'
        f'<script src="{addresses.of_own_file(_SCRIPT)}"></script>',
        unsafe_allow_javascript=True,
    )


def explain_breakage(failure: BaseException) -> bool:
    """Show what is wrong with the database, or a number under which the log has the details."""
    explanation = None
    if isinstance(failure, DatabaseAwayError | DatabaseBrokenError):
        explanation = with_advice(failure)
    elif recognised := studio().health.database_failure_behind(failure):
        explanation = with_advice(recognised)
    if explanation is not None:
        st.error(explanation, icon=":material/error:")
        return True
    reference = new_reference()
    log.error("a page broke: %s", reference, exc_info=failure, extra={"reference": reference})
    st.error(
        "This page could not be drawn. Nothing you made is lost. Reload the page; if it stays "
        f"broken, give whoever runs the studio the number {reference}.",
        icon=":material/error:",
    )
    return True
