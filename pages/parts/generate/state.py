"""What a browser tab remembers of the form; only this module uses these session keys."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import streamlit as st

from core.domain.vocabulary import PARAMETER_NAMES
from core.errors import NotFoundError
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.shared.session import number_in

FORM_KEYS = ("prompt", "mode", *PARAMETER_NAMES, "aspect_ratio", "seed", "engine")

_SHOWN = "shown"
_NEXT_SEED = "next_seed"
_CARRIED = "scene"
_CARRIED_FIELDS = ("structured_prompt", "instruction", "resolution")
"""Fields of a request that no widget of the form shows."""


class Carried(NamedTuple):
    """What the form asks for besides its fields: a scene, what to change in it, a size.

    `prompt` came with it. `picture` is the generation it is of, or None where that is not here.
    """

    fields: dict[str, str]
    prompt: str
    picture: int | None


def shown_id() -> int | None:
    """Return the generation in this tab; it is part of the address, so a reload keeps it."""
    return number_in(st.query_params.get(_SHOWN) or st.session_state.get(_SHOWN, ""))


def show(generation: Generation | None) -> None:
    """Show a generation in this tab, or none."""
    if generation is None:
        st.session_state.pop(_SHOWN, None)
        st.query_params.pop(_SHOWN, None)
        return
    st.session_state[_SHOWN] = st.query_params[_SHOWN] = str(generation.id)


def form_fields() -> dict[str, Any]:
    """Return the form's request by field name, without fields that are not set."""
    fields = {key: st.session_state.get(key) for key in (*FORM_KEYS, "use_cache", "max_retries")}
    fields["project_id"] = st.session_state.get("project")
    beside = carried()
    fields |= beside.fields if beside else {}
    return {key: value for key, value in fields.items() if value is not None}


def fill_form(
    recipe: Mapping[str, Any], *, picture: int | None = None, with_seed: bool = True
) -> None:
    """Write a recipe into the form, by field of a request, and its seed if wanted.

    What the form has no field for is carried beside it. `picture` is the generation of the recipe.
    An engine that is not set up here is passed over.
    """
    write_prompt(recipe["prompt"], recipe)
    for key in ("mode", "aspect_ratio"):
        st.session_state[key] = recipe[key]
    if recipe["engine"] in studio().service.engine_names:
        st.session_state["engine"] = recipe["engine"]
    write_seed(recipe.get("seed") if with_seed else None)
    st.session_state[_CARRIED] = _carried_of(recipe, picture)


def carried() -> Carried | None:
    """Return what the form asks for besides its fields; its address names the picture it is of."""
    kept: Carried | None = st.session_state.get(_CARRIED)
    picture = number_in(st.query_params.get(_CARRIED, ""))
    if kept is None and picture is not None:
        with suppress(NotFoundError):
            kept = _carried_of(studio().service.see(picture).recipe, picture)
        st.session_state[_CARRIED] = kept
    if kept is None or kept.picture is None:
        st.query_params.pop(_CARRIED, None)
    elif picture != kept.picture:
        st.query_params[_CARRIED] = str(kept.picture)
    return kept


def drop_carried() -> None:
    """Remove what the form requests besides its fields."""
    st.session_state.pop(_CARRIED, None)
    st.query_params.pop(_CARRIED, None)


def _carried_of(recipe: Mapping[str, Any], picture: int | None) -> Carried | None:
    usual = (None, "full")
    fields = {n: recipe[n] for n in _CARRIED_FIELDS if recipe.get(n) not in usual}
    return Carried(fields, recipe["prompt"], picture) if fields else None


def chosen_engine() -> str:
    """Return the engine chosen in the form, or the preferred one."""
    names = studio().service.engine_names
    chosen = st.session_state.get("engine")
    return chosen if chosen in names else names[0]


def is_form_empty() -> bool:
    """Whether the form has no prompt yet."""
    return not st.session_state.get("prompt")


def write_prompt(text: str, parameters: Mapping[str, str]) -> None:
    """Write a prompt and parameters into the form, and remove a carried scene."""
    drop_carried()
    st.session_state["prompt"] = text
    for name in PARAMETER_NAMES:
        st.session_state[name] = parameters.get(name)


def write_seed(seed: int | None) -> None:
    """Write a seed into the form, or None."""
    st.session_state["seed"] = seed


def next_seed() -> int:
    """Return the seed of the next picture whose seed is left open; the draft shows it already."""
    seed: int = st.session_state.setdefault(_NEXT_SEED, studio().service.new_seed())
    return seed


def forget_next_seed() -> None:
    """Choose another seed for the next picture without one."""
    st.session_state.pop(_NEXT_SEED, None)
