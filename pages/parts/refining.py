"""Making a picture again with something changed: an instruction, parameters, a price."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.domain.vocabulary import label_of, parameters
from core.generation.refining import refine
from core.records.generations import Generation
from core.wiring import studio
from pages.parts import session
from pages.parts.deeds import attempt
from pages.parts.money import price_line


def draw_refining(generation: Generation) -> None:
    """Draw the instruction and the parameters that a child of this picture would have."""
    with st.container(border=True, key="refine"):
        instruction = st.text_input(
            "Refine",
            key=f"instruction_{generation.id}",
            placeholder="Say what to change, such as: make it night",
        )
        changed: dict[str, str] = {}
        with st.popover("Change parameters", icon=":material/tune:", key="refine_parameters"):
            for entry in parameters():
                value = st.selectbox(
                    entry.label,
                    [one.value for one in entry.values],
                    index=None,
                    format_func=partial(label_of, entry.name),
                    placeholder="as it is",
                    key=f"refine_{entry.name}_{generation.id}",
                )
                if value is not None:
                    changed[entry.name] = value
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Make the refined picture",
                key="refine_make",
                type="primary",
                icon=":material/auto_fix_high:",
                disabled=not instruction and not changed,
                on_click=_refine,
                args=(generation, instruction, changed),
            )
            st.caption(price_line(generation.engine))


def _refine(generation: Generation, instruction: str, changed: dict[str, str]) -> None:
    made: list[Generation] = []

    def make() -> None:
        made.append(
            refine(
                studio().desk,
                generation.id,
                instruction=instruction or None,
                parameters=changed or None,
            )
        )

    if attempt(make):
        session.open_pictures("picture", made[0].id)
