"""Making a picture again with changes: an instruction, parameters, a price."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.domain.vocabulary import label_of, parameters
from core.generation.refining import refine
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.shared import session
from pages.parts.shared.money import price_line
from pages.parts.shared.undo import attempt


def draw_refining(generation: Generation) -> None:
    """Draw the instruction and the parameters that a child of this picture would have."""
    with st.container(border=True, key="refine"):
        st.text_input(
            "Refine",
            key=f"instruction_{generation.id}",
            placeholder="Say what to change, such as: make it night",
        )
        with st.popover("Change parameters", icon=":material/tune:", key="refine_parameters"):
            for entry in parameters():
                st.selectbox(
                    entry.label,
                    [one.value for one in entry.values],
                    index=None,
                    format_func=partial(label_of, entry.name),
                    placeholder="as it is",
                    key=f"refine_{entry.name}_{generation.id}",
                )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Make the refined picture",
                key="refine_make",
                type="primary",
                icon=":material/auto_fix_high:",
                disabled=_changes(generation) == (None, None),
                on_click=_refine,
                args=(generation,),
            )
            st.caption(price_line(generation.engine))


def _changes(generation: Generation) -> tuple[str | None, dict[str, str] | None]:
    """Return the instruction and the parameters as they are now, in a callback too."""
    chosen = {one.name: session.field(f"refine_{one.name}_{generation.id}") for one in parameters()}
    changed = {name: value for name, value in chosen.items() if value is not None}
    return session.field(f"instruction_{generation.id}") or None, changed or None


def _refine(generation: Generation) -> None:
    instruction, changed = _changes(generation)
    made: list[Generation] = []

    def make() -> None:
        made.append(
            refine(
                studio().service,
                generation.id,
                instruction=instruction,
                parameters=changed,
            )
        )

    if attempt(make):
        history_state.open_pictures("detail", made[0].id)
