"""Dropping a picture: what it says of itself fills the form, whoever made it."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from core.errors import InvalidRequestError, NotFoundError
from core.library.png_recipe import Recipe
from core.wiring import studio
from pages.parts.generate import state as generate_state
from pages.parts.history import state as history_state
from pages.parts.shared import safe_text

LARGEST_MEGABYTES = 50


def draw_recipe_drop() -> None:
    """Draw the drop zone for a PNG, and its content."""
    drop = st.popover(
        "Start from a PNG", icon=":material/upload_file:", type="tertiary", key="recipe_popover"
    )
    with drop:
        dropped = st.file_uploader(
            "A picture from here, or of AUTOMATIC1111, ComfyUI, InvokeAI, Fooocus or SwarmUI",
            type=["png", "jpg", "jpeg", "webp"],
            key="recipe_drop",
            max_upload_size=LARGEST_MEGABYTES,
        )
        if dropped is None:
            return
        try:
            recipe = studio().library.recipe_in(dropped.getvalue())
        except InvalidRequestError as refusal:
            st.error(safe_text.as_label(refusal.problems[0].message), icon=":material/error:")
            return
        owned = studio().library.owner_of(recipe.original_sha256 or "")
        whose = "This studio does not have this picture."
        if recipe.tool:
            whose = f"Made with {recipe.tool}."
        elif owned is not None:
            whose = "You own this very picture: the same request with its seed is free."
        st.caption(whose)
        for notice in recipe.notices:
            safe_text.show_text(notice, style="faint")
        with st.container(horizontal=True):
            st.button("Fill the form", key="recipe_fill", on_click=_fill, args=(recipe,))
            if owned and st.button("Open it", key="recipe_open"):
                history_state.open_pictures("picture", owned)
                st.switch_page("pages/history.py", query_params={"picture": str(owned)})


def _fill(recipe: Recipe) -> None:
    own = None  # the recipe's generation if it is here, and not another one of that number
    with suppress(NotFoundError):
        made = studio().service.see(recipe.generation_id or 0)
        if made.recipe == recipe.request.model_dump(include=set(made.recipe)):
            own = made.id
    fields = recipe.request.model_dump()
    if recipe.tool:  # it says nothing of our engines and modes
        fields |= {"engine": generate_state.chosen_engine()}
        fields |= {"mode": generate_state.form_fields().get("mode", "ai")}
    generate_state.fill_form(fields, picture=own)
