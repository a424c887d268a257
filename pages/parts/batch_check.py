"""What was read, what is wrong with it and what it will cost, before anything is sent."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.batches.drafting import Draft, Place, corrected_csv
from core.intake.columns import FIELDS
from core.intake.table import IntakeProblem, TableRow
from pages.parts import plain, session
from pages.parts.batch_draft import (
    accept_suggestions,
    choose_column,
    give_up_draft,
    mend_cells,
)
from pages.parts.batch_start import draw_start

MOST_SHOWN = 100
_MAIN_FIELDS = ("prompt", "row_id", "tag", "project")


def draw_check(draft: Draft) -> None:
    """Draw a draft: its columns, its errors with ways to fix them, and how to start it."""
    rows = len(draft.table.rows)
    with st.container(horizontal=True, vertical_alignment="center", key="batch_head"):
        st.button(
            "Another file",
            key="batch_give_up",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=give_up_draft,
        )
        plain.show_text(f"{draft.name}{plain.DOT}{rows:,} rows", style="title")
    _draw_columns(draft)
    if draft.checked.errors:
        _draw_errors(draft)
    if draft.checked.notices:
        _draw_notices(draft)
    draw_start(draft)


def _draw_columns(draft: Draft) -> None:
    """Draw which column stands for what; open by itself while none is the prompt."""
    needs_help = "prompt" not in draft.mapping.columns
    used = len(draft.mapping.columns)
    words = "Which column is the prompt?" if needs_help else f"Columns: {used} understood"
    with st.expander(
        words, icon=":material/view_column:", expanded=needs_help, key="batch_columns"
    ):
        st.caption("Columns that stand for nothing are kept and come back in the manifest.")
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


def _draw_column(draft: Draft, field: str) -> None:
    key = f"batch_column_{field}"
    session.write(key, draft.mapping.columns.get(field))

    def choose() -> None:
        choose_column(draft, field, session.chosen(key))

    st.selectbox(
        field.replace("_", " ").capitalize(),
        options=list(draft.table.header),
        index=None,
        key=key,
        placeholder="not in this file",
        on_change=choose,
    )


def _draw_errors(draft: Draft) -> None:
    errors, suggestions = draft.checked.errors, draft.suggestions
    lines = {one.line for one in errors}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(f"{len(lines):,} need fixing", color="red", icon=":material/error:")
        if suggestions:
            st.button(
                f"Accept all {len(suggestions):,} suggestions",
                key="batch_accept_all",
                icon=":material/done_all:",
                on_click=accept_suggestions,
                args=(draft, suggestions),
            )
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
    for number, problem in enumerate(errors[:8]):
        _draw_error(draft, problem, number)
    if len(errors) > 8:
        st.caption(f"and {len(errors) - 8:,} more; the table shows the first {MOST_SHOWN} rows.")
    _draw_editor(draft, lines)


def _draw_error(draft: Draft, problem: IntakeProblem, number: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        plain.show_text(f"Line {problem.line}: {problem.message}", style="quiet")
        if problem in draft.suggestions:
            st.button(
                plain.as_label(f"Use {problem.suggestion}"),
                key=f"batch_accept_{number}",
                type="tertiary",
                on_click=accept_suggestions,
                args=(draft, [problem]),
            )


def _draw_editor(draft: Draft, lines: set[int]) -> None:
    """Draw the rows with errors; a changed cell is checked as soon as it is left."""
    wrong = [row for row in draft.table.rows if row.line in lines][:MOST_SHOWN]
    key = f"batch_fixes_{session.draft_version()}"

    def mend_changed() -> None:
        edited: dict[int, dict[str, Any]] = session.chosen(key)["edited_rows"]
        mend_cells(draft, _changed(edited, wrong))

    st.data_editor(
        [_cells(draft, row) for row in wrong],
        key=key,
        hide_index=True,
        disabled=["line"],
        num_rows="fixed",
        height=min(36 * len(wrong) + 40, 320),
        on_change=mend_changed,
        column_config={"line": st.column_config.NumberColumn("line", width="small")},
    )


def _cells(draft: Draft, row: TableRow) -> dict[str, Any]:
    header = draft.table.header
    padded = (*row.cells, *("",) * (len(header) - len(row.cells)))
    return {"line": row.line, **dict(zip(header, padded, strict=False))}


def _changed(edited: dict[int, dict[str, Any]], wrong: list[TableRow]) -> dict[Place, str]:
    return {
        (wrong[int(number)].line, column): "" if value is None else str(value)
        for number, cells in edited.items()
        for column, value in cells.items()
    }


def _draw_notices(draft: Draft) -> None:
    notices = draft.checked.notices
    with st.expander(f"Worth a look: {len(notices):,}", icon=":material/lightbulb:"):
        for notice in notices[:MOST_SHOWN]:
            where = f"Line {notice.line}: " if notice.line else ""
            plain.show_text(f"{where}{notice.message}", style="quiet")
