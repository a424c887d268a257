"""Notifications that a batch has ended: in the page, and on the desktop if asked for."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.batches.watching import Progress
from core.domain.batching import BatchState
from core.domain.wording import DOT
from pages.parts.batch import state as batch_state
from pages.parts.batch.list import STATE_WORDS
from pages.parts.shared import addresses, safe_text

_SCRIPT = "/app/static/notification.js"
"""A file of ours, since inline scripts are refused by the page's security policy."""


def notify_end(progress: Progress) -> None:
    """Show a toast once when a batch stops running, in a tab that has seen it run."""
    state = progress.batch.state
    before = batch_state.note_batch_state(progress.batch.id, state)
    if before == BatchState.RUNNING and state is not BatchState.RUNNING:
        st.toast(safe_text.as_label(_words(progress)), icon=":material/stacks:", duration="long")


def draw_notification(progress: Progress) -> None:
    """Draw the button that asks for a desktop notification, and send it when the batch ends.

    The browser asks for permission only after a click; where it has no notifications, there is no
    button.
    """
    is_running = progress.batch.state is BatchState.RUNNING
    state, words = ("running", "") if is_running else ("over", _words(progress))
    st.html(
        f'<span class="notification" data-batch="{progress.batch.id}" data-state="{state}" '
        f'data-words="{escape(words)}"><button type="button" hidden></button></span>'
        f'<script src="{addresses.of_own_file(_SCRIPT)}"></script>',
        width="content",
        unsafe_allow_javascript=True,
    )


def _words(progress: Progress) -> str:
    state = STATE_WORDS[progress.batch.state]
    return f"{progress.batch.plan.name}: {state}{DOT}{progress.sentence}"
