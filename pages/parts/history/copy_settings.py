"""Copies light, palette or other fields of one picture to others, priced before the click."""

from __future__ import annotations

import streamlit as st

from core.batches.from_history import lines_of_copies
from core.errors import StudioError
from core.generation.copy_plan import FIELDS, plan_copies
from core.wiring import studio
from pages.parts.history.retry import COPIED_FIELDS, draw_start
from pages.parts.shared import safe_text

MOST_AT_ONCE = 100


def draw_copy_settings(chosen: list[int]) -> None:
    """Draw the copying of settings from the picture selected first to the others."""
    if not 2 <= len(chosen) <= MOST_AT_ONCE:
        return
    panel = st.popover(
        "Copy settings to…", icon=":material/colorize:", key="copy_settings", on_change="rerun"
    )
    if not panel.open:
        return
    with panel:
        st.caption("From the picture you chose first, onto the others. Seed and subject stay.")
        fields = st.pills(
            "Fields",
            list(FIELDS),
            selection_mode="multi",
            format_func=lambda name: FIELDS[name],
            default=["lighting", "aesthetics.color_scheme"],
            key=COPIED_FIELDS,
            label_visibility="collapsed",
        )
        if not fields:
            return
        try:
            plans = plan_copies(studio().service, chosen[0], chosen[1:], list(fields))
        except StudioError as refusal:
            st.error(safe_text.as_label(refusal.message))
            return
        if not plans:
            st.caption("The others have these values already.")
            return
        rows = [
            (f"{plan.parent.prompt[:40]} · {name}", before or "not set", after or "not set")
            for plan in plans[:8]
            for name, before, after in plan.changes
        ]
        safe_text.show_table(("Field", "Now", "Then"), rows)
        draw_start("Copy of settings to", lines_of_copies(plans), key="copy_settings_make")
