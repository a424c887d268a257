"""A chart with the table behind it, to read, to keep as CSV, and to go on to the pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.intake.cells import neutral
from pages.parts.statistics.cards import show_nothing, show_title
from pages.parts.statistics.plotly_dicts import Drawing, Trace

Cell = str | int | float | None
_HISTORY = "pages/history.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTable:
    """The figures of a chart; `links` holds the History query of each row."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    links: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One question with its answer as a figure and as a table.

    `nothing` says what to do where there are no traces; `step` is a label and the History query
    behind it. Each point of a trace carries its own query as `customdata`.
    """

    key: str
    title: str
    fact: str = ""
    traces: Sequence[Trace]
    layout: dict[str, Any] = field(default_factory=dict)
    table: ChartTable
    note: str = ""
    nothing: str = ""
    step: tuple[str, str] | None = None


def draw_chart(chart: Chart) -> None:
    """Draw a chart under its title; a click on a bar opens History on what the bar counts."""
    with st.container(key=f"stats_{chart.key}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            show_title(chart.title, chart.fact)
            if chart.table.rows:
                _draw_behind(chart)
        if chart.traces:
            chosen = st.plotly_chart(
                Drawing(chart.traces, chart.layout),
                key=f"chart_{chart.key}",
                on_select="rerun",
                selection_mode="points",
                config={"displayModeBar": False},
                alt=" · ".join(filter(None, (chart.title, chart.fact))),
            )
            for point in chosen.selection.points:
                link = point.get("customdata")
                if link and link[0]:
                    st.switch_page(_HISTORY, query_params={"history_search": str(link[0])})
        else:
            show_nothing(chart.nothing)
        if chart.step:
            label, line = chart.step
            st.page_link(
                _HISTORY,
                label=label,
                icon=":material/star:",
                query_params={"history_search": line},
            )
        if chart.note:
            st.caption(chart.note)


def as_csv(table: ChartTable) -> str:
    """Return the table as CSV in which no cell is a formula to a spreadsheet."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(table.heads)
    writer.writerows(
        [(neutral(cell) if isinstance(cell, str) else cell) for cell in row] for row in table.rows
    )
    return target.getvalue()


def _draw_behind(chart: Chart) -> None:
    key, table = chart.key, chart.table
    behind = st.popover("Table", type="tertiary", key=f"table_{key}", on_change="rerun")
    if not behind.open:
        return
    with behind:
        columns = map(list, zip(*table.rows, strict=True))
        shown: dict[str, list[Cell]] = dict(zip(table.heads, columns, strict=True))
        shown["Pictures"] = [f"/history?{urlencode({'history_search': o})}" for o in table.links]
        st.dataframe(
            shown,
            hide_index=True,
            column_config={"Pictures": st.column_config.LinkColumn(display_text="Open")},
        )
        st.download_button(
            "CSV",
            lambda: as_csv(table),
            file_name=f"{key}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"csv_{key}",
            on_click="ignore",
        )
