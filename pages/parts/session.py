"""What a browser tab remembers; the only place that knows the keys."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.vocabulary import PARAMETER_NAMES
from core.errors import Problem
from core.records.generations import Generation
from core.wiring import studio

FORM_KEYS = ("prompt", "mode", *PARAMETER_NAMES, "aspect_ratio", "seed", "engine")

_SHOWN = "shown"
_PROBLEMS = "problems"
_OLDER = "history_places"
_BATCH = "batch"
_BATCH_STATES = "batch_states"
_NEXT_SEED = "next_seed"


def shown_id() -> int | None:
    """Return the generation this tab looks at; its address names it, so a reload keeps it."""
    text = st.query_params.get(_SHOWN) or st.session_state.get(_SHOWN, "")
    return int(text) if text.isdecimal() and len(text) < 20 else None


def show(generation: Generation | None) -> None:
    """Look at a generation from now on, or at none."""
    if generation is None:
        st.session_state.pop(_SHOWN, None)
        st.query_params.pop(_SHOWN, None)
        return
    st.session_state[_SHOWN] = st.query_params[_SHOWN] = str(generation.id)


def watched_batch() -> int | None:
    """Return the batch this tab looks at; its address names it, so the link can be handed on."""
    text = st.query_params.get(_BATCH, "")
    return int(text) if text.isdecimal() and len(text) < 20 else None


def watch_batch(batch_id: int | None) -> None:
    """Look at a batch from now on, or at the list of all."""
    if batch_id is None:
        st.query_params.pop(_BATCH, None)
    else:
        st.query_params[_BATCH] = str(batch_id)


def note_batch_state(batch_id: int, state: str) -> str | None:
    """Keep what a batch was doing when this tab last looked, and return what it did before."""
    seen: dict[int, str] = st.session_state.setdefault(_BATCH_STATES, {})
    before = seen.get(batch_id)
    seen[batch_id] = state
    return before


def chosen(key: str) -> Any:  # noqa: ANN401 - what a widget holds
    """Return what a widget says, or None while it is not there."""
    return st.session_state.get(key)


def write(key: str, value: Any) -> None:  # noqa: ANN401 - what a widget holds
    """Have a widget say something when it is drawn next."""
    st.session_state[key] = value


def form_fields() -> dict[str, Any]:
    """Return what the form says, by field name of a request; what is not set is left out."""
    fields = {key: st.session_state.get(key) for key in (*FORM_KEYS, "use_cache", "max_retries")}
    return {key: value for key, value in fields.items() if value is not None}


def fill_form(generation: Generation) -> None:
    """Write a picture's prompt, parameters, format and seed into the form."""
    write_prompt(generation.prompt, generation.parameters)
    st.session_state["mode"] = generation.mode
    st.session_state["aspect_ratio"] = generation.aspect_ratio
    write_seed(generation.seed)


def chosen_engine() -> str:
    """Return the engine that the form says, or the preferred one."""
    names = studio().desk.engine_names
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
    seed: int = st.session_state.setdefault(_NEXT_SEED, studio().desk.new_seed())
    return seed


def forget_next_seed() -> None:
    """Have the next picture with an open seed look different."""
    st.session_state.pop(_NEXT_SEED, None)


def remember_problems(problems: tuple[Problem, ...]) -> None:
    """Keep what was wrong with the form until the next try."""
    st.session_state[_PROBLEMS] = problems


def problems() -> tuple[Problem, ...]:
    """Return what was wrong with the form at the last try."""
    found: tuple[Problem, ...] = st.session_state.get(_PROBLEMS, ())
    return found


def history_places() -> list[int]:
    """Return the ids at which the history pages before this one ended, oldest visit first."""
    places: list[int] = st.session_state.setdefault(_OLDER, [])
    return places


def turn_to_older(last_id: int) -> None:
    """Turn the history one page on, below the generation the page ended with."""
    history_places().append(last_id)


def turn_to_newer() -> None:
    """Turn the history one page back."""
    history_places().pop()
