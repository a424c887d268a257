"""What a browser tab remembers; the only place that knows the keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from core.batches.draft import Draft
from core.batches.quote import Quote
from core.domain.request import GenerationRequest
from core.domain.vocabulary import PARAMETER_NAMES
from core.errors import Problem
from core.intake.table import UnreadableFileError
from core.records.generations import Generation
from core.wiring import studio

FORM_KEYS = ("prompt", "mode", *PARAMETER_NAMES, "aspect_ratio", "seed", "engine")

CHANGED_JUST_NOW = "The form changed just now. Check it and press again."
"""For a press that reached us together with a change whose price nobody has seen."""

_SHOWN = "shown"
_PROBLEMS = "problems"
_BATCH = "batch"
_DRAFT, _DRAFT_VERSION, _REFUSAL, _QUOTE = "draft", "draft_version", "draft_refusal", "quote"
_BATCH_STATES = "batch_states"
_LINE = "history_search"
_CHOSEN = "chosen"
_ACTION = "action"
_NEXT_SEED = "next_seed"


class Action(NamedTuple):
    """What was done last: how to undo it, and the batch in which it goes on."""

    words: str
    undo: Callable[[], object] | None
    batch_id: int | None


def shown_id() -> int | None:
    """Return the generation this tab looks at; its address names it, so a reload keeps it."""
    return _number(st.query_params.get(_SHOWN) or st.session_state.get(_SHOWN, ""))


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


def draft() -> Draft | None:
    """Return what was uploaded in this tab and is not started yet."""
    kept: Draft | None = st.session_state.get(_DRAFT)
    return kept


def keep_draft(draft: Draft | None) -> None:
    """Hold a draft, or none, from now on."""
    st.session_state[_DRAFT] = draft
    st.session_state[_DRAFT_VERSION] = draft_version() + 1


def draft_version() -> int:
    """Return a number that changes with the draft, so that widgets begin afresh."""
    version: int = st.session_state.get(_DRAFT_VERSION, 0)
    return version


def remember_refusal(refusal: UnreadableFileError | None) -> None:
    """Keep why the last upload could not be read."""
    st.session_state[_REFUSAL] = refusal


def refusal() -> UnreadableFileError | None:
    """Return why the last upload could not be read."""
    kept: UnreadableFileError | None = st.session_state.get(_REFUSAL)
    return kept


def remembered_quote(cache_key: object, ask: Callable[[], Quote]) -> Quote:
    """Return the quote of an occasion; it is asked for once, since it reads many rows."""
    kept = st.session_state.get(_QUOTE)
    if kept is None or kept[0] != cache_key:
        kept = st.session_state[_QUOTE] = (cache_key, ask())
    quote: Quote = kept[1]
    return quote


def chosen(key: str) -> Any:  # noqa: ANN401 - what a widget holds
    """Return what a widget says, or None while it is not there."""
    return st.session_state.get(key)


def write(key: str, value: Any) -> None:  # noqa: ANN401 - what a widget holds
    """Have a widget say something when it is drawn next."""
    st.session_state[key] = value


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


def remember_problems(problems: tuple[Problem, ...]) -> None:
    """Keep what was wrong with the form until the next try."""
    st.session_state[_PROBLEMS] = problems


def problems() -> tuple[Problem, ...]:
    """Return what was wrong with the form at the last try."""
    found: tuple[Problem, ...] = st.session_state.get(_PROBLEMS, ())
    return found


def line() -> str:
    """Return the search line of the history."""
    text: str = st.session_state.get(_LINE) or ""
    return text


def write_line(text: str) -> None:
    """Write the search line; what it finds begins at the newest again."""
    st.session_state[_LINE] = text
    turn_to_newest()


def history_place() -> tuple[str, int] | None:
    """Return `before` or `after` and the id at which the page of the history begins."""
    for side in ("before", "after"):
        found = _number(st.query_params.get(side, ""))
        if found is not None:
            return side, found
    return None


def turn_to(side: str, generation_id: int) -> None:
    """Turn the history to the page `before` or `after` a generation."""
    turn_to_newest()
    st.query_params[side] = str(generation_id)


def turn_to_newest() -> None:
    """Turn the history to its first page."""
    for side in ("before", "after"):
        st.query_params.pop(side, None)


def opened_ids(way: str) -> tuple[int, ...]:
    """Return the pictures that the history shows by `picture`, `cull` or `compare`."""
    numbers = (_number(part) for part in st.query_params.get(way, "").split(","))
    return tuple(number for number in numbers if number is not None)


def open_pictures(way: str, *ids: int) -> None:
    """Show pictures of the history by `picture`, `cull` or `compare`, or the wall for none."""
    for other in ("picture", "cull", "compare"):
        st.query_params.pop(other, None)
    if ids:
        st.query_params[way] = ",".join(str(number) for number in ids)


def is_selecting() -> bool:
    """Whether a click on the wall chooses a picture instead of opening it."""
    return bool(st.session_state.get("history_choosing"))


def chosen_ids() -> list[int]:
    """Return the pictures chosen on the wall, in the order of choosing."""
    ids: list[int] = st.session_state.setdefault(_CHOSEN, [])
    return ids


def choose(*ids: int) -> None:
    """Choose pictures; one that is chosen alone a second time is let go."""
    chosen = chosen_ids()
    if len(ids) == 1 and ids[0] in chosen:
        chosen.remove(ids[0])
        return
    before = frozenset(chosen)
    chosen.extend(number for number in dict.fromkeys(ids) if number not in before)


def choose_none() -> None:
    """Let go of all chosen pictures."""
    chosen_ids().clear()


def remember_action(
    words: str, undo: Callable[[], object] | None = None, *, batch_id: int | None = None
) -> None:
    """Keep what was just done, in words, how to undo it, and the batch to watch."""
    st.session_state[_ACTION] = Action(words, undo, batch_id)


def last_action() -> Action | None:
    """Return what was done last."""
    action: Action | None = st.session_state.get(_ACTION)
    return action


def forget_action() -> None:
    """No longer speak of what was done last."""
    st.session_state.pop(_ACTION, None)


def field(key: str) -> Any:  # noqa: ANN401 - the value of any widget
    """Return what a widget says, or None if it is not on the page."""
    return st.session_state.get(key)


def write_field(key: str, value: Any) -> None:  # noqa: ANN401 - likewise
    """Write into a widget that is not drawn yet in this run."""
    st.session_state[key] = value


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
