"""The buttons that pause, resume, end and mend a batch; each shows only where it can be used."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.batches.watching import Progress
from core.domain.batching import BatchState, LineState
from core.errors import Problem, StaleStateError
from core.wiring import studio
from pages.parts import session
from pages.parts.batch_telling import draw_telling

_RESUMABLE = {BatchState.PAUSED, BatchState.STOPPED}
_ALIVE = {BatchState.RUNNING, BatchState.PILOTED, *_RESUMABLE}


def draw_verbs(told: Progress) -> None:
    """Draw what can be done with a batch as it stands."""
    with st.container(horizontal=True, vertical_alignment="center", key="batch_verbs"):
        if told.count(LineState.HELD):
            _verb(
                told,
                "batch_commit",
                f"Run the other {told.count(LineState.HELD):,}",
                ":material/play_arrow:",
                studio().batches.commit,
                is_primary=told.batch.state is BatchState.PILOTED,
            )
        if told.batch.state is BatchState.RUNNING and told.count(LineState.WAITING):
            _verb(told, "batch_pause", "Pause", ":material/pause:", studio().batches.pause)
        if told.batch.state in _RESUMABLE:
            _verb(
                told,
                "batch_resume",
                "Resume",
                ":material/play_arrow:",
                studio().batches.resume,
                is_primary=True,
            )
        if told.count(LineState.FAILED):
            _verb(
                told,
                "batch_retry_failed",
                f"Retry {told.count(LineState.FAILED):,} failed",
                ":material/replay:",
                studio().batches.retry_failed,
            )
        if told.batch.state in _ALIVE:
            _draw_ends(told)
        draw_telling(told)


def _draw_ends(told: Progress) -> None:
    with st.popover("End", icon=":material/stop_circle:", type="tertiary", key="batch_end"):
        st.caption("Pictures that are made stay. What was sent to Bria is paid and will be kept.")
        _verb(
            told,
            "batch_finish",
            "Finish current, cancel the rest",
            ":material/done_all:",
            studio().batches.finish_current,
        )
        _verb(
            told,
            "batch_cancel",
            "Cancel everything not sent",
            ":material/cancel:",
            studio().batches.cancel,
        )


def _verb(
    told: Progress,
    key: str,
    label: str,
    icon: str,
    carry_out: Callable[[int], object],
    *,
    is_primary: bool = False,
) -> None:
    st.button(
        label,
        key=key,
        icon=icon,
        type="primary" if is_primary else "secondary",
        on_click=_carry_out,
        args=(carry_out, told.batch.id),
    )


def _carry_out(verb: Callable[[int], object], batch_id: int) -> None:
    try:
        verb(batch_id)
        session.remember_problems(())
    except StaleStateError as refusal:
        session.remember_problems((Problem(field="batch", message=refusal.message),))
