"""The button that requests a picture, and what happens when it is pressed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.domain.engines import traits_of
from core.domain.request import (
    MOST_RETRIES,
    GenerationRequest,
    canonical_form,
    parse_request,
)
from core.domain.wording import DOT
from core.errors import (
    BudgetExceededError,
    InvalidRequestError,
    NotFoundError,
    Problem,
    with_advice,
)
from core.records.generations import Generation
from core.records.projects import FIRST_PROJECT
from core.wiring import studio
from pages.parts.generate import state as generate_state
from pages.parts.generate.result import missing_file
from pages.parts.shared import safe_text, session
from pages.parts.shared.money import price_line, priced

OWNED_LINE = DOT.join(("You own this picture", "free"))


def shown_generation() -> Generation | None:
    """Return the generation in this tab, in its present state."""
    generation_id = generate_state.shown_id()
    if generation_id is None:
        return None
    try:
        return studio().service.see(generation_id)
    except NotFoundError:
        generate_state.show(None)
        return None


def draw_generate_button(shown: Generation | None) -> None:
    """Draw the one primary button of the page with its price beside it.

    Where the form asks for a picture that is owned, the button shows that one and says so; below it
    is the choice between that picture and a new variation.
    """
    request = _owned_request()
    engine = generate_state.chosen_engine()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Generate",
            key="generate",
            type="primary",
            icon=":material/bolt:",
            shortcut="Ctrl+Enter",
            on_click=_ask,
            args=(shown, None, request),
        )
        st.caption(price_line(engine) if request is None else OWNED_LINE)
        names = studio().service.engine_names
        free = next((name for name in names if traits_of(name).family == "preview"), None)
        if free is not None and traits_of(engine).family != "preview":
            st.button(
                "Preview",
                key="preview",
                icon=":material/visibility:",
                help="The same shot with stand-ins, free",
                on_click=_ask,
                args=(shown, free),
            )
        with st.popover("", icon=":material/tune:", type="tertiary", help="More settings"):
            st.toggle(
                "Reuse a picture you own",
                value=True,
                key="use_cache",
                help="The same request shows the picture you have: with its seed, always.",
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
    if request is not None and request.seed is None and not (shown and shown.is_waiting):
        _draw_choice(request, shown)


def draw_problems(problems: tuple[Problem, ...]) -> None:
    """Draw one sentence per wrong field."""
    for problem in problems:
        st.error(safe_text.as_label(problem.message), icon=":material/error:")


def read_form(engine: str | None = None) -> GenerationRequest:
    """Return what the form asks for, of its own engine or another, or raise InvalidRequestError."""
    fields = {**generate_state.form_fields(), "engine": engine or generate_state.chosen_engine()}
    if not traits_of(str(fields["engine"])).supports_draft:
        fields.pop("resolution", None)  # a draft that is carried, which no other engine makes
    return parse_request({"prompt": "", **fields})


def is_same_shot(request: GenerationRequest, generation: Generation) -> bool:
    """Return whether a generation has exactly this request."""
    return canonical_form(request) == studio().service.see_detail(generation.id).canonical


def draw_how_to_connect() -> None:
    """Draw how to switch on the paid engines, if no key is set."""
    if len(studio().service.engine_names) > 1:
        return
    with st.popover("Connect Bria FIBO", icon=":material/key:", type="tertiary"):
        st.markdown(
            "Previews work without a key. For the real pictures, create an API token in Bria's "
            "console, write it into `.streamlit/secrets.toml` and start the app again:"
        )
        st.code('BRIA_API_TOKEN = "your token"', language="toml")


def _owned_request() -> GenerationRequest | None:
    """Return the form's request if its picture is owned and may be reused."""
    try:
        request = read_form()
    except InvalidRequestError:
        return None
    owned = studio().service.find_owned(request) if request.use_cache else None
    return None if owned is None else request


def _draw_choice(request: GenerationRequest, shown: Generation | None) -> None:
    price = studio().service.price_microusd(request.engine)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if shown is None or not is_same_shot(request, shown):
            st.button(
                "Show it",
                key="reuse",
                type="tertiary",
                icon=":material/history:",
                help="Shows the picture you have; nothing is made or paid.",
                on_click=_ask,
                args=(shown, None, request),
            )
        st.button(
            safe_text.as_label(priced("New variation", price)),
            key="variation",
            type="tertiary",
            icon=":material/shuffle:",
            help="The same words with another seed.",
            on_click=_ask_for_variation,
        )


def _ask(
    shown: Generation | None, engine: str | None = None, owned: GenerationRequest | None = None
) -> None:
    with _showing_refusals(engine):
        request = read_form(engine)
        if shown is not None:
            has_picture = bool(shown.image_sha256) and missing_file(shown) is None
            is_answered = shown.is_waiting or (request.use_cache and has_picture)
            if is_answered and is_same_shot(request, shown):
                return  # the picture is on the screen already
        if request != owned:
            _show_new(request)
            return
        reused = studio().service.reuse(request)
        if reused is None:  # no longer owned: a person decides before money is spent
            gone = (
                "This picture is no longer kept for reuse. Press Generate again to make a new one."
            )
            asked = generate_state.form_fields()
            session.remember_problems(
                (Problem(field="use_cache", message=gone),),
                stands=lambda _: generate_state.form_fields() == asked,
            )
        else:
            generate_state.show(reused)


def _ask_for_variation() -> None:
    with _showing_refusals():
        request = read_form()
        shown = shown_generation()
        # a second press before the page updates would be paid for too
        if shown is None or not shown.is_waiting or not is_same_shot(request, shown):
            _show_new(request.model_copy(update={"use_cache": False}))


@contextmanager
def _showing_refusals(engine: str | None = None) -> Iterator[None]:
    """Show why a press of the form is refused, for as long as its cause is there."""
    session.remember_problems(())
    asked = generate_state.form_fields()
    try:
        yield
    except InvalidRequestError as refusal:
        session.remember_problems(
            refusal.problems,
            stands=lambda one: (
                generate_state.form_fields() == asked or one in _problems_of_form(engine)
            ),
        )
    except BudgetExceededError as refusal:
        session.remember_problems(
            (Problem(field="engine", message=with_advice(refusal)),),
            stands=lambda _: not _can_pay(engine),
        )


def _problems_of_form(engine: str | None) -> tuple[Problem, ...]:
    try:
        read_form(engine)
    except InvalidRequestError as refusal:
        return refusal.problems
    return ()


def _can_pay(engine: str | None) -> bool:
    service = studio().service
    return service.can_pay(
        service.price_microusd(engine or generate_state.chosen_engine()),
        project_id=session.field("project") or FIRST_PROJECT,
    )


def _show_new(request: GenerationRequest) -> None:
    generate_state.show(studio().service.ask(request, unasked_seed=generate_state.next_seed()))
    generate_state.forget_next_seed()
