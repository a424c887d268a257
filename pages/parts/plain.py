"""Text and figures as they are: prompts are never read as markdown or HTML."""

from __future__ import annotations

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.domain.vocabulary import label_of
from core.records.generations import Generation

DOT = " · "


def show_text(text: str, *, style: str = "body") -> None:
    """Show text letter by letter; `style` is `body`, `quiet` or `title`."""
    st.html(f'<p class="plain plain-{style}">{escape(text)}</p>')


def facts(generation: Generation, engine_label: str) -> str:
    """Return the caption of a picture: engine, seed, time, price, size."""
    parts = [engine_label, f"seed {generation.seed}"]
    if generation.cached:
        parts.append("already yours")
    elif generation.generation_seconds is not None:
        parts.append(f"{generation.generation_seconds:.1f} s")
    parts.append("free")
    if generation.image_width and generation.image_height:
        parts.append(f"{generation.image_width} × {generation.image_height} px")
    return DOT.join(parts)


def chosen(generation: Generation) -> str:
    """Return the labels of the parameters that were set, or that none was."""
    labels = [label_of(name, value) for name, value in generation.parameters.items()]
    return DOT.join(labels) if labels else "no parameters set"


def local_time(moment: datetime) -> str:
    """Return date and time of day in the viewer's own zone."""
    return moment.astimezone(_viewer_zone()).strftime("%d %b %Y, %H:%M")


def _viewer_zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except ZoneInfoNotFoundError:
        return ZoneInfo("UTC")
