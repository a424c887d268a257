"""Prices and costs in the words of the pages."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.domain.engines import provider_of, traits_of
from core.domain.money import dollars
from core.domain.states import State
from core.domain.wording import DOT, at_start
from core.errors import BudgetExceededError, Problem, StaleStateError, with_advice
from core.records.generations import Generation
from core.wiring import studio
from pages.parts.shared import safe_text, session

DECISION = "decision"
"""The field of a problem with what was decided about one picture."""


def price_line(engine: str) -> str:
    """Return the line beside the button that spends: price, time, and what is left today.

    For a preview it only says that it is free; its time depends on the machine and the shot.
    """
    price = studio().service.price_microusd(engine)
    if not price:
        return "Preview: free"
    parts = [f"about {dollars(price)}"]
    if usual_seconds := traits_of(engine).usual_seconds:
        parts.append(f"about {usual_seconds} s")
    left = studio().service.left_today_microusd()
    if left is not None:
        parts.append(f"{dollars(max(left, 0))} left today")
    return DOT.join(parts)


def priced(words: str, price_microusd: int, *, at_most: bool = False) -> str:
    """Return what a button says that may spend: what it does, and its price or that it is free."""
    price = f"{'at most ' if at_most else ''}{dollars(price_microusd)}"
    return f"{words}{DOT}{price if price_microusd else 'free'}"


def cost_words(generation: Generation) -> str:
    """Return what a generation has cost, with unclear costs kept apart."""
    if generation.cached or not generation.price_microusd:
        return "free"
    cost = studio().service.cost_of(generation.id)
    parts = []
    if cost.certain_microusd or not cost.possible_microusd:
        parts.append(dollars(cost.certain_microusd))
    if cost.possible_microusd:
        parts.append(f"perhaps {dollars(cost.possible_microusd)}")
    return " + ".join(parts)


def draw_attempts(generation: Generation) -> None:
    """Draw every paid try with its outcome, and the provider's number to copy."""
    if not generation.price_microusd or generation.cached:
        return
    charge_words = {"no": "not charged", "maybe": "unclear: perhaps charged", "yes": "charged"}
    for attempt in studio().service.attempts_of(generation.id):
        parts = [
            f"Try {attempt.number}",
            safe_text.local_time(attempt.started_at),
            (attempt.error_class or "accepted").replace("_", " "),
            charge_words[attempt.charge],
        ]
        safe_text.show_text(DOT.join(parts), style="quiet")
    if generation.request_id:
        st.caption(f"The number of this picture at {provider_of(generation.engine)}")
        st.code(generation.request_id, language=None)


def draw_end_without_picture(generation: Generation, *, retry: str = "") -> None:
    """Draw what happened, what it cost and what to do about a missing picture.

    `retry` says how it is tried again here, where its failure has no advice of its own.
    """
    words = [
        generation.error_message or f"This picture ended as {generation.state}.",
        f"Cost: {cost_words(generation)}.",
        generation.error_advice or retry or generation.advice or "",
    ]
    if generation.state is State.UNKNOWN:
        st.warning(" ".join(words), icon=":material/help:")
        decisions = studio().decisions
        provider = provider_of(generation.engine)
        with st.container(horizontal=True):
            _draw_check(generation)
            st.button(
                safe_text.as_label(priced("Send again", generation.price_microusd)),
                key=f"send_again_{generation.id}",
                icon=":material/send:",
                help=f"{at_start(provider)} may have charged the first try; this one costs again.",
                on_click=_carry_out,
                args=(decisions.send_again, generation.id),
            )
            st.button(
                "Give up",
                key=f"give_up_{generation.id}",
                icon=":material/close:",
                on_click=_carry_out,
                args=(decisions.give_up, generation.id),
            )
    else:
        st.error(" ".join(words), icon=":material/error:")
        if studio().decisions.can_ask_for_ended(generation.id):
            _draw_check(generation)
    draw_attempts(generation)


def _draw_check(generation: Generation) -> None:
    st.button(
        "Check again · free",
        key=f"check_again_{generation.id}",
        icon=":material/refresh:",
        help=f"Asks {provider_of(generation.engine)} for the picture if its number is known.",
        on_click=_carry_out,
        args=(studio().decisions.check_again, generation.id),
    )


def _carry_out(decision: Callable[[int], Generation], generation_id: int) -> None:
    session.remember_problems(())
    try:
        decision(generation_id)
    except (BudgetExceededError, StaleStateError) as refusal:
        state = studio().service.see(generation_id).state
        needs_money = isinstance(refusal, BudgetExceededError)

        def stands(_: Problem) -> bool:
            now = studio().service.see(generation_id)
            can_pay = needs_money and studio().service.can_pay(
                now.price_microusd, project_id=now.project_id, batch_id=now.batch_id
            )
            return now.state is state and not can_pay

        problem = Problem(field=DECISION, message=with_advice(refusal))
        session.remember_problems((problem,), stands=stands)
