"""Dropping a PNG of ours: it fills the form, and says whether you own the picture already."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from core.errors import InvalidRequestError, NotFoundError
from core.library.png_recipe import Recipe, read_recipe
from core.wiring import studio
from pages.parts.generate import state as generate_state
from pages.parts.history import state as history_state
from pages.parts.shared import safe_text

LARGEST_MEGABYTES = 50


def draw_recipe_drop() -> None:
    """Draw the place to drop a PNG on, and what was found in it."""
    drop = st.popover(
        "Start from a PNG", icon=":material/upload_file:", type="tertiary", key="recipe_popover"
    )
    with drop:
        dropped = st.file_uploader(
            "A PNG that was downloaded here with its recipe",
            type="png",
            key="recipe_drop",
            max_upload_size=LARGEST_MEGABYTES,
        )
        if dropped is None:
            return
        try:
            recipe = read_recipe(dropped.getvalue())
        except InvalidRequestError as refusal:
            st.error(safe_text.as_label(refusal.problems[0].message), icon=":material/error:")
            return
        owned = studio().library.owner_of(recipe.original_sha256 or "")
        st.caption(
            "You own this very picture: the same request with its seed is free."
            if owned
            else "This studio does not have this picture."
        )
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
    generate_state.fill_form(recipe.request.model_dump(), picture=own)
