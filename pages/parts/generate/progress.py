"""The progress of a picture, or why there is none."""

from __future__ import annotations

import streamlit as st

from core.domain.states import State
from core.domain.wording import DOT
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.shared import safe_text
from pages.parts.shared.money import draw_end_without_picture
from pages.parts.shared.watching import watch_picture

LOOK_EVERY_SECONDS = 0.5


def draw_progress(generation: Generation) -> None:
    """Draw the progress until the picture is there, or why there is none.

    A picture that is not coming may still be fetched or sent again, in this window or another.
    """
    if not generation.is_waiting:
        draw_end_without_picture(generation, retry="Press Generate to try again.")
        watch_picture(generation)
        return
    st.fragment(_watch, run_every=LOOK_EVERY_SECONDS)(generation.id)


def _watch(generation_id: int) -> None:
    generation = studio().service.see(generation_id)
    if not generation.is_waiting:
        st.rerun()
    seconds = (studio().clock.now() - generation.created_at).total_seconds()
    ahead = studio().service.count_unfinished() - 1
    parts = [safe_text.state_words(generation), f"{seconds:.0f} s"]
    if generation.state is State.QUEUED and ahead > 0:
        parts.append(f"{ahead} ahead")
    with st.container(key="progress"):
        st.skeleton(height=420)
        safe_text.show_text(DOT.join(parts), style="quiet")
        if generation.error_message:
            safe_text.show_text(generation.error_message, style="quiet")
        st.caption(_what_becomes_of(generation))


def _what_becomes_of(generation: Generation) -> str:
    """Return what happens to the request if the page is left; the banner says why it waits."""
    report = studio().health.report()
    if report.problems:
        return "No picture is being made right now; your request is kept."
    waits_for_a_person = bool(report.notices) or (
        studio().service.is_paid(generation.engine)
        and any(outage.until is None for outage in studio().rate_limiter.outages())
    )
    if waits_for_a_person:
        return "Your request is kept."
    return "You can leave this page: the picture will be in History."
