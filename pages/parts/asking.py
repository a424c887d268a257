"""The button that asks for a picture, and what happens when it is pressed."""

from __future__ import annotations

import streamlit as st

from core.domain.request import (
    MOST_RETRIES,
    GenerationRequest,
    canonical_form,
    parse_request,
)
from core.errors import BudgetExceededError, InvalidRequestError, NotFoundError, Problem
from core.records.generations import Generation
from core.wiring import studio
from pages.parts import session
from pages.parts.money import price_line

PREVIEW = "preview"


def shown_generation() -> Generation | None:
    """Return the generation this tab looks at, as it stands now."""
    generation_id = session.shown_id()
    if generation_id is None:
        return None
    try:
        return studio().desk.see(generation_id)
    except NotFoundError:
        session.show(None)
        return None


def draw_generate_button(shown: Generation | None) -> None:
    """Draw the one primary button of the page with its price beside it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Generate",
            key="generate",
            type="primary",
            icon=":material/bolt:",
            shortcut="Ctrl+Enter",
            on_click=_ask,
            args=(shown,),
        )
        st.caption(price_line(session.chosen_engine()))
        if session.chosen_engine() != PREVIEW:
            st.button(
                "Preview",
                key="preview",
                icon=":material/visibility:",
                help="The same shot with stand-ins, free",
                on_click=_ask,
                args=(shown, PREVIEW),
            )
        with st.popover("", icon=":material/tune:", type="tertiary", help="More settings"):
            st.toggle(
                "Reuse a picture you own",
                value=True,
                key="use_cache",
                help="The same request made again within the hour shows the picture you have.",
                persist_state="session",
            )
            st.number_input(
                "Retries",
                min_value=0,
                max_value=MOST_RETRIES,
                value=3,
                key="max_retries",
                help="How often a failed request may be repeated.",
                persist_state="session",
            )


def draw_problems(problems: tuple[Problem, ...]) -> None:
    """Draw one sentence for each wrong field."""
    for problem in problems:
        st.error(problem.message, icon=":material/error:")


def read_form(engine: str | None = None) -> GenerationRequest:
    """Return what the form asks for, of its own engine or another, or raise InvalidRequestError."""
    fields = {**session.form_fields(), "engine": engine or session.chosen_engine()}
    return parse_request({"prompt": "", **fields})


def is_same_shot(request: GenerationRequest, generation: Generation) -> bool:
    """Whether a generation was asked for with just this request."""
    return canonical_form(request) == studio().desk.see_detail(generation.id).canonical


def draw_how_to_connect() -> None:
    """Draw how the paid engines are switched on, where no key is set."""
    if len(studio().desk.engine_names) > 1:
        return
    with st.popover("Connect Bria FIBO", icon=":material/key:", type="tertiary"):
        st.markdown(
            "Previews work without a key. For the real pictures, create an API token in Bria's "
            "console, write it into `.streamlit/secrets.toml` and start the app again:"
        )
        st.code('BRIA_API_TOKEN = "your token"', language="toml")


def _ask(shown: Generation | None, engine: str | None = None) -> None:
    try:
        request = read_form(engine)
        session.remember_problems(())
        if shown is None or not _is_answered_by(request, shown):
            session.show(studio().desk.ask(request, unasked_seed=session.next_seed()))
            session.forget_next_seed()
    except InvalidRequestError as refusal:
        session.remember_problems(refusal.problems)
    except BudgetExceededError as refusal:
        sentence = f"{refusal.message} {refusal.advice}"
        session.remember_problems((Problem(field="engine", message=sentence),))


def _is_answered_by(request: GenerationRequest, shown: Generation) -> bool:
    """Whether pressing the button again would only show what is on the screen already."""
    if not shown.is_waiting and not (request.use_cache and shown.image_sha256):
        return False
    return is_same_shot(request, shown)
