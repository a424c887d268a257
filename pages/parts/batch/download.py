"""Downloading a batch: file names with a preview, and the zip."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st

from core.batches.watching import Progress
from core.errors import InvalidRequestError
from core.export.names import DEFAULT_TEMPLATE, NAME_FIELDS
from core.wiring import studio
from pages.parts.shared import safe_text, session


def draw_download(progress: Progress) -> None:
    """Draw the link to the zip, with the file names of its pictures."""
    batch_id, archives = progress.batch.id, studio().archives
    template = session.field("batch_names") or DEFAULT_TEMPLATE
    recipe = "&recipe=no" if session.field("batch_recipe") is False else ""
    try:
        names = archives.preview_names(batch_id, template, limit=2)
        refusal = None
    except InvalidRequestError as wrong:
        names, refusal = [], wrong.message
    with st.container(horizontal=True, vertical_alignment="center", key="batch_takeaway"):
        st.link_button(
            "Download zip",
            f"{archives.url(batch_id)}?names={quote(template)}{recipe}",
            key="batch_zip",
            icon=":material/folder_zip:",
            type="primary" if progress.batch.is_over else "secondary",
            disabled=refusal is not None,
            help="Pictures, contact sheets, manifest.csv and manifest.json so far",
        )
        with st.popover("Files", icon=":material/label:", type="tertiary"):
            st.text_input(
                "File name template",
                value=DEFAULT_TEMPLATE,
                key="batch_names",
                help="Fields: " + ", ".join(f"{{{name}}}" for name in NAME_FIELDS),
                persist_state="session",
            )
            st.toggle(
                "Recipe in every PNG",
                value=True,
                key="batch_recipe",
                help="How it was made, for Start from a PNG; off, the files stay as they were made",
                persist_state="session",
            )
            st.caption("Equal names are numbered; forbidden characters are replaced.")
        if refusal is None:
            safe_text.show_text(names[0], style="faint")
    if refusal is not None:
        st.error(safe_text.as_label(refusal), icon=":material/error:")
