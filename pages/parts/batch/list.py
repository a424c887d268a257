"""The batches so far, newest first, each with its progress."""

from __future__ import annotations

import streamlit as st

from core.batches.watching import Progress
from core.domain.batching import BatchState
from core.domain.wording import DOT
from core.wiring import studio
from pages.parts.batch import state as batch_state
from pages.parts.shared import safe_text
from pages.parts.shared.watching import SELDOM_SECONDS, rerun_when_changed

LISTED = 10

STATE_WORDS = {
    BatchState.STORING: "being kept",
    BatchState.RUNNING: "running",
    BatchState.PAUSED: "paused",
    BatchState.STOPPED: "stopped",
    BatchState.PILOTED: "test run done",
    BatchState.DONE: "done",
    BatchState.CANCELLED: "cancelled",
}
_COLOURS = {
    BatchState.RUNNING: "blue",
    BatchState.STOPPED: "orange",
    BatchState.PILOTED: "orange",
    BatchState.PAUSED: "orange",
}


def draw_batches() -> None:
    """Draw the list of batches with a link to each, kept up to date; nothing if there is none."""
    found = studio().batches.newest(limit=LISTED)
    rerun_when_changed(
        lambda: [_listed(one) for one in studio().batches.newest(limit=LISTED)],
        every_seconds=SELDOM_SECONDS,
    )
    if not found:
        return
    st.space("medium")
    st.markdown("##### Batches")
    with st.container(key="batch_list", gap="small"):
        for progress in found:
            batch = progress.batch
            with st.container(
                horizontal=True, vertical_alignment="center", key=f"batch_line_{batch.id}"
            ):
                st.button(
                    "Open",
                    key=f"batch_open_{batch.id}",
                    icon=":material/arrow_forward:",
                    type="tertiary",
                    on_click=batch_state.watch_batch,
                    args=(batch.id,),
                )
                with st.container(gap=None):
                    safe_text.show_text(batch.plan.name, style="line")
                    when = safe_text.local_time(batch.created_at)
                    safe_text.show_text(DOT.join((progress.sentence, when)), style="faint")
                with st.container(width="content"):
                    draw_state(progress)


def _listed(progress: Progress) -> tuple[object, ...]:
    """Return what the list says of a batch."""
    return progress.batch.id, progress.batch.state, progress.sentence


def draw_state(progress: Progress) -> None:
    """Draw the state of a batch as one word."""
    state = progress.batch.state
    st.badge(STATE_WORDS[state], color=_COLOURS.get(state, "gray"))  # type: ignore[arg-type]
