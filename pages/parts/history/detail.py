"""All that is known of one picture, its family and its scene, and making it again or better."""

from __future__ import annotations

import streamlit as st

from core.domain.engines import traits_of
from core.records.generations import Generation
from pages.parts.generate.result import PREVIEW_BADGE, draw_image
from pages.parts.history import state as history_state
from pages.parts.history.acts import fill_generate
from pages.parts.history.bulk_actions import put_back, trash
from pages.parts.history.downloads import draw_picture_download
from pages.parts.history.lineage import draw_family, draw_fields
from pages.parts.history.rating import draw_judging, draw_notes
from pages.parts.history.refine import draw_refining
from pages.parts.history.walking import draw_walking, find_or_close, neighbours
from pages.parts.history.wall_data import first_facts, raw_facts
from pages.parts.shared import safe_text
from pages.parts.shared.money import draw_attempts, draw_end_without_picture
from pages.parts.shared.watching import watch_picture


def draw_detail(generation_id: int) -> None:
    """Draw everything that is known about a picture."""
    generation = find_or_close(generation_id)
    if generation is None:
        return
    newer, older = neighbours(generation)
    draw_walking("detail", newer, older)
    picture, facts = st.columns([0.62, 0.38], gap="large")
    with picture:
        _draw_picture(generation)
    with facts:
        st.code(generation.prompt, language=None, wrap_lines=True)
        draw_judging(generation)
        draw_notes(generation)
        draw_family(generation)
        safe_text.show_facts([*first_facts(generation), *raw_facts(generation)])
        if generation.image_sha256 is not None:
            draw_attempts(generation)
    if generation.image_sha256 is not None:
        draw_refining(generation)
    draw_fields(generation)


def _draw_picture(generation: Generation) -> None:
    watch_picture(generation)
    with st.container(key="hero_opened", gap="small"):
        if generation.image_sha256 is not None:
            draw_image(generation)
        elif generation.is_waiting:
            safe_text.show_text(safe_text.state_words(generation), style="blank")
        else:
            draw_end_without_picture(generation)
        _draw_actions(generation)
        with st.container(horizontal=True):
            if traits_of(generation.engine).family == "preview":
                st.badge(PREVIEW_BADGE, color="gray")
            if generation.cached:
                st.badge("already yours · no new picture was made", color="gray")
            if generation.trashed_at:
                st.badge("in the trash", color="gray")


def _draw_actions(generation: Generation) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="recall"):
        with st.popover("Reuse", icon=":material/content_copy:", type="tertiary", key="reuse"):
            choices = (
                (
                    "Everything",
                    "everything",
                    "Prompt, parameters, format, seed and scene",
                    "A",
                ),
                ("Prompt only", "prompt", "The prompt; other fields stay as they are", "P"),
                ("Seed only", "seed", "The seed; other fields stay as they are", "S"),
                (
                    "Everything but the seed",
                    "but_seed",
                    "For a variation of this picture",
                    "V",
                ),
            )
            for label, what, hint, shortcut in choices:
                if st.button(
                    label,
                    key=f"reuse_{what}",
                    type="tertiary",
                    help=hint,
                    shortcut=shortcut,
                    on_click=fill_generate,
                    args=(what, generation),
                ):
                    st.switch_page("pages/generate.py")
        if generation.image_sha256 is not None:
            draw_picture_download(generation)
        if generation.trashed_at is None:
            st.button(
                "Trash",
                key="trash_one",
                icon=":material/delete:",
                type="tertiary",
                on_click=trash,
                args=([generation.id], lambda: history_state.open_pictures("detail")),
            )
        else:
            st.button(
                "Put back",
                key="restore_one",
                icon=":material/restore_from_trash:",
                type="tertiary",
                on_click=put_back,
                args=([generation.id],),
            )
