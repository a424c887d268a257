"""The lights of the monitoring targets, and the result cache with what can be cleared."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.domain.money import dollars
from core.insights.report import Report
from core.insights.targets import Target, judge_targets
from core.wiring import studio
from pages.parts import plain

_LIGHTS = {
    "met": (":material/check_circle:", "green"),
    "missed": (":material/error:", "orange"),
    "unknown": (":material/help:", "gray"),
}


def draw_lights(report: Report) -> None:
    """Draw each target with its figure and whether it is met."""
    counts = studio().insights.cache_counts()
    with st.container(horizontal=True, key="lights"):
        for target in judge_targets(report.totals, counts, studio().results.max_entries):
            icon, colour = _LIGHTS[target.light]
            st.badge(_words(target), icon=icon, color=colour)  # type: ignore[arg-type]


def draw_cache() -> None:
    """Draw what the cache holds and has saved, and the buttons that clear it."""
    counts, ever = studio().insights.cache_counts(), studio().insights.cache_totals()
    with st.expander("Cache", icon=":material/cached:", key="cache", on_change="rerun") as opened:
        if not opened.open:
            return
        parts = [
            f"{counts.valid:,} requests remembered, {counts.expired:,} expired",
            f"{counts.picture_bytes / 1e6:,.1f} MB of pictures",
            f"{ever.of('hits'):,} hits of {ever.of('eligible'):,} asked",
            f"saved {dollars(ever.of('saved_microusd'))} and {ever.saved_seconds:,.0f} s",
            f"{counts.found_expired:,} found expired, {counts.evicted:,} dropped for room",
            f"kept for {studio().results.ttl_seconds / 60:,.0f} min",
        ]
        plain.show_text(plain.DOT.join(parts), style="quiet")
        results = studio().results
        with st.container(horizontal=True):
            with st.popover("Clear all", icon=":material/delete:", key="cache_clear"):
                st.caption("The pictures stay in History; asked again, they are made anew.")
                _button("Yes, clear all", "cache_clear_all", results.clear_all)
            _button("Clear expired", "cache_clear_expired", results.clear_expired)
        for entry in studio().insights.cache_entries(limit=10):
            with st.container(horizontal=True, vertical_alignment="center"):
                words = (f"{entry.hits} hits", f"until {plain.local_time(entry.expires_at)}")
                plain.show_text(plain.DOT.join((entry.prompt[:80], *words)), style="line")
                st.button(
                    "Forget",
                    key=f"cache_forget_{entry.generation_id}",
                    type="tertiary",
                    on_click=_forget,
                    args=(entry.generation_id,),
                )


def _button(label: str, key: str, clear: Callable[[], int]) -> None:
    if st.button(label, key=key):
        st.toast(f"{clear():,} requests forgotten")
        st.rerun()


def _forget(generation_id: int) -> None:
    studio().results.clear_one(generation_id)


def _words(target: Target) -> str:
    figure = "no case yet" if target.figure is None else f"{target.figure:,.1f} {target.unit}"
    return f"{target.name} {figure} · {target.goal} · n = {target.n:,}"
