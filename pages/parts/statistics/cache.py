"""The monitoring targets, and the result cache with what can be cleared."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.cache.counts import CacheCounts, CacheEntry
from core.domain.money import about_dollars
from core.domain.wording import DOT, count_of
from core.insights.report import StatisticsReport
from core.insights.targets import Target, check_targets
from core.wiring import studio
from pages.parts.shared import safe_text
from pages.parts.statistics.cards import Status, show_statuses
from pages.parts.statistics.chart import seconds, show_title

_A_PAGE = 10
_SENTENCES = {
    "Cache hits": "{figure} of requests came from the cache",
    "Retries": "{figure} of pictures needed another try",
    "Success": "{figure} of pictures succeeded",
    "Average time": "{figure} to make a picture, on average",
    "Cache memory": "{figure} of the cache is in use",
}


def draw_targets(report: StatisticsReport, counts: CacheCounts) -> None:
    """Draw each target as a sentence with its figure, and whether it is met."""
    targets = check_targets(report.totals, counts, studio().results.max_entries)
    show_statuses([_status(target) for target in targets])


def draw_cache(counts: CacheCounts) -> None:
    """Draw what the cache holds and has saved, and the buttons that clear it."""
    ever = studio().insights.cache_totals()
    show_title("Cache", f"{count_of(counts.valid, 'request')} cached")
    # a label with changing figures would close the list on every change
    with st.expander(
        "Cached requests", icon=":material/cached:", key="cache", on_change="rerun"
    ) as opened:
        if opened.open:
            asked = count_of(ever.of("eligible"), "request")
            keeps = f"kept for {seconds(studio().results.ttl_seconds)}"
            lines = [
                (
                    "Cached",
                    f"at most {studio().results.max_entries:,}, {keeps}",
                ),
                (
                    "Expired",
                    f"{counts.expired:,} still stored, {counts.found_expired:,} too old to reuse",
                ),
                (
                    "Size",
                    (
                        f"{counts.picture_bytes / 1e6:,.1f} MB of pictures, "
                        f"{counts.entry_bytes / 1e3:,.1f} kB of requests"
                    ),
                ),
                (
                    "Ever",
                    DOT.join(
                        (
                            f"{count_of(ever.of('hits'), 'hit')} of {asked}",
                            f"saved {about_dollars(ever.of('saved_microusd'))}",
                            seconds(ever.saved_seconds),
                        )
                    ),
                ),
                ("Removed", f"{counts.evicted:,} for space, {counts.cleared:,} by hand"),
            ]
            safe_text.show_facts(lines)
            _draw_clearing(counts)
            _draw_entries(counts)


def _draw_clearing(counts: CacheCounts) -> None:
    results = studio().results
    with st.container(horizontal=True, key="cache_clearing"):
        with st.popover(
            "Clear all", icon=":material/delete:", key="cache_clear", disabled=not counts.entries
        ):
            st.caption(
                "The pictures stay in History; requested without their seeds, they are made and "
                "paid again."
            )
            _button("Yes, clear all", "cache_clear_all", results.clear_all)
        _button(
            "Clear expired", "cache_clear_expired", results.clear_expired, off=not counts.expired
        )


def _draw_entries(counts: CacheCounts) -> None:
    if not counts.entries:
        st.caption("Nothing cached. A request with a seed is cached once its picture is made.")
        return
    pages = -(-counts.entries // _A_PAGE)
    page = 1
    if pages > 1:
        page = st.pagination(pages, key="cache_page")
    for entry in studio().insights.cache_entries(limit=_A_PAGE, offset=_A_PAGE * (page - 1)):
        _draw_entry(entry)


def _forget(generation_id: int) -> None:
    studio().results.clear_one(generation_id)


def _draw_entry(entry: CacheEntry) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"cache_entry_{entry.generation_id}"
    ):
        words = [
            count_of(entry.hits, "hit"),
            f"saved {about_dollars(entry.saved_microusd)} and {seconds(entry.saved_seconds)}",
            f"until {safe_text.local_time(entry.expires_at)}",
        ]
        with st.container(gap=None):
            safe_text.show_text(entry.prompt, style="line")
            safe_text.show_text(DOT.join(words), style="faint")
        forget = st.popover(
            "Forget", type="tertiary", key=f"cache_forget_{entry.generation_id}", on_change="rerun"
        )
        if forget.open:
            with forget:
                st.caption(
                    "The picture stays in History; requested without its seed, it is made and "
                    "paid again."
                )
                st.button(
                    "Yes, forget it",
                    key=f"cache_forget_yes_{entry.generation_id}",
                    on_click=_forget,
                    args=(entry.generation_id,),
                )


def _button(label: str, key: str, clear: Callable[[], int], *, off: bool = False) -> None:
    if st.button(label, key=key, disabled=off):
        st.toast(f"{count_of(clear(), 'request')} forgotten")
        st.rerun()


def _status(target: Target) -> Status:
    if target.figure is None:
        sentence = f"{target.name}: no case yet"
    else:
        figure = f"{target.figure:,.1f} {target.unit}"
        sentence = _SENTENCES[target.name].format(figure=figure)
    facts = [f"goal: {target.goal}", f"n = {target.n:,}"]
    if target.status == "too_few":
        facts.insert(0, "too few to judge")
    return Status(sentence=sentence, facts=DOT.join(facts), status=target.status)
