"""The form that describes a picture: prompt, mode, six parameters, format and seed."""

from __future__ import annotations

from functools import cache

import streamlit as st

from core.domain.request import FRAME_SIZES, LARGEST_SEED, LONGEST_PROMPT, MODES
from core.domain.vocabulary import Parameter, label_of, parameter
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.generate import state as generate_state
from pages.parts.generate.carried import draw_carried
from pages.parts.generate.recipe_import import draw_recipe_drop
from pages.parts.shared.projects import draw_project_choice

_COLUMNS = (("camera_angle", "lighting", "composition"), ("fov", "color_palette", "style"))


def draw_shot_form(shown: Generation | None) -> None:
    """Draw the form; its values live in the address, so a reload or a link keeps them."""
    st.text_area(
        "Prompt",
        key="prompt",
        height=104,
        max_chars=LONGEST_PROMPT,
        placeholder="Describe the picture",
        label_visibility="collapsed",
        bind="query-params",
    )
    draw_carried()
    st.segmented_control(
        "Mode",
        list(MODES),
        format_func=lambda mode: MODES[mode],
        default="ai",
        required=True,
        key="mode",
        label_visibility="collapsed",
        width="stretch",
        bind="query-params",
    )
    with st.container(border=True, key="parameters"):
        for column, names in zip(st.columns(2), _COLUMNS, strict=True):
            with column:
                for name in names:
                    _draw_parameter(parameter(name))
    _draw_frame_and_seed(shown)
    engines = studio().service.engine_names
    if len(engines) > 1:
        st.segmented_control(
            "Engine",
            engines,
            format_func=studio().service.engine_label,
            default=engines[0],
            required=True,
            key="engine",
            label_visibility="collapsed",
            width="stretch",
            bind="query-params",
        )
    draw_project_choice()
    draw_recipe_drop()


def _draw_parameter(entry: Parameter) -> None:
    st.selectbox(
        entry.label,
        [value.value for value in entry.values],
        index=None,
        format_func=lambda value: label_of(entry.name, value),
        placeholder="not set",
        key=entry.name,
        icon=f":material/{entry.icon}:",
        help=_hints(entry.name),
        bind="query-params",
    )


@cache
def _hints(name: str) -> str:
    entry = parameter(name)
    lines = [f"{entry.hint}.", *(f"- **{v.label}**: {v.hint}" for v in entry.values)]
    return "\n".join(lines)


def _draw_frame_and_seed(shown: Generation | None) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        st.selectbox(
            "Format", list(FRAME_SIZES), key="aspect_ratio", width=104, bind="query-params"
        )
        st.number_input(
            "Seed",
            min_value=0,
            max_value=LARGEST_SEED,
            value=None,
            step=1,
            key="seed",
            placeholder="any",
            bind="query-params",
        )
        st.button(
            "",
            icon=":material/casino:",
            key="new_seed",
            help="New seed. The same seed with the same words gives the same picture.",
            on_click=lambda: generate_state.write_seed(studio().service.new_seed()),
        )
        st.button(
            "",
            icon=":material/push_pin:",
            key="keep_seed",
            help="Keep the seed of the picture shown",
            disabled=shown is None,
            on_click=lambda: generate_state.write_seed(shown.seed if shown else None),
        )
