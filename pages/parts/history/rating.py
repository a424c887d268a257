"""Judging one picture with stars, approval, tags and a note, by mouse or keys."""

from __future__ import annotations

import streamlit as st

from core.records.generations import Generation
from core.wiring import studio
from pages.parts.shared import safe_text, session
from pages.parts.shared.undo import attempt


def draw_judging(generation: Generation) -> None:
    """Draw the stars and the verdict with their keys.

    Streamlit leaves the keys alone while somebody types in a field (a browser test holds it).
    """
    with st.container(
        horizontal=True, gap="xsmall", vertical_alignment="center", width="content", key="stars"
    ):
        for stars in range(1, 6):
            is_lit = stars <= (generation.rating or 0)
            st.button(
                "★" if is_lit else "☆",
                key=f"rate_{stars}",
                shortcut=str(stars),
                type="tertiary",
                help=f"{stars} of 5",
                on_click=_judge,
                args=(generation.id, {"rating": stars}),
            )
        st.button(
            "Clear",
            key="rate_0",
            shortcut="0",
            type="tertiary",
            on_click=_judge,
            args=(generation.id, {"rating": None}),
        )
    is_approved = generation.verdict == "approved"
    is_rejected = generation.verdict == "rejected"
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="verdict"):
        st.button(
            "Approved" if is_approved else "Approve",
            key="approve",
            shortcut="F",
            icon=":material/check:",
            type="primary" if is_approved else "secondary",
            on_click=_judge,
            args=(
                generation.id,
                {"verdict": None if is_approved else "approved", "verdict_reason": None},
            ),
        )
        st.button(
            "Rejected" if is_rejected else "Reject",
            key="reject",
            shortcut="X",
            icon=":material/close:",
            type="primary" if is_rejected else "secondary",
            on_click=_judge,
            args=(generation.id, {"verdict": None if is_rejected else "rejected"}),
        )
    if is_rejected:
        key = f"reason_{generation.id}"
        st.text_input(
            "Why",
            value=generation.verdict_reason or "",
            key=key,
            placeholder="such as hands, wrong light",
            on_change=lambda: _judge(generation.id, {"verdict_reason": session.field(key) or None}),
        )


def draw_notes(generation: Generation) -> None:
    """Draw the tags and the note of a picture."""
    tags = studio().library.tags_of(generation.id)
    if tags:
        with st.container(horizontal=True, gap="xsmall", key="tags"):
            for tag in tags:
                st.button(
                    safe_text.as_label(tag),
                    key=f"untag_{tag}",
                    icon=":material/close:",
                    icon_position="right",
                    help="Take this tag off",
                    on_click=studio().library.untag,
                    args=([generation.id], tag),
                )
    tag_key, note_key = f"tag_{generation.id}", f"note_{generation.id}"
    st.text_input(
        "Tag",
        key=tag_key,
        placeholder="Add a tag",
        label_visibility="collapsed",
        on_change=_add_tag,
        args=(generation.id, tag_key),
    )
    st.text_area(
        "Note",
        value=generation.note or "",
        key=note_key,
        placeholder="Note",
        height=68,
        label_visibility="collapsed",
        on_change=lambda: _judge(generation.id, {"note": session.field(note_key) or None}),
    )


def _judge(generation_id: int, changes: dict[str, object]) -> None:
    attempt(lambda: studio().library.judge([generation_id], **changes))


def _add_tag(generation_id: int, key: str) -> None:
    tag = session.field(key)
    if tag and attempt(lambda: studio().library.tag([generation_id], tag)):
        session.write_field(key, "")
