"""The banner of every page: what is wrong, and why orders have to wait."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.domain.notice import Notice
from core.domain.wording import DOT
from core.wiring import studio
from pages.parts.shared import safe_text
from pages.parts.shared.money import priced

LOOK_EVERY_SECONDS = 10.0


def draw_banner() -> None:
    """Draw the current notices, and keep them up to date."""
    st.fragment(_draw, run_every=LOOK_EVERY_SECONDS)()


def _draw() -> None:
    report = studio().health.report()
    if report.notices:
        with st.container(key="notices"):
            st.html(f'<ul class="notices" role="status">{"".join(map(_line, report.notices))}</ul>')
    if any(notice.kind == "held" for notice in report.notices):
        _draw_held()
    if report.database_ok and len(studio().service.engine_names) > 1:
        _draw_outages()


def _line(notice: Notice) -> str:
    says = "notice-says notice-stops" if notice.stops else "notice-says"
    advice = f' <span class="notice-advice">{escape(notice.advice)}</span>' if notice.advice else ""
    return f'<li><span class="{says}">{escape(notice.message)}</span>{advice}</li>'


def _draw_held() -> None:
    """Draw the buttons that decide about held orders; a notice above explains them."""
    with st.container(key="held", horizontal=True, vertical_alignment="center"):
        held = studio().held.summary()
        st.button("Check · free", key="held_check", on_click=_check_held)
        if not held.count:
            st.button("OK", key="held_seen", on_click=_note_seen)
            return
        send = safe_text.as_label(priced("Send", held.price_microusd, at_most=True))
        st.button(send, key="held_send", on_click=_send_held)
        st.button("Drop", key="held_drop", help="Releases their price", on_click=_drop_held)


def _note_seen() -> None:
    studio().held.note_seen()


def _send_held() -> None:
    st.toast(f"{studio().held.send():,} are sent.")


def _drop_held() -> None:
    st.toast(f"{studio().held.drop():,} are dropped; their price is released.")


def _check_held() -> None:
    adopted = studio().held.check()
    left = studio().held.summary().count
    st.toast(f"{adopted:,} are fetched free of charge; {left:,} have no number here.")


def _draw_outages() -> None:
    outages = studio().rate_limiter.outages()
    if not outages:
        return
    parts = [outages[0].reason.removesuffix("."), f"{studio().service.count_unfinished()} waiting"]
    until = outages[0].until
    now = studio().clock.now()
    when = f"next try {safe_text.local_moment(until, now)}" if until else "fix this, then try now"
    parts.append(when)
    with st.container(key="banner", horizontal=True, vertical_alignment="center"):
        st.warning(DOT.join(parts), icon=":material/pause_circle:")
        st.button(
            safe_text.as_label(priced("Try now", studio().service.reserved_to_send_microusd())),
            key="banner_resume",
            help="Sends the orders that wait; their money is reserved. Rows of batches follow.",
            on_click=studio().rate_limiter.resume,
        )
