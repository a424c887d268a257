"""The rows of a batch as a compact table with reasons and charges, and the actions for one row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from core.domain.batching import LINES_WITHOUT_PICTURE, LineState
from core.domain.engines import provider_of
from core.domain.money import Cost, dollars
from core.domain.wording import count_of
from core.errors import InvalidRequestError, NotFoundError, Problem, StaleStateError
from core.records.batch_rows import Line
from core.wiring import studio
from pages.parts.generate.result import draw_image
from pages.parts.generate.submit import draw_problems
from pages.parts.shared import safe_text, session
from pages.parts.shared.money import DECISION, draw_end_without_picture, priced

ROWS_A_PAGE = 50
OF_ROW = "row"
_ALL, _PROBLEMS = "All rows", "Problems"
_WORDS = {
    LineState.WAITING: "waiting",
    LineState.HELD: "after the test run",
    LineState.RUNNING: "being made",
    LineState.DONE: "done",
    LineState.FAILED: "failed",
    LineState.BLOCKED: "blocked",
    LineState.UNKNOWN: "unclear",
    LineState.CANCELLED: "cancelled",
}
_COLUMNS = ("picture", "row", "prompt", "status", "reason", "charge")


def draw_rows(batch_id: int, *, follows: bool, every: float) -> None:
    """Draw one page of rows, updating itself, and the selected row."""
    st.fragment(_draw_rows, run_every=2 * every if follows else None)(batch_id)


def _draw_rows(batch_id: int) -> None:
    progress = studio().batches.progress(batch_id)
    with st.container(horizontal=True, vertical_alignment="center", key="batch_filter_line"):
        shown = st.segmented_control(
            "Rows",
            (_ALL, _PROBLEMS),
            default=_ALL,
            format_func=lambda one: f"{one} {progress.problems:,}" if one == _PROBLEMS else one,
            key="batch_filter",
            label_visibility="collapsed",
        )
        only_problems = shown == _PROBLEMS
        number = progress.problems if only_problems else progress.total
        pages = max(-(-number // ROWS_A_PAGE), 1)
        if pages == 1:
            page = 1
        else:
            page = min(st.pagination(pages, key="batch_page", max_visible_pages=5), pages)
    found = studio().batches.lines(
        batch_id,
        skip=(page - 1) * ROWS_A_PAGE,
        limit=ROWS_A_PAGE,
        only_problems=only_problems,
    )
    if not found:
        st.caption("No row has a problem." if only_problems else "No rows here.")
        return
    selected = _draw_table(found, number)
    if selected is None:
        st.caption("Select a row to see its picture or to fix it.")
        return
    try:
        line = studio().batches.line(progress.batch.id, found[selected].position)
    except NotFoundError:
        return
    with st.container(border=True, key="batch_row"):
        made = line.generation
        if made and made.image_sha256:
            picture, facts = st.columns([0.3, 0.7], gap="large")
            with picture:
                draw_image(made)
            with facts:
                safe_text.show_text(made.prompt)
                safe_text.show_text(safe_text.chosen(made), style="quiet")
                safe_text.show_text(f"seed {made.seed}", style="quiet")
        elif made and not made.is_waiting:
            draw_end_without_picture(made)
        elif line.reason:
            safe_text.show_text(line.reason, style="quiet")
        if line.state in LINES_WITHOUT_PICTURE:
            _draw_retry_of_row(line)
        draw_problems(tuple(one for one in session.problems() if is_of_row(one)))


def is_of_row(problem: Problem) -> bool:
    """Whether a problem is told with the row that is open, not with the batch."""
    return problem.field in (OF_ROW, DECISION)


def _draw_table(found: list[Line], number: int) -> int | None:
    costs = studio().batches.costs_of(found)
    chosen = st.dataframe(
        [_cells(line, costs) for line in found],
        key="batch_rows",
        hide_index=True,
        column_order=[
            name
            for name in _COLUMNS
            if name != "reason" or any(one.reason or one.advice for one in found)
        ],
        height=safe_text.table_height(len(found), most=12),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "picture": st.column_config.ImageColumn("", width=56),
            "row": st.column_config.TextColumn("Row", width="small"),
            "prompt": st.column_config.TextColumn("Prompt", width="large"),
            "status": st.column_config.TextColumn("Status", width="small"),
            "reason": st.column_config.TextColumn("Reason", width="medium"),
            "charge": st.column_config.TextColumn("Charge", width="small"),
        },
        alt=f"{len(found)} of {count_of(number, 'row')}",
    )
    rows = chosen.selection.rows
    return rows[0] if rows and rows[0] < len(found) else None


def _cells(line: Line, costs: dict[int, Cost]) -> dict[str, Any]:
    made = line.generation
    url = studio().service.thumbnail_url(made) if made else None
    return {
        "picture": url or "",
        "row": line.row_id,
        "prompt": line.request.get("prompt", ""),
        "status": _WORDS[line.state],
        "reason": " ".join(filter(None, (line.reason, line.advice))),
        "charge": _charge(line, costs),
    }


def _charge(line: Line, costs: dict[int, Cost]) -> str:
    made = line.generation
    if made is None:
        return ""
    if made.cached or not made.price_microusd:
        return "free"
    cost = costs.get(made.id)
    if cost is None:
        return ""
    if cost.possible_microusd:
        return f"perhaps {dollars(cost.possible_microusd)}"
    return dollars(cost.certain_microusd)


def _draw_retry_of_row(line: Line) -> None:
    if studio().batches.may_still_be_fetched(line):
        provider = provider_of(str(line.request.get("engine")))
        st.caption(
            f"Its picture was ordered, and {provider} may still have it: unchanged it is "
            "fetched, which costs nothing; with another prompt it is a new order."
        )
    with st.form(key=f"batch_edit_{line.position}", border=False):
        key = f"batch_prompt_{line.batch_id}_{line.position}"
        prompt = st.text_area("Prompt", value=line.request.get("prompt", ""), height=80, key=key)
        price = studio().service.price_microusd(str(line.request.get("engine")))
        words = priced("Try this row again", price)
        if st.form_submit_button(
            safe_text.as_label(f"{words} if made anew" if price else words),
            icon=":material/replay:",
        ):
            try:
                studio().batches.edit_and_retry(line.batch_id, line.position, {"prompt": prompt})
                session.remember_problems(())
            except InvalidRequestError as refusal:
                _refuse(refusal.problems, key)
            except StaleStateError as refusal:
                _refuse((Problem(field="batch", message=refusal.message),), key)
            st.rerun()


def _refuse(problems: tuple[Problem, ...], key: str) -> None:
    """Keep why a row was not tried again, until its prompt is another one or another row opens."""
    tried = session.field(key)
    session.remember_problems(
        tuple(replace(one, field=OF_ROW) for one in problems),
        stands=lambda _: session.field(key) == tried,
    )
