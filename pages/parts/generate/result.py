"""One finished picture: large, with its facts, its recipe and its actions."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from core.domain.engines import traits_of
from core.domain.wording import DOT
from core.errors import NotFoundError, with_advice
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.generate import state as generate_state
from pages.parts.shared import addresses, safe_text
from pages.parts.shared.money import cost_words, draw_attempts

PREVIEW_BADGE = "PREVIEW · rendered stand-ins, no AI"


def draw_picture(generation: Generation) -> None:
    """Draw the picture with its caption and actions."""
    with st.container(key="hero", gap="small"):
        draw_image(generation)
        with st.container(
            horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
        ):
            with st.container(width="content", gap=None):
                safe_text.show_text(
                    safe_text.facts(
                        generation,
                        studio().service.engine_label(generation.engine),
                        cost_words(generation),
                    ),
                    style="quiet",
                )
            _draw_actions(generation)
        with st.container(horizontal=True, vertical_alignment="center"):
            if traits_of(generation.engine).family == "preview":
                st.badge(PREVIEW_BADGE, color="gray")
            if generation.cached:
                st.badge("already yours · no new picture was made", color="gray")


def draw_image(generation: Generation) -> None:
    """Draw a finished picture, or a message that its file is missing or damaged."""
    gone = missing_file(generation)
    if gone is not None:
        st.warning(with_advice(gone), icon=":material/broken_image:")
        return
    url = studio().service.picture_url(generation)
    if url is not None:
        st.image(addresses.for_image(url), width="stretch", alt=generation.prompt)


def missing_file(generation: Generation) -> NotFoundError | None:
    """Return what is wrong with the file of a finished picture, or None."""
    if generation.image_sha256 is None:
        return None
    try:
        studio().service.picture_file(generation)
    except NotFoundError as gone:
        return gone
    return None


def _draw_actions(generation: Generation) -> None:
    with st.container(horizontal=True, width="content"):
        st.button(
            "Reuse",
            icon=":material/content_copy:",
            type="tertiary",
            key=f"reuse_{generation.id}",
            help="Fill the form with everything this picture was made from, its seed too",
            on_click=generate_state.fill_form,
            args=(generation.recipe,),
            kwargs={"picture": generation.id},
        )
        if missing_file(generation):
            return
        st.download_button(
            "Download",
            data=lambda: Path(studio().service.picture_file(generation).path).read_bytes(),
            file_name=f"fibo-{generation.id}.{(generation.image_type or 'image/png')[6:]}",
            mime=generation.image_type,
            icon=":material/download:",
            type="tertiary",
            key=f"download_{generation.id}",
            help="The original file, byte for byte",
            on_click="ignore",
        )


def draw_recipe(generation: Generation) -> None:
    """Draw the request, what was understood, and the structured prompt."""
    detail = studio().service.see_detail(generation.id)
    with st.expander("Recipe", icon=":material/receipt_long:", key=f"recipe_{generation.id}"):
        safe_text.show_text(generation.prompt)
        safe_text.show_text(safe_text.chosen(generation), style="quiet")
        if generation.quality_score is not None:
            safe_text.show_text(
                f"Completeness {generation.quality_score:.2f} of 1.00", style="quiet"
            )
        draw_attempts(generation)
        if detail.readings:
            lines = [f"{r.aspect}: {r.choice}, {r.source}" for r in detail.readings]
            safe_text.show_text(DOT.join(lines), style="quiet")
        if detail.structured_prompt:
            st.caption("Structured prompt")
            st.code(
                json.dumps(json.loads(detail.structured_prompt), indent=2, ensure_ascii=False),
                language="json",
                wrap_lines=True,
            )
