"""The buttons that pause, resume, end and retry a batch, each shown only if it can be used."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.batches.control import RetryPlan
from core.batches.watching import Progress
from core.domain.batching import RESUMABLE, BatchState, LineState
from core.errors import Problem, StaleStateError
from core.wiring import studio
from pages.parts.batch.notification import draw_notification
from pages.parts.shared import safe_text, session
from pages.parts.shared.money import priced

_ALIVE = {BatchState.RUNNING, BatchState.PILOTED, *RESUMABLE}


def draw_actions(progress: Progress) -> None:
    """Draw the actions that a batch allows in its present state."""
    with st.container(horizontal=True, vertical_alignment="center", key="batch_actions"):
        if progress.count(LineState.HELD):
            _action(
                progress,
                "batch_commit",
                priced(
                    f"Run the other {progress.count(LineState.HELD):,}",
                    _price_of_going_on(progress, LineState.HELD),
                    at_most=True,
                ),
                ":material/play_arrow:",
                studio().batches.commit,
                is_primary=progress.batch.state is BatchState.PILOTED,
            )
        if progress.batch.state is BatchState.RUNNING and progress.count(LineState.WAITING):
            _action(progress, "batch_pause", "Pause", ":material/pause:", studio().batches.pause)
        if progress.batch.state in RESUMABLE:
            _action(
                progress,
                "batch_resume",
                priced("Resume", _price_of_going_on(progress), at_most=True),
                ":material/play_arrow:",
                studio().batches.resume,
                is_primary=True,
            )
        retry = studio().batches.plan_retry(progress.batch.id)
        _draw_retry(progress, retry)
        if progress.batch.state in _ALIVE:
            with st.popover("End", icon=":material/stop_circle:", type="tertiary", key="batch_end"):
                st.caption(
                    "Finished pictures stay. Orders already sent are paid for and still arrive."
                )
                _action(
                    progress,
                    "batch_finish",
                    "Finish current, cancel the rest",
                    ":material/done_all:",
                    studio().batches.finish_current,
                )
                _action(
                    progress,
                    "batch_cancel",
                    "Cancel everything not sent",
                    ":material/cancel:",
                    studio().batches.cancel,
                )
        draw_notification(progress)
    waits = progress.batch.state in RESUMABLE and progress.count(LineState.WAITING)
    if retry.made_anew and waits:
        st.caption("Retried rows wait with the others until the batch is resumed.")
    if retry.charged_before and retry.price_microusd:
        were = "1 of them" if retry.charged_before == 1 else f"{retry.charged_before:,} of them"
        st.caption(
            f"{were} may have been charged before and cannot be fetched: a retry pays again."
        )


def retry_words(retry: RetryPlan) -> str:
    """Return the label of the retry button: how many rows, and their price."""
    return priced(f"Retry {retry.made_anew:,} failed", retry.price_microusd, at_most=True)


def _price_of_going_on(progress: Progress, *more: LineState) -> int:
    """Return what a batch costs more at most if it goes on; while it runs, it makes what waits."""
    waiting = (LineState.WAITING,) if progress.batch.state in RESUMABLE else ()
    return studio().batches.price_of_rows(progress.batch.id, *waiting, *more)


def _draw_retry(progress: Progress, retry: RetryPlan) -> None:
    """Draw the actions for rows without a picture; a paid picture is fetched for nothing."""
    if retry.asked:
        _action(
            progress,
            "batch_check_again",
            f"Check {retry.asked:,} again · free",
            ":material/refresh:",
            studio().batches.check_again,
            hint="Fetches pictures that are paid for, or may be, and did not arrive.",
        )
    if retry.made_anew:
        _action(
            progress,
            "batch_retry_failed",
            retry_words(retry),
            ":material/replay:",
            studio().batches.retry_failed,
            hint="First fetches, free of charge, what providers may still have."
            if retry.asked
            else None,
        )


def _action(
    progress: Progress,
    key: str,
    label: str,
    icon: str,
    carry_out: Callable[[int], object],
    *,
    is_primary: bool = False,
    hint: str | None = None,
) -> None:
    st.button(
        safe_text.as_label(label),
        key=key,
        help=hint,
        icon=icon,
        type="primary" if is_primary else "secondary",
        on_click=_carry_out,
        args=(carry_out, progress.batch.id),
    )


def _carry_out(action: Callable[[int], object], batch_id: int) -> None:
    try:
        action(batch_id)
        session.remember_problems(())
    except StaleStateError as refusal:
        state = studio().batches.load(batch_id).state
        session.remember_problems(
            (Problem(field="batch", message=refusal.message),),
            stands=lambda _: studio().batches.load(batch_id).state is state,
        )
