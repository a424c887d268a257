"""Text and figures as they are: prompts are never read as markdown or HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.domain.states import State
from core.domain.vocabulary import label_of
from core.records.generations import Generation

DOT = " · "
_MARKS = re.compile(r"[\\`*_{}\[\]()#+\-.!|<>~$:&^=]")

_STATE_WORDS = {
    State.QUEUED: "Waiting for a free renderer",
    State.SUBMITTING: "Handing the shot over",
    State.ACCEPTED: "Drawing the shot",
    State.DOWNLOADING: "Keeping the picture",
    State.COMPLETED: "Ready",
    State.FAILED: "Failed",
    State.BLOCKED: "Blocked",
    State.CANCELLED: "Cancelled",
    State.UNKNOWN: "Needs a decision",
}
_PAID_STATE_WORDS = {
    State.QUEUED: "Waiting for its turn",
    State.SUBMITTING: "Sending the order to Bria",
    State.ACCEPTED: "Bria is making the picture",
    State.DOWNLOADING: "Fetching the picture",
}


def show_text(text: str, *, style: str = "body") -> None:
    """Show text letter by letter.

    `style` is one of styles.css: body, quiet, faint, line, blank, title, figures.
    """
    st.html(f'<p class="plain plain-{style}">{escape(text)}</p>')


def show_card(picture_url: str, title: str, caption: str) -> None:
    """Show a thumbnail with a line of text and a fainter one below it."""
    _show_card(f'<img src="{escape(picture_url)}" alt="{escape(title)}">', title, caption)


def show_blank_card(words: str, title: str, caption: str) -> None:
    """Show the same card with words in place of a thumbnail."""
    _show_card(f'<p class="plain plain-blank">{escape(words)}</p>', title, caption)


def show_strip(pictures: Sequence[tuple[str, str]]) -> None:
    """Show small pictures side by side, each given as address and alternative text."""
    images = (
        f'<img src="{escape(url)}" alt="{escape(words)}" title="{escape(words)}" loading="lazy">'
        for url, words in pictures
    )
    st.html(f'<div class="plain-strip">{"".join(images)}</div>')


def as_markdown(text: str) -> str:
    """Return text for a place that reads markdown, with every sign of markdown as it is."""
    return _MARKS.sub(r"\\\g<0>", text)


def _show_card(top: str, title: str, caption: str) -> None:
    st.html(
        f'{top}<p class="plain plain-line">{escape(title)}</p>'
        f'<p class="plain plain-faint">{escape(caption)}</p>'
    )


def facts(generation: Generation, engine_label: str, cost: str) -> str:
    """Return the caption of a picture: engine, seed, time, cost, size."""
    parts = [engine_label, f"seed {generation.seed}"]
    if generation.generation_seconds:
        parts.append(f"{generation.generation_seconds:.1f} s")
    parts.append(cost)
    if generation.image_width and generation.image_height:
        parts.append(f"{generation.image_width} × {generation.image_height} px")
    return DOT.join(parts)


def chosen(generation: Generation) -> str:
    """Return the labels of the parameters that were set, or that none was."""
    labels = [label_of(name, value) for name, value in generation.parameters.items()]
    return DOT.join(labels) if labels else "no parameters set"


def state_words(generation: Generation) -> str:
    """Return what a generation is doing, in words of the studio."""
    if generation.price_microusd:
        return _PAID_STATE_WORDS.get(generation.state, _STATE_WORDS[generation.state])
    return _STATE_WORDS[generation.state]


def local_time(moment: datetime) -> str:
    """Return date and time of day in the viewer's own zone."""
    return moment.astimezone(_viewer_zone()).strftime("%d %b %Y, %H:%M")


def local_clock(moment: datetime) -> str:
    """Return the time of day in the viewer's own zone."""
    return moment.astimezone(_viewer_zone()).strftime("%H:%M:%S")


def _viewer_zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except ZoneInfoNotFoundError:
        return ZoneInfo("UTC")
