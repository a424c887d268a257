"""Where a batch begins: a file or pasted text, read and checked at once."""

from __future__ import annotations

import streamlit as st

from core.intake.readers import SUFFIXES
from core.intake.sheets import template_xlsx
from core.intake.table import Answers, EncodingUnknownError, UnreadableFileError
from core.intake.template import template_csv
from pages.parts.batch import state as batch_state
from pages.parts.batch.draft import begin_draft, open_draft
from pages.parts.batch.review import draw_check, draw_refusal
from pages.parts.generate.submit import draw_problems
from pages.parts.shared import safe_text, session

_ENCODINGS = {"cp1252": "Western (Windows)", "mac-roman": "Western (Mac)", "shift_jis": "Japanese"}


def draw_upload() -> None:
    """Draw the upload, or the check of what was uploaded."""
    draft = open_draft()
    if draft is not None:
        draw_check(draft)
        return
    st.subheader("Make many pictures at once", anchor=False)
    st.caption("Upload a table or paste one prompt a line. Nothing is sent before you press Start.")
    upload, paste = st.columns(2, gap="large")
    with upload:
        st.file_uploader(
            "File",
            type=[suffix.removeprefix(".") for suffix in SUFFIXES],
            key="batch_file",
            on_change=_read_upload,
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Template", width="content")
            st.download_button(
                "CSV",
                template_csv,
                file_name="fibo-batch.csv",
                mime="text/csv",
                key="batch_template_csv",
                type="tertiary",
                on_click="ignore",
            )
            st.download_button(
                "Excel template with drop-downs",
                template_xlsx,
                file_name="fibo-batch.xlsx",
                key="batch_template_xlsx",
                type="tertiary",
                on_click="ignore",
            )
    with paste:
        st.text_area(
            "Or paste",
            key="batch_paste",
            height=118,
            placeholder="a perfume bottle on marble\na whisky bottle, low key",
        )
        st.button(
            "Check",
            key="batch_check",
            icon=":material/fact_check:",
            type="primary",
            on_click=_read_pasted,
        )
    draw_refusal()
    draw_problems(tuple(one for one in session.problems() if one.field == "batch"))
    refusal = batch_state.refusal()
    upload = session.field("batch_file")
    if isinstance(refusal, EncodingUnknownError) and upload is not None:
        content = upload.getvalue()
        for encoding, preview in refusal.previews.items():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(
                    f"Read as {_ENCODINGS.get(encoding, encoding)}",
                    key=f"batch_encoding_{encoding}",
                    on_click=_read,
                    args=(upload.name, content, encoding),
                )
                safe_text.show_text(preview, style="quiet")


def _read_upload() -> None:
    upload = session.field("batch_file")
    if upload is not None:
        _read(upload.name, upload.getvalue())


def _read_pasted() -> None:
    _read(None, session.field("batch_paste") or "")


def _read(name: str | None, content: bytes | str, encoding: str | None = None) -> None:
    """Begin a draft, or keep why it cannot be read until what was read is taken away."""
    batch_state.remember_refusal(None)
    session.remember_problems(())
    try:
        begin_draft(name, content, Answers(encoding=encoding))
    except UnreadableFileError as refusal:
        field = "batch_paste" if name is None else "batch_file"
        read = _identity(field)
        batch_state.remember_refusal(refusal, stands=lambda: _identity(field) == read)


def _identity(field: str) -> object:
    """Return what tells one upload or one pasted text from the next."""
    value = session.field(field)
    return getattr(value, "file_id", value)
