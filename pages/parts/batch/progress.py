"""One batch: its progress, the latest pictures, every row, and the actions."""

from __future__ import annotations

import streamlit as st

from core.batches.watching import Progress
from core.domain.batching import SETTLED, BatchState, LineState
from core.domain.wording import DOT, count_of
from core.errors import NotFoundError, Problem
from core.wiring import studio
from pages.parts.batch import state as batch_state
from pages.parts.batch.actions import draw_actions
from pages.parts.batch.download import draw_download
from pages.parts.batch.list import draw_state
from pages.parts.batch.notification import notify_end
from pages.parts.batch.rows import draw_rows, is_of_row
from pages.parts.generate.submit import draw_problems
from pages.parts.shared import safe_text, session
from pages.parts.shared.watching import SELDOM_SECONDS, rerun_when_changed

LOOK_EVERY_SECONDS, LOOK_AT_LARGE_SECONDS = 1.0, 3.0
LARGE = 5_000
SHOWN_PICTURES = 8


def watched_batch() -> int | None:
    """Return the batch that this tab's address names, if there is one."""
    batch_id = batch_state.watched_batch()
    if batch_id is None:
        return None
    try:
        studio().batches.load(batch_id)
    except NotFoundError as missing:
        batch_state.watch_batch(None)
        session.remember_problems((Problem(field="batch", message=missing.message),))
        return None
    return batch_id


def draw_batch(batch_id: int) -> None:
    """Draw one batch; the page updates itself and can be left and found again."""
    progress = studio().batches.progress(batch_id)
    batch = progress.batch
    with st.container(horizontal=True, vertical_alignment="center", key="batch_head"):
        st.button(
            "All batches",
            key="batch_back",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=batch_state.watch_batch,
            args=(None,),
        )
        rows = count_of(batch.line_count, "row")
        safe_text.show_text(f"{batch.plan.name}{DOT}{rows}", style="title")
    every = LOOK_AT_LARGE_SECONDS if progress.total > LARGE else LOOK_EVERY_SECONDS
    follows = _moves_by_itself(progress)
    st.fragment(_watch, run_every=every if follows else None)(batch_id, follows)
    if not follows:  # somebody may resume it elsewhere, or decide about one of its pictures
        rerun_when_changed(lambda: _state_of(batch_id), every_seconds=SELDOM_SECONDS)
    draw_download(progress)
    draw_rows(batch_id, follows=follows, every=every)


def _moves_by_itself(progress: Progress) -> bool:
    busy = {BatchState.RUNNING, BatchState.STORING}
    return progress.batch.state in busy or progress.count(LineState.RUNNING) > 0


def _state_of(batch_id: int) -> tuple[object, ...]:
    progress = studio().batches.progress(batch_id)
    return progress.batch.state, progress.counts


def _watch(batch_id: int, followed: bool) -> None:  # noqa: FBT001 - a fragment's argument
    progress = studio().batches.progress(batch_id)
    notify_end(progress)
    if _moves_by_itself(progress) != followed:
        st.rerun()
    with st.container(key="batch_progress", gap="small"):
        share = progress.count(*SETTLED) / max(progress.total, 1)
        with st.container(horizontal=True, vertical_alignment="center"):
            safe_text.show_text(progress.sentence, style="figures")
            with st.container(width="content"):
                draw_state(progress)
        st.progress(min(share, 1.0))
        if progress.batch.reason and progress.batch.state is not BatchState.DONE:
            st.info(safe_text.as_label(progress.batch.reason), icon=":material/info:")
        draw_actions(progress)
        draw_problems(tuple(one for one in session.problems() if not is_of_row(one)))
        service = studio().service
        latest = studio().batches.latest_pictures(batch_id, limit=SHOWN_PICTURES)
        pictures = [(service.thumbnail_url(one) or "", one.prompt) for one in latest]
        if pictures:
            safe_text.show_strip(pictures)
