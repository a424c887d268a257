"""What a browser tab remembers of the form and its picture; only here these keys are known."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.request import GenerationRequest
from core.domain.vocabulary import PARAMETER_NAMES
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.shared.session import number_in

FORM_KEYS = ("prompt", "mode", *PARAMETER_NAMES, "aspect_ratio", "seed", "engine")

_SHOWN = "shown"
_NEXT_SEED = "next_seed"


def shown_id() -> int | None:
    """Return the generation this tab looks at; its address names it, so a reload keeps it."""
    return number_in(st.query_params.get(_SHOWN) or st.session_state.get(_SHOWN, ""))


def show(generation: Generation | None) -> None:
    """Look at a generation from now on, or at none."""
    if generation is None:
        st.session_state.pop(_SHOWN, None)
        st.query_params.pop(_SHOWN, None)
        return
    st.session_state[_SHOWN] = st.query_params[_SHOWN] = str(generation.id)


def form_fields() -> dict[str, Any]:
    """Return what the form says, by field name of a request; what is not set is left out."""
    fields = {key: st.session_state.get(key) for key in (*FORM_KEYS, "use_cache", "max_retries")}
    fields["project_id"] = st.session_state.get("project")
    return {key: value for key, value in fields.items() if value is not None}


def fill_form(made: Generation | GenerationRequest, *, with_seed: bool = True) -> None:
    """Write a picture's prompt, parameters, format and, if wanted, seed into the form."""
    write_prompt(made.prompt, made.parameters)
    st.session_state["mode"] = made.mode
    st.session_state["aspect_ratio"] = made.aspect_ratio
    write_seed(made.seed if with_seed else None)


def chosen_engine() -> str:
    """Return the engine that the form says, or the preferred one."""
    names = studio().service.engine_names
    chosen = st.session_state.get("engine")
    return chosen if chosen in names else names[0]


def is_form_empty() -> bool:
    """Whether nobody has written a prompt yet."""
    return not st.session_state.get("prompt")


def write_prompt(text: str, parameters: dict[str, str]) -> None:
    """Write a prompt and parameters into the form."""
    st.session_state["prompt"] = text
    for name in PARAMETER_NAMES:
        st.session_state[name] = parameters.get(name)


def write_seed(seed: int | None) -> None:
    """Write a seed into the form, or leave it open."""
    st.session_state["seed"] = seed


def next_seed() -> int:
    """Return the seed of the next picture whose seed is left open; the draft shows it already."""
    seed: int = st.session_state.setdefault(_NEXT_SEED, studio().service.new_seed())
    return seed


def forget_next_seed() -> None:
    """Have the next picture with an open seed look different."""
    st.session_state.pop(_NEXT_SEED, None)
