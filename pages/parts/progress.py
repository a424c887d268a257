"""What the stage shows before there is a picture: a welcome, or how far it has come."""

from __future__ import annotations

import streamlit as st

from core.domain.states import State
from core.records.generations import Generation
from core.wiring import studio
from pages.parts import plain, session

LOOK_EVERY_SECONDS = 0.5

_SAMPLES: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "a woman in a teal coat on a city street",
        {"camera_angle": "low-angle", "lighting": "golden-hour", "fov": "portrait"},
    ),
    (
        "a perfume bottle on a stone plinth",
        {"lighting": "studio", "color_palette": "pastel", "composition": "centered"},
    ),
    (
        "mountains above a quiet lake",
        {"fov": "wide", "lighting": "blue-hour", "composition": "rule-of-thirds"},
    ),
)

_DOING = {
    State.QUEUED: "Waiting for a free renderer",
    State.SUBMITTING: "Handing the shot over",
    State.ACCEPTED: "Drawing the shot",
    State.DOWNLOADING: "Keeping the picture",
}


def draw_welcome() -> None:
    """Draw three prompts to begin with."""
    with st.container(key="welcome"):
        st.subheader("Describe a picture, or begin with one of these", anchor=False)
        for number, (prompt, parameters) in enumerate(_SAMPLES):
            st.button(
                prompt,
                key=f"sample_{number}",
                icon=":material/north_west:",
                on_click=session.write_prompt,
                args=(prompt, parameters),
            )


def draw_progress(generation: Generation) -> None:
    """Draw what is happening until the picture is there, or why there is none."""
    if not generation.is_waiting:
        _draw_end_without_picture(generation)
        return
    st.fragment(_watch, run_every=LOOK_EVERY_SECONDS)(generation.id)


def _watch(generation_id: int) -> None:
    generation = studio().desk.see(generation_id)
    if not generation.is_waiting:
        st.rerun()
    seconds = (studio().clock.now() - generation.created_at).total_seconds()
    ahead = studio().desk.count_unfinished() - 1
    parts = [_DOING[generation.state], f"{seconds:.0f} s"]
    if generation.state is State.QUEUED and ahead > 0:
        parts.append(f"{ahead} ahead")
    with st.container(key="progress"):
        st.skeleton(height=420)
        plain.show_text(plain.DOT.join(parts), style="quiet")
        st.caption("You can leave this page: the picture will be in History.")


def _draw_end_without_picture(generation: Generation) -> None:
    message = generation.error_message or f"This picture ended as {generation.state}."
    st.error(f"{message} It cost nothing. Press Generate to try again.", icon=":material/error:")
