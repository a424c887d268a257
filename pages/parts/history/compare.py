"""Comparing two to four pictures: side by side, with a slider or blinking, and what differs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.domain.differences import differing, flat_fields, word_changes
from core.domain.vocabulary import PARAMETER_NAMES, label_of
from core.domain.wording import DOT
from core.errors import NotFoundError
from core.library.query.fields import find_field
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.generate.result import missing_file
from pages.parts.history import state as history_state
from pages.parts.history.walking import draw_way_back
from pages.parts.shared import safe_text
from pages.parts.shared.watching import watch_picture

_WAYS = {"side": "Side by side", "slider": "Slider", "blink": "Blink"}


def draw_comparison(ids: Sequence[int]) -> None:
    """Draw the pictures in one of three ways, and a table of only what differs."""
    compared = []
    for number in ids[: history_state.MOST_COMPARED]:
        try:
            compared.append(studio().service.see(number))
        except NotFoundError:
            continue
    for one in compared:
        watch_picture(one)
    with st.container(horizontal=True, vertical_alignment="center", key="walking"):
        draw_way_back("compare")
        way = st.segmented_control(
            "Way",
            list(_WAYS),
            format_func=lambda one: _WAYS[one],
            default="side",
            required=True,
            key="compare_way",
            label_visibility="collapsed",
            bind="query-params",
        )
        if len(compared) > 1:
            st.button(
                "Swap",
                key="compare_swap",
                shortcut="W",
                type="tertiary",
                on_click=history_state.open_pictures,
                args=("compare", *(one.id for one in reversed(compared))),
            )
    if len(compared) < 2:
        st.caption("Choose two to four pictures on the wall to compare them.")
        return
    st.fragment(_draw_pictures)(way or "side", compared)
    rows = differing([_fields(one) for one in compared])
    names = [f"Picture {number}" for number in range(1, len(compared) + 1)]
    if len(compared) == 2 and "prompt" in rows:
        rows.pop("prompt")
        st.caption("Prompt, from the first to the second")
        safe_text.show_word_changes(word_changes(compared[0].prompt, compared[1].prompt))
    if not rows:
        st.caption("Nothing else differs.")
        return
    st.caption("Only what differs")
    cells = [
        (_label(name), *(_value(name, value) for value in values)) for name, values in rows.items()
    ]
    safe_text.show_table(("Field", *names), cells)


def _draw_pictures(way: str, compared: Sequence[Generation]) -> None:
    shown = [
        (None if missing_file(one) else studio().service.picture_url(one), one.prompt)
        for one in compared
    ]
    if way == "side":
        safe_text.show_side_by_side(shown)
    elif way == "blink":
        safe_text.show_blinking(shown[:2])
    else:
        at = st.slider(
            "Where the first picture ends",
            0,
            100,
            50,
            key="compare_slider",
            label_visibility="collapsed",
        )
        safe_text.show_split(shown[0], shown[1], percent=at)


def _label(name: str) -> str:
    field = find_field(name)
    words = name.replace("_", " ").replace(".", DOT)
    return field.label if field else f"{words[:1].upper()}{words[1:]}"


def _value(name: str, value: str | None) -> str:
    if not value:
        return "not set"
    return label_of(name, value) if name in PARAMETER_NAMES else value


def _fields(generation: Generation) -> dict[str, str]:
    by_name = {
        "prompt": generation.prompt,
        "engine": generation.engine,
        "mode": generation.mode,
        "aspect_ratio": generation.aspect_ratio,
        "seed": str(generation.seed),
        "instruction": generation.instruction or "",
        "rating": str(generation.rating or ""),
        "verdict": generation.verdict or "",
        **generation.parameters,
    }
    try:
        scene = studio().service.see_detail(generation.id).structured_prompt
    except NotFoundError:
        scene = None
    return {name: value for name, value in by_name.items() if value} | {
        f"scene {name}": value for name, value in flat_fields(scene).items()
    }
