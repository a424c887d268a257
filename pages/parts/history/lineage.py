"""The origin of a picture: its family, and what was requested, understood and changed."""

from __future__ import annotations

import json

import streamlit as st

from core.domain.differences import compare_with_parent
from core.domain.wording import DOT
from core.errors import NotFoundError
from core.generation.refining import known_scene
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.shared import safe_text
from pages.parts.shared.watching import watch_picture


def draw_family(generation: Generation) -> None:
    """Draw ancestors and children as a small tree; a click opens one of them."""
    family = studio().library.family(generation)
    if not family.ancestors and not family.children:
        return
    for relative in (*family.ancestors, *family.children):
        watch_picture(relative)
    with st.container(key="family", gap=None):
        for depth, ancestor in enumerate(family.ancestors):
            _draw_relative(ancestor, depth)
        depth = len(family.ancestors)
        safe_text.show_text(f"{'   ' * depth}{'└ ' if depth else ''}this picture", style="quiet")
        for child in family.children:
            _draw_relative(child, depth + 1)


def _draw_relative(relative: Generation, depth: int) -> None:
    is_changed = relative.parent_id and (relative.instruction or relative.parameters)
    words = safe_text.chosen(relative) if is_changed else relative.prompt
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        if depth:
            safe_text.show_text("   " * depth + "└", style="quiet", width="content")
        st.button(
            safe_text.as_label(words[:60]),
            key=f"relative_{relative.id}",
            type="tertiary",
            on_click=history_state.open_pictures,
            args=("detail", relative.id),
        )


def draw_fields(generation: Generation) -> None:
    """Draw the scene field by field, and the structured prompt to copy."""
    try:
        detail = studio().service.see_detail(generation.id)
    except NotFoundError:
        return
    parent_scene = _parent_scene(generation)
    changes = compare_with_parent(
        asked=detail.asked_scene,
        understood=detail.structured_prompt,
        parent=parent_scene,
        wanted=generation.parameters,
        is_instructed=generation.instruction is not None,
    )
    if changes:
        has_parent = parent_scene is not None
        is_asked = any(change.asked for change in changes)
        head = ["Field", *(["You asked"] if is_asked else []), "Understood"]
        if has_parent:
            head.append("Parent")
            drifted = sum(change.is_drift for change in changes)
            moved = sum(change.is_changed for change in changes)
            words = f"{moved} changed"
            if drifted:
                words += f" · {drifted} of them drifted: nobody asked for that"
            safe_text.show_text(words, style="quiet")
        rows = []
        for change in changes:
            asked = [change.asked or ""] if is_asked else []
            row = [change.name.replace("_", " "), *asked, change.understood or ""]
            mark = "drift" if change.is_drift else "changed" if change.is_changed else ""
            if has_parent:
                row.append(change.parent or "")
            rows.append((mark, row))
        safe_text.show_changes(head, rows)
    if detail.readings:
        lines = [f"{one.aspect}: {one.choice}, {one.source}" for one in detail.readings]
        safe_text.show_text(DOT.join(lines), style="quiet")
    if detail.structured_prompt:
        with st.expander("Structured prompt", key=f"scene_{generation.id}"):
            st.code(
                json.dumps(json.loads(detail.structured_prompt), indent=2, ensure_ascii=False),
                language="json",
                wrap_lines=True,
            )


def _parent_scene(generation: Generation) -> str | None:
    if generation.parent_id is None:
        return None
    try:
        parent = studio().service.see(generation.parent_id)
        return known_scene(parent, studio().service.see_detail(parent.id))
    except NotFoundError:
        return None
