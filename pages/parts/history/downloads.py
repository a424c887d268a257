"""Downloads: the history as a table, and one picture with or without its recipe."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.errors import InvalidRequestError
from core.library.png_recipe import with_recipe, without_metadata
from core.library.query.ast import Query
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.generate.result import missing_file
from pages.parts.shared import safe_text


def draw_table_downloads(query: Query) -> None:
    """Draw the downloads of everything found, created when they are clicked."""
    zone = safe_text.viewer_zone()

    def table(suffix: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"history{suffix}"
            studio().library.write_table(query, path, zone=zone)
            return path.read_bytes()

    with st.popover("Export", icon=":material/table:", type="tertiary", key="history_export"):
        st.download_button(
            "CSV",
            data=lambda: table(".csv"),
            file_name="history.csv",
            mime="text/csv",
            key="history_csv",
            help="All pictures found; no cell is a formula",
            on_click="ignore",
        )
        st.download_button(
            "Parquet",
            data=lambda: table(".parquet"),
            file_name="history.parquet",
            mime="application/vnd.apache.parquet",
            key="history_parquet",
            on_click="ignore",
        )


def draw_picture_download(generation: Generation) -> None:
    """Draw the download of one picture: original, with its recipe, or without any metadata."""
    if missing_file(generation):
        return
    suffix = (generation.image_type or "image/png").removeprefix("image/")
    kinds = {"recipe": "With recipe", "original": "Original", "stripped": "Without metadata"}
    with st.popover(
        "Download", icon=":material/download:", type="tertiary", key="picture_download"
    ):
        kind = st.radio(
            "What to include",
            list(kinds),
            format_func=lambda one: kinds[one],
            key="download_kind",
            label_visibility="collapsed",
        )
        st.download_button(
            "Download",
            data=lambda: _copy(generation, kind),
            file_name=f"fibo-{generation.id}.{suffix}",
            mime=generation.image_type,
            key=f"download_{generation.id}",
            on_click="ignore",
        )


def draw_zip(chosen: Sequence[int]) -> None:
    """Draw the links to the chosen pictures as one zip, made while it is fetched."""
    try:
        url, refusal = studio().archives.url_of_pictures(chosen), ""
    except InvalidRequestError as wrong:
        url, refusal = "", wrong.problems[0].message
    st.link_button(
        "Zip",
        url,
        key="bulk_zip",
        icon=":material/folder_zip:",
        help=refusal or "Every PNG with its recipe, a manifest and contact sheets",
        disabled=not url,
    )
    st.link_button(
        "Zip without recipes",
        f"{url}?recipe=no",
        key="bulk_zip_bare",
        type="tertiary",
        help=refusal or "The pictures as they were made, with nothing added",
        disabled=not url,
    )


def _copy(generation: Generation, kind: str) -> bytes:
    content = studio().service.picture_file(generation).path.read_bytes()
    if kind == "recipe":
        return with_recipe(content, generation, studio().service.see_detail(generation.id))
    return without_metadata(content) if kind == "stripped" else content
