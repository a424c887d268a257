"""A chart with the table behind it: to read, to keep as CSV, and to go on to the pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import plotly.graph_objects as go
import streamlit as st

from core.domain.figures import Family
from core.insights.report import Report
from core.wiring import studio

HEIGHT = 236

_MARK = "#8a8378"
"""The colour of lines such as a percentile; it can be seen on light and on dark."""

Cell = str | int | float | None
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The figures of a chart; `links` holds the History query of each row."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    links: Sequence[str]


def draw_chart(key: str, title: str, figure: go.Figure, table: Table) -> None:
    """Draw a chart under its title; a click on a bar opens History on what the bar counts."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"head_{key}"):
        st.markdown(f"**{title}**", width="stretch")
        with st.popover("Table", type="tertiary", key=f"table_{key}", on_change="rerun") as behind:
            if behind.open:
                _draw_table(key, table)
    figure.update_layout(height=HEIGHT, margin={"l": 0, "r": 8, "t": 8, "b": 0})
    figure.update_layout(colorway=_colours(), separators=".,")
    figure.update_shapes(line_color=_MARK)
    selected = st.plotly_chart(
        figure,
        key=f"chart_{key}",
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False},
        alt=title,
    )
    for point in selected.selection.points:
        link = str(point.get("customdata", [""])[0] if point.get("customdata") else "")
        if link:
            st.switch_page("pages/history.py", query_params={"history_search": link})


def scope_terms(report: Report) -> str:
    """Return the part of a History query that stands for the scope of a report."""
    family: Family = report.scope.family
    terms = ["engine:preview" if family == "preview" else "-engine:preview"]
    if report.scope.project_id is not None:
        name = report.project_names.get(report.scope.project_id, "")
        terms.append(f'project:"{name.replace(chr(34), chr(34) * 2)}"')
    return " ".join(terms)


def period_terms(report: Report) -> str:
    """Return scope and period of a report as a History query."""
    return f"{scope_terms(report)} date:{report.period.first}..{report.period.last}"


def as_csv(table: Table) -> str:
    """Return the table as CSV in which no cell is a formula to a spreadsheet."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(table.heads)
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return target.getvalue()


def engine_label(name: str) -> str:
    """Return the name of an engine as people read it."""
    return studio().desk.engine_label(name)


def _colours() -> list[str]:
    theme = "dark" if st.context.theme.type == "dark" else "light"
    colours: list[str] = st.get_option(f"theme.{theme}.chartCategoricalColors")
    return colours


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(_FORMULA_SIGNS):
        return f"'{cell}"
    return cell


def _draw_table(key: str, table: Table) -> None:
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.heads)
    shown = dict(zip(table.heads, map(list, columns), strict=True))
    shown["Pictures"] = [f"/history?{_query(link)}" for link in table.links]
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


def _query(link: str) -> str:
    return urlencode({"history_search": link})
