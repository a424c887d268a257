"""An empty Generate page: three shots to begin with."""

from __future__ import annotations

import streamlit as st

from core.domain.request import parse_request
from core.domain.vocabulary import label_of
from core.domain.wording import DOT
from core.wiring import studio
from pages.parts.generate import state as generate_state
from pages.parts.shared import safe_text

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
        "a red sports car on a wet street at night",
        {"fov": "wide", "color_palette": "neon", "composition": "dynamic"},
    ),
)

_SAMPLE_SEED = 7


def draw_welcome() -> None:
    """Draw three sample shots, each with its live preview; a click fills the form."""
    st.subheader("Describe a picture, or begin with one of these", anchor=False)
    with st.container(horizontal=True, gap="medium", key="samples"):
        for number, (prompt, parameters) in enumerate(_SAMPLES):
            with st.container(key=f"card_sample_{number}", width=220):
                request = parse_request({"prompt": prompt, **parameters})
                labels = [label_of(name, value) for name, value in parameters.items()]
                safe_text.show_card(
                    studio().live_previews.offer(request, seed=_SAMPLE_SEED),
                    prompt,
                    DOT.join(labels),
                )
                st.button(
                    f"Begin with: {prompt}",
                    key=f"open_sample_{number}",
                    on_click=generate_state.write_prompt,
                    args=(prompt, parameters),
                )
