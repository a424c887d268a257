"""One picture of the history: how it was made, its outcome, and making it again or better."""

from __future__ import annotations

import streamlit as st

from core.domain.engines import traits_of
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.generate import state as generate_state
from pages.parts.generate.result import PREVIEW_BADGE, draw_image
from pages.parts.history import state as history_state
from pages.parts.history.bulk_actions import put_back, trash
from pages.parts.history.downloads import draw_picture_download
from pages.parts.history.lineage import draw_family, draw_fields
from pages.parts.history.rating import draw_judging, draw_notes
from pages.parts.history.refine import draw_refining
from pages.parts.history.review import draw_walking, find_or_close, neighbours
from pages.parts.shared import safe_text, session
from pages.parts.shared.money import cost_words, draw_attempts, draw_end_without_picture
from pages.parts.shared.watching import watch_picture


def draw_detail(generation_id: int) -> None:
    """Draw everything that is known about a picture."""
    generation = find_or_close(generation_id)
    if generation is None:
        return
    newer, older = neighbours(generation)
    draw_walking("picture", newer, older)
    picture, facts = st.columns([0.62, 0.38], gap="large")
    with picture:
        _draw_picture(generation)
    with facts:
        st.code(generation.prompt, language=None, wrap_lines=True)
        safe_text.show_text(safe_text.chosen(generation), style="quiet")
        draw_judging(generation)
        draw_notes(generation)
        draw_family(generation)
        service = studio().service
        rows = [
            ("Engine", service.engine_label(generation.engine)),
            ("Seed", str(generation.seed)),
            ("Made", safe_text.local_time(generation.created_at)),
            ("Cost", cost_words(generation)),
            ("From cache", "yes" if generation.cached else "no"),
            ("Tries", str(len(service.attempts_of(generation.id)))),
        ]
        if generation.generation_seconds:
            rows.insert(3, ("Took", f"{generation.generation_seconds:.1f} s"))
        if generation.image_width:
            rows.append(("Size", f"{generation.image_width} × {generation.image_height} px"))
        if generation.request_id:
            rows.append(("Request", generation.request_id))
        rows.append(("Number", str(generation.id)))
        if generation.image_sha256:
            rows.append(("SHA-256", generation.image_sha256))
        safe_text.show_facts(rows)
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
                    "reuse_everything",
                    "Prompt, parameters, format, seed and scene",
                    "A",
                ),
                ("Prompt only", "reuse_prompt", "The prompt; other fields stay as they are", "P"),
                ("Seed only", "reuse_seed", "The seed; other fields stay as they are", "S"),
                (
                    "Everything but the seed",
                    "reuse_but_seed",
                    "For a variation of this picture",
                    "V",
                ),
            )
            for label, key, hint, shortcut in choices:
                if st.button(
                    label,
                    key=key,
                    type="tertiary",
                    help=hint,
                    shortcut=shortcut,
                    on_click=_reuse,
                    args=(key, generation),
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
                args=([generation.id], lambda: history_state.open_pictures("picture")),
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


def _reuse(what: str, generation: Generation) -> None:
    generate_state.show(None)
    if what == "reuse_prompt":
        generate_state.drop_carried()
        session.write_field("prompt", generation.prompt)
    elif what == "reuse_seed":
        generate_state.write_seed(generation.seed)
    else:
        generate_state.fill_form(
            generation.recipe, picture=generation.id, with_seed=what == "reuse_everything"
        )
