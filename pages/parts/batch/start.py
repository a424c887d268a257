"""How a checked draft is started: project, speed, price, and a test run first."""

from __future__ import annotations

import streamlit as st

from core.batches.control import MOST_PARALLEL
from core.batches.draft import Choices, Draft, lines_of, spread, unknown_projects
from core.batches.drafts import CHANGED, end_with
from core.batches.quote import Quote
from core.domain.batching import StopRules
from core.domain.engines import traits_of
from core.domain.money import MICROUSD
from core.domain.wording import DOT
from core.errors import InvalidRequestError, Problem, StaleStateError
from core.generation.service import InTransaction
from core.records.batch_rows import NewLine
from core.records.batches import Plan
from core.wiring import studio
from pages.parts.batch import state as batch_state
from pages.parts.batch.draft import leave_draft
from pages.parts.generate.submit import draw_problems
from pages.parts.shared import safe_text, session
from pages.parts.shared.money import priced

TEST_RUN_ROWS = 4
PREVIEWED_ROWS = 100


def draw_start(draft: Draft) -> Quote | None:
    """Draw the choices and the buttons that start, and return the money; no row ready, nothing."""
    if not draft.checked.valid:
        return None
    projects = studio().batches.project_names()
    _draw_choices(projects)
    lines = lines_of(draft, _choices(), projects)
    quote = session.remembered_quote(
        _priced(), lambda: studio().batches.quote([line.request for line in lines])
    )
    unknown = unknown_projects(draft, projects)
    if unknown:
        names = ", ".join(list(unknown)[:5])
        count = unknown.total()
        rows_name = "1 row names" if count == 1 else f"{count:,} rows name"
        words = f"{rows_name} projects that do not exist ({names}"
        safe_text.show_text(
            f"{words}{'…' if len(unknown) > 5 else ''}). The name is kept as a tag.",
            style="quiet",
        )
    previewed = lines[:PREVIEWED_ROWS]
    columns = ["Row", "Prompt"]
    columns += ["Parameters"] * any(line.request.parameters for line in previewed)
    columns += ["Tags"] * any(line.tags for line in previewed)
    shown = st.dataframe(
        [
            {
                "Row": line.row_id,
                "Prompt": line.request.prompt,
                "Parameters": DOT.join(line.request.parameters.values()),
                "Tags": ", ".join(line.tags),
            }
            for line in previewed
        ],
        column_order=columns,
        column_config={"Prompt": st.column_config.TextColumn(width="large")},
        key="batch_ready",
        hide_index=True,
        height=safe_text.table_height(len(previewed), most=7),
        on_select="rerun",
        selection_mode="multi-row",
        alt="The rows that are ready",
    )
    chosen = [number + 1 for number in shown.selection.rows if number < len(lines)]
    _draw_buttons(draft, lines, chosen, quote)
    draw_problems(session.problems())
    return quote


def _choices() -> Choices:
    """Return what is chosen now, which in a callback may be newer than what the page shows."""
    engine = session.field("batch_engine")
    size = session.field("batch_resolution") if traits_of(engine).supports_draft else None
    return Choices(
        engine=engine, resolution=size or "full", project_id=session.field("batch_project") or 1
    )


def _priced() -> tuple[int, Choices]:
    """Return what a price is for: the rows as they read, and what is chosen for them."""
    return batch_state.draft_version(), _choices()


def _draw_choices(projects: dict[int, str]) -> None:
    service = studio().service
    with st.container(horizontal=True, vertical_alignment="bottom", key="batch_choices"):
        st.selectbox(
            "Project",
            list(projects),
            format_func=lambda one: projects[one],
            key="batch_project",
            width=200,
        )
        engine = st.selectbox(
            "Engine",
            service.engine_names,
            format_func=service.engine_label,
            key="batch_engine",
            width=200,
        )
        if traits_of(engine).supports_draft:
            st.selectbox(
                "Size",
                ("full", "draft"),
                format_func=lambda one: {"full": "Full", "draft": "Draft 256 px"}[one],
                key="batch_resolution",
                width=160,
            )
        st.number_input(
            "At once", 1, MOST_PARALLEL, studio().settings.parallel, key="batch_parallel", width=120
        )
        with st.popover("Limits", icon=":material/tune:", type="tertiary", key="batch_limits"):
            st.toggle(
                "Continue when a row fails",
                value=True,
                key="batch_continue_on_error",
                help="Off: the batch stops at its first failure. Make 1 at once to keep the order.",
            )
            st.number_input(
                "Stop if more than this many % fail", 1, 100, 30, key="batch_failed_share"
            )
            st.number_input(
                "Stop if more than this many % are blocked", 1, 100, 30, key="batch_blocked_share"
            )
            st.number_input(
                "Budget of this batch in $",
                0.0,
                value=None,
                step=1.0,
                key="batch_budget",
                placeholder="no limit",
            )


def _draw_buttons(draft: Draft, lines: list[NewLine], chosen: list[int], quote: Quote) -> None:
    test_rows = chosen or spread(len(lines), TEST_RUN_ROWS)
    price = max((studio().service.price_microusd(line.request.engine) for line in lines), default=0)
    every = "all " if quote.rows == draft.row_count else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            safe_text.as_label(priced(f"Start {every}{len(lines):,}", quote.price_microusd)),
            key="batch_start",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(draft, lines, None, _priced()),
        )
        if len(test_rows) < len(lines):
            st.button(
                safe_text.as_label(priced(f"Test run of {len(test_rows)}", price * len(test_rows))),
                key="batch_test_run",
                icon=":material/science:",
                help="Makes the rows selected above, or a few spread over all, then waits for you.",
                on_click=_start,
                args=(draft, lines, test_rows, _priced()),
            )
        if not quote.is_affordable:
            st.caption(
                "This costs more than the budget has left; the batch will stop there and wait."
            )


def _end_of_draft() -> InTransaction | None:
    """Return what ends the draft in the step that starts it: two windows start it once."""
    held, version = batch_state.held_id(), batch_state.row_version()
    return None if held is None else lambda session, _: end_with(session, held, version)


def _start(
    draft: Draft, lines: list[NewLine], test_rows: list[int] | None, priced: tuple[int, Choices]
) -> None:
    chosen = _priced()

    def refuse(*problems: Problem) -> None:
        session.remember_problems(problems, stands=lambda _: _priced() == chosen)

    if priced != chosen:
        # pressed before the page could show what the last change costs
        refuse(Problem(field="batch", message=session.CHANGED_JUST_NOW))
        return
    held, version = batch_state.held_id(), batch_state.row_version()
    if held is not None and studio().batch_drafts.version_of(held) != version:
        # the page reads the draft anew; the sentence stays until that one is changed
        newer = studio().batch_drafts.version_of(held)
        session.remember_problems(
            (Problem(field="batch", message=CHANGED),),
            stands=lambda _: studio().batch_drafts.version_of(held) == newer,
        )
        return
    budget = session.field("batch_budget")
    plan = Plan(
        name=draft.name,
        source=draft.name,
        project_id=session.field("batch_project") or 1,
        parallel=int(session.field("batch_parallel") or 1),
        rules=StopRules(
            continue_on_error=bool(session.field("batch_continue_on_error")),
            failed_share=(session.field("batch_failed_share") or 100) / 100,
            blocked_share=(session.field("batch_blocked_share") or 100) / 100,
        ),
        budget_microusd=None if budget is None else round(budget * MICROUSD),
    )
    try:
        batch = studio().batches.start(plan, lines, pilot=test_rows, in_transaction=_end_of_draft())
    except StaleStateError as refusal:
        refuse(Problem(field="batch", message=refusal.message))
        return
    except InvalidRequestError as refusal:
        refuse(*refusal.problems)
        return
    leave_draft()
    session.remember_problems(())
    batch_state.watch_batch(batch.id)
