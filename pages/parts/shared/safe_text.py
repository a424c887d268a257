"""Shows text and figures unchanged: prompts are never read as Markdown or HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.domain.differences import Stretch
from core.domain.engines import provider_of
from core.domain.states import State
from core.domain.vocabulary import label_of
from core.domain.wording import DOT, at_start
from core.library.pages import Tile
from core.records.generations import Generation

_ROW_PX = 35
_MARKS = re.compile(r"[\\`*_{}\[\]()#+\-.!|<>~$:&^=]")
_LINKS = re.compile(r"(?i)(?<=https:)(?=//)|(?<=http:)(?=//)|(?<=ftp:)(?=//)|(?<=www)(?=\.)|(?<=@)")
_JOINER = "\u2060"

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
    State.SUBMITTING: "Sending the order to {provider}",
    State.ACCEPTED: "{provider} is making the picture",
    State.DOWNLOADING: "Fetching the picture",
}


def show_text(
    text: str, *, style: str = "body", width: Literal["stretch", "content"] = "stretch"
) -> None:
    """Show text unchanged.

    `style` is one of styles.css: body, quiet, faint, line, blank, title, figures.
    """
    st.html(f'<p class="text text-{style}">{escape(text)}</p>', width=width)


def show_marked(line: str, position: int, length: int) -> None:
    """Show a line with a stretch of it marked as wrong."""
    parts = line[:position], line[position : position + max(length, 1)], line[position + length :]
    before, wrong, after = (escape(part) for part in parts)
    st.html(f'<p class="text text-quiet">{before}<mark>{wrong or "…"}</mark>{after}</p>')


def as_label(text: str) -> str:
    """Return text for a widget's label, escaped so that Streamlit finds no Markdown in it.

    Addresses become links even if their characters are escaped, since Streamlit looks for links
    after unescaping; an invisible joiner inside them prevents that.
    """
    return _MARKS.sub(r"\\\g<0>", _LINKS.sub(_JOINER, " ".join(text.split())))


def show_card(picture_url: str, title: str, caption: str) -> None:
    """Show a thumbnail with a line of text and a fainter one below it."""
    st.html(
        f'<img src="{escape(picture_url)}" alt="{escape(title)}">'
        f'<p class="text text-line">{escape(title)}</p>'
        f'<p class="text text-faint">{escape(caption)}</p>'
    )


def show_strip(pictures: Sequence[tuple[str, str]]) -> None:
    """Show small pictures side by side, each given as address and alternative text."""
    images = (
        f'<img src="{escape(url)}" alt="{escape(words)}" title="{escape(words)}" loading="lazy">'
        for url, words in pictures
    )
    st.html(f'<div class="text-strip">{"".join(images)}</div>')


def show_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a small table of text."""
    above = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    below = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    st.html(f'<div class="wide"><table class="text-table"><tr>{above}</tr>{below}</table></div>')


def table_height(rows: int, *, most: int) -> int:
    """Return the height in pixels that shows a table's rows completely, up to a maximum."""
    return _ROW_PX * (min(rows, most) + 1) + 3


def show_swatch(colour: str, name: str, fact: str) -> None:
    """Show a name behind a dot of its colour, with a fainter fact."""
    st.html(
        f'<p class="text"><span class="swatch" style="background:{escape(colour)}"></span>'
        f'{escape(name)} <span class="text-faint">{escape(fact)}</span></p>'
    )


def tile_words(tile: Tile) -> str:
    """Return what a picture on the wall is doing, in words for people."""
    return _words_of(tile.state, tile.engine, is_paid=tile.price_microusd > 0)


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
    """Return the instruction and the labels of the parameters, or that none was set."""
    labels = [label_of(name, value) for name, value in generation.parameters.items()]
    if generation.instruction:
        labels.insert(0, f"“{generation.instruction}”")
    return DOT.join(labels) if labels else "no parameters set"


def state_words(generation: Generation) -> str:
    """Return what a generation is doing, in words for people."""
    return _words_of(generation.state, generation.engine, is_paid=generation.price_microusd > 0)


def _words_of(state: State, engine: str, *, is_paid: bool) -> str:
    words = _PAID_STATE_WORDS.get(state) if is_paid else None
    if words is None:
        return _STATE_WORDS[state]
    return at_start(words.format(provider=provider_of(engine)))


def local_time(moment: datetime) -> str:
    """Return date and time of day in the viewer's own zone."""
    return moment.astimezone(viewer_zone()).strftime("%d %b %Y, %H:%M")


def local_clock(moment: datetime) -> str:
    """Return the time of day in the viewer's own zone."""
    return moment.astimezone(viewer_zone()).strftime("%H:%M:%S")


def local_moment(moment: datetime, now: datetime) -> str:
    """Return the time of day in the viewer's own zone, with its day where that is not today."""
    there, today = moment.astimezone(viewer_zone()), local_day(now)
    if there.date() == today:
        return local_clock(moment)
    year = "" if there.year == today.year else f" {there.year}"
    return f"{there:%a} {there.day} {there:%b}{year}, {there:%H:%M}"


def local_day(moment: datetime) -> date:
    """Return the day of a moment in the viewer's own zone."""
    return moment.astimezone(viewer_zone()).date()


def day_words(day: date, today: date) -> str:
    """Return a day as people say it: today, yesterday, or weekday and date."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return day.strftime("%A, %d %B" if day.year == today.year else "%A, %d %B %Y")


def viewer_zone() -> ZoneInfo:
    """Return the viewer's time zone, or UTC if the browser does not tell."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except ZoneInfoNotFoundError:
        return ZoneInfo("UTC")


def show_facts(rows: Sequence[tuple[str, str]]) -> None:
    """Show names and their facts in two quiet columns."""
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>" for name, fact in rows)
    st.html(f'<dl class="facts">{cells}</dl>')


def show_changes(head: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Show a table whose rows may be marked `changed` or `drift`, in words and in colour."""
    above = "".join(f"<th>{escape(cell)}</th>" for cell in head) + '<th class="mark"></th>'
    below = "".join(
        f'<tr class="row-{mark or "same"}">'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row)
        + f'<td class="mark">{escape(mark)}</td></tr>'
        for mark, row in rows
    )
    st.html(f'<div class="wide"><table class="text-table"><tr>{above}</tr>{below}</table></div>')


def show_word_changes(pieces: Sequence[Stretch]) -> None:
    """Show two texts as one: removed words struck through, added ones underlined."""
    tags = {"same": "span", "removed": "del", "added": "ins"}
    words = "".join(
        f"<{tags[piece.kind]}>{escape(piece.text)}</{tags[piece.kind]}>" for piece in pieces
    )
    st.html(f'<p class="text words">{words}</p>')


def show_side_by_side(shown: Sequence[tuple[str | None, str]]) -> None:
    """Show pictures in one row; on a phone below each other."""
    st.html(f'<div class="beside">{"".join(_compared(url, text) for url, text in shown)}</div>')


def show_split(
    first: tuple[str | None, str], second: tuple[str | None, str], *, percent: int
) -> None:
    """Show the first picture up to a position and the second from there on."""
    cut = f"clip-path:inset(0 {100 - percent}% 0 0)"
    st.html(
        f'<div class="over">{_compared(*second)}<div class="over-top" style="{cut}">'
        f"{_compared(*first)}</div></div>"
    )


def show_blinking(shown: Sequence[tuple[str | None, str]]) -> None:
    """Show two pictures in turn; it rests while the pointer is on it."""
    first, second = (_compared(url, text) for url, text in shown)
    st.html(f'<div class="over">{second}<div class="over-top over-blink">{first}</div></div>')


def _compared(url: str | None, text: str) -> str:
    if url is None:
        return '<p class="text text-blank">no picture</p>'
    return f'<img src="{escape(url)}" alt="{escape(text)}">'
