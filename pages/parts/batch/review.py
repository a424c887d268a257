"""The content of an upload, its errors and its price, before anything is sent."""

from __future__ import annotations

from itertools import chain, repeat
from typing import Any

import streamlit as st

from core.batches.draft import Draft, corrected_csv
from core.batches.quote import Quote
from core.domain.wording import count_of
from core.errors import with_advice
from core.intake.columns import FIELDS
from core.intake.corrections import same_slips
from core.intake.table import IntakeProblem
from pages.parts.batch import state as batch_state
from pages.parts.batch.draft import (
    accept_suggestions,
    answer,
    choose_column,
    give_up_draft,
    keep_columns,
    mend_cells,
)
from pages.parts.batch.start import draw_start
from pages.parts.shared import safe_text, session

MOST_SHOWN, LISTED = 100, 8
LIST_PIXELS = 340
"""How high a list of more than LISTED errors is; it scrolls."""
LONGEST_LABEL = 60
_MAIN_FIELDS = ("prompt", "row_id", "tag", "project")


def draw_check(draft: Draft) -> None:
    """Draw a draft: its columns, its errors with ways to fix them, and how to start it."""
    with st.container(horizontal=True, vertical_alignment="center", key="batch_head"):
        st.button(
            "Another file",
            key="batch_give_up",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=give_up_draft,
        )
        safe_text.show_text(draft.name, style="title")
    summary = st.container(key="batch_money")
    draw_refusal()
    for question in draft.questions:
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"batch_question_{question.code}"
        ):
            st.badge("Please look", color="orange", icon=":material/help:")
            safe_text.show_text(question.message)
            st.button(
                question.label,
                key=f"batch_answer_{question.code}",
                on_click=answer,
                args=(question.answers,),
            )
            if question.other_label:
                st.button(
                    question.other_label,
                    key=f"batch_other_{question.code}",
                    on_click=answer,
                    args=(question.other_answers,),
                )
    needs_help = "prompt" not in draft.mapping.columns
    used = len(draft.mapping.columns)
    words = "Which column is the prompt?" if needs_help else f"Columns: {used} understood"
    with st.expander(
        words, icon=":material/view_column:", expanded=needs_help, key="batch_columns"
    ):
        st.caption("Other columns are kept and come back in the manifest.")
        others = [field for field in FIELDS if field not in _MAIN_FIELDS]
        grid = st.columns(4)
        for number, field in enumerate((*_MAIN_FIELDS, *others)):
            with grid[number % 4]:
                _draw_column(draft, field)
        st.dataframe(
            [
                dict(zip(draft.table.header, row.cells, strict=False))
                for row in draft.table.rows[:3]
            ],
            hide_index=True,
            alt="The first rows of the file",
        )
    if draft.checked.errors:
        _draw_errors(draft)
    if draft.checked.notices:
        notices = draft.checked.notices
        with st.expander(f"Worth a look: {len(notices):,}", icon=":material/lightbulb:"):
            for notice in notices[:MOST_SHOWN]:
                where = f"Line {notice.line}: " if notice.line else ""
                safe_text.show_text(f"{where}{notice.message}", style="quiet")
    quote = draw_start(draft)
    with summary:
        safe_text.show_text(summary_of(draft, quote), style="figures")


def summary_of(draft: Draft, quote: Quote | None) -> str:
    """Return how many rows there are, what prevents a start, and their price."""
    errors = draft.checked.errors
    wrong = len({problem.line for problem in errors if not problem.is_of_header})
    parts = [f"{wrong:,} need{'s' * (wrong == 1)} fixing"] if wrong else []
    if quote is not None and quote.duplicates == 1:
        parts.append("1 is a duplicate")
    elif quote is not None and quote.duplicates:
        parts.append(f"{quote.duplicates:,} are duplicates")
    if quote is not None and quote.owned:
        parts.append(f"{quote.owned:,} you already own")
    if quote is not None:
        parts.append(quote.sentence)
    rows = draft.row_count
    said = count_of(rows, "row")
    return f"{said}: {', '.join(parts)}" if parts else said


def draw_refusal() -> None:
    """Draw why the last file could not be read or the last change failed, if so."""
    refusal = batch_state.refusal()
    if refusal is not None:
        st.error(safe_text.as_label(with_advice(refusal)), icon=":material/error:")


def _draw_column(draft: Draft, field: str) -> None:
    key, version = f"batch_column_{field}", batch_state.draft_version()
    session.write_field(key, draft.mapping.columns.get(field))

    def choose() -> None:
        # Streamlit may report a change of these once more when they have left the page
        if batch_state.draft_version() == version:
            choose_column(field, session.field(key))

    st.selectbox(
        field.replace("_", " ").capitalize(),
        options=list(draft.table.header),
        index=None,
        key=key,
        placeholder="not in this file",
        on_change=choose,
    )


def _draw_errors(draft: Draft) -> None:
    errors = draft.checked.errors
    of_header = [problem for problem in errors if problem.is_of_header]
    of_rows = [problem for problem in errors if not problem.is_of_header]
    with st.container(horizontal=True, vertical_alignment="center", key="batch_errors"):
        st.badge("Needs fixing", color="red", icon=":material/error:")
        st.download_button(
            "Corrected file",
            lambda: corrected_csv(draft),
            file_name="corrected.csv",
            mime="text/csv",
            key="batch_corrected",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )
    slips = same_slips((*of_header, *of_rows))
    # nobody accepts all of what was not shown, so what has a suggestion is listed to its end
    offered = [group for group in slips if draft.can_accept(group[0])][:MOST_SHOWN]
    others = [group for group in slips if group not in offered]
    listed = [*offered, *others[: max(0, LISTED - len(offered))]]
    with st.container(
        gap="xsmall",
        height=LIST_PIXELS if len(listed) > LISTED else "content",
        border=False,
        key="batch_slips",
    ):
        for number, group in enumerate(listed):
            _draw_slip(draft, number, group)
    if hidden := len(slips) - len(listed):
        st.caption(f"and {hidden:,} more")
    suggestions = [problem for group in offered for problem in group]
    if len(suggestions) > 1:
        st.button(
            f"Accept {'all' if len(suggestions) == len(draft.suggestions) else 'these'} "
            f"{len(suggestions):,} suggestions",
            key="batch_accept_all",
            icon=":material/done_all:",
            on_click=accept_suggestions,
            args=(suggestions,),
        )
    _draw_editor(draft, {problem.line for problem in of_rows})


def _draw_slip(draft: Draft, number: int, group: tuple[IntakeProblem, ...]) -> None:
    """Draw one error, or one that stands in several rows, with the ways to fix it."""
    problem = group[0]
    where = "" if problem.is_of_header else f"Line {problem.line}: "
    if len(group) > 1:
        where = f"{count_of(len(group), 'row')} from line {problem.line} on: "
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="content"):
            safe_text.show_text(f"{where}{problem.message}", style="quiet")
        if draft.can_accept(problem):
            text = problem.suggestion or ""
            if len(text) > LONGEST_LABEL:
                text = f"{text[: LONGEST_LABEL - 1]}…"
            rows = f" in {len(group):,} rows" if len(group) > 1 else ""
            st.button(
                safe_text.as_label(f"Use {text}{rows}"),
                key=f"batch_accept_{number}",
                type="tertiary",
                on_click=accept_suggestions,
                args=(list(group),),
            )
        if problem.code == "unknown_column":
            st.button(
                "Leave it",
                key=f"batch_leave_{number}",
                type="tertiary",
                help="Other columns are kept and come back in the manifest.",
                on_click=keep_columns,
            )


def _draw_editor(draft: Draft, lines: set[int]) -> None:
    """Draw the rows with errors; a changed cell is checked as soon as it is left."""
    wrong = [row for row in draft.table.rows if row.line in lines]
    if not wrong:
        return
    shown, header = wrong[:MOST_SHOWN], draft.table.header
    key = f"batch_fixes_{batch_state.draft_version()}"
    line_column = "line"  # a name that no column of the file has
    while line_column in header:
        line_column += " "

    def mend_changed() -> None:
        edited: dict[int, dict[str, Any]] = session.field(key)["edited_rows"]
        mend_cells(
            {
                (shown[int(number)].line, column): "" if value is None else str(value)
                for number, cells in edited.items()
                for column, value in cells.items()
            }
        )

    st.data_editor(
        [
            {line_column: row.line, **dict(zip(header, chain(row.cells, repeat("")), strict=False))}
            for row in shown
        ],
        key=key,
        hide_index=True,
        disabled=[line_column],
        num_rows="fixed",
        height=safe_text.table_height(len(shown), most=8),
        on_change=mend_changed,
        column_config={line_column: st.column_config.NumberColumn("Line", width="small")},
    )
    if len(wrong) > len(shown):
        st.caption(f"The first {len(shown):,} of {len(wrong):,} rows; the others follow.")
