"""Asking again for the chosen pictures that failed or were blocked, priced before the click."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.batches.from_history import HistoryRetry, plan_history_retry, plan_of
from core.domain.wording import count_of
from core.errors import InvalidRequestError
from core.records.batch_rows import NewLine
from core.wiring import studio
from pages.parts.history import state as history_state
from pages.parts.shared import safe_text, session
from pages.parts.shared.money import priced
from pages.parts.shared.undo import attempt

COPIED_FIELDS = "copied_fields"
"""The key of the widget that says which settings are copied."""


def draw_retry(chosen: Sequence[int]) -> None:
    """Draw what asking again would cost, and the button that does it."""
    panel = st.popover("Retry", icon=":material/replay:", key="bulk_retry", on_change="rerun")
    if not panel.open:
        return
    with panel:
        try:
            retry = plan_history_retry(studio().database, chosen, now=studio().clock.now())
        except InvalidRequestError as refusal:
            st.caption(safe_text.as_label(refusal.problems[0].message))
            return
        _draw_words(retry)
        if retry.to_ask:
            ids = retry.to_ask
            were = "was" if len(ids) == 1 else "were"
            st.caption(f"{count_of(len(ids), 'picture')} {were} paid for and may still be fetched.")
            st.button(
                f"Check {len(ids):,} again · free",
                key="retry_ask",
                icon=":material/refresh:",
                on_click=_ask_for,
                args=(ids,),
            )
        if retry.lines:
            draw_start("Retry of", retry.lines, key="retry_start")


def draw_start(name: str, lines: Sequence[NewLine], *, key: str) -> None:
    """Draw the button that starts rows as a batch, with its price beside it.

    The batch is called `name` and how many pictures it makes, such as `Retry of 3 pictures`.
    """
    requests = [line.request for line in lines]
    quote = session.remembered_quote(
        (key, tuple(line.row_id for line in lines), tuple(requests)),
        lambda: studio().batches.quote(requests),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            safe_text.as_label(
                priced(f"Make {count_of(len(lines), 'picture')}", quote.price_microusd)
            ),
            key=key,
            type="primary",
            on_click=_start,
            args=(name, lines, _asked()),
        )
        owned = f"{quote.owned:,} already yours, " if quote.owned else ""
        st.caption(safe_text.as_label(owned + quote.sentence))
    if not quote.is_affordable:
        st.caption("This costs more than the budget has left; the batch will stop there and wait.")


def _draw_words(retry: HistoryRetry) -> None:
    if retry.lines:
        st.caption("Those that failed or were blocked are asked for again, each paid for once.")
    elif not retry.to_ask:
        st.caption("None of these failed or was blocked.")
    if retry.made_since:
        were = "was" if retry.made_since == 1 else "were"
        st.caption(
            f"{count_of(retry.made_since, 'picture')} {were} made since and will not be paid again."
        )


def _ask_for(ids: tuple[int, ...]) -> None:
    def ask() -> None:
        for generation_id in ids:
            studio().decisions.check_again(generation_id)

    if attempt(ask):
        history_state.choose_none()
        session.remember_action(f"Asked for {count_of(len(ids), 'picture')} again, free of charge")


def _asked() -> tuple[object, ...]:
    """Return what a price is for: the pictures chosen, and the fields to copy onto them."""
    return tuple(history_state.chosen_ids()), tuple(session.field(COPIED_FIELDS) or ())


def _start(name: str, lines: Sequence[NewLine], priced: tuple[object, ...]) -> None:
    if not history_state.chosen_ids():
        return  # a second click on the same button: the first one has begun it
    if priced != _asked():
        # pressed before the page could show what the last change costs
        session.remember_action(session.CHANGED_JUST_NOW)
        return
    started: list[int] = []
    words = f"{name} {count_of(len(lines), 'picture')}"

    def start() -> None:
        started.append(studio().batches.start(plan_of(words, lines), lines).id)

    if attempt(start):
        history_state.choose_none()
        history_state.turn_to_newest()
        session.remember_action(f"{words} started", batch_id=started[0])
