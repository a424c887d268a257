"""One chart: its figure as a plain dictionary for Plotly, its table, and the words of its numbers.

Plain dictionaries cost a tenth of Plotly's own objects to make.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any
from urllib.parse import urlencode

import plotly.io
import streamlit as st
from plotly.basedatatypes import BaseFigure

from core.intake.cells import neutral
from core.intake.writing import BYTE_ORDER_MARK

NOT_KNOWN = "–"

HEIGHT, TALL = 232, 320
"""Pixels; rows of charts are as high as their highest chart."""

Trace = dict[str, Any]
Cell = str | int | float | None
_HISTORY = "pages/history.py"

_LONGEST_LABEL, _FEW = 24, 5

_MARK = "#8a8378"
"""The colour of lines such as a percentile, visible on light and dark."""

_ROLES = {
    "completed": 0,
    "failed": 1,
    "blocked": 2,
    "unknown": 3,
    "cancelled": 4,
    "processing": 5,
    "queued": 5,
    "main": 0,
    "alarm": 1,
    "warm": 2,
    "other": 3,
    "faint": 4,
    "cool": 5,
}


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
    """Return the table as CSV in which no cell is a formula to a spreadsheet.

    It begins with the byte-order mark that Excel needs to read accents.
    """
    target = io.StringIO()
    target.write(BYTE_ORDER_MARK.decode())
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


class Drawing(BaseFigure):  # type: ignore[misc]
    """A figure as it is sent to the browser.

    Plotly's own constructors check every property at every run of the page; a test does it once.
    """

    def __init__(self, traces: Sequence[Trace], layout: dict[str, Any]) -> None:
        base = {
            "template": _template(),
            "height": HEIGHT,
            "margin": {"l": 0, "r": 8, "t": 26, "b": 0},
            "colorway": _colours(),
            "font": {"color": ink()},
            "separators": ".,",
            "bargap": 0.15,
            "hovermode": "closest",
            "showlegend": False,
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1,
                "yanchor": "bottom",
                "traceorder": "normal",
                "itemclick": False,
                "itemdoubleclick": False,
                "title": {"text": ""},
            },
        }
        self._spec: dict[str, Any] = {"data": list(traces), "layout": base | layout}

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as Plotly's JSON wants it."""
        return self._spec


def colour(role: str) -> str:
    """Return the colour of a status or a role in the viewer's theme."""
    return _colours()[_ROLES[role]]


def axis(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - Plotly's own words
    """Return a calm axis: few ticks, thousands separated, no dragging."""
    quiet = {"fixedrange": True, "nticks": 4, "tickformat": ",", "zeroline": False}
    return {**quiet, "tickfont": {"color": ink()}, **changes}


def named_rows(labels: Sequence[str], values: Sequence[str] = ()) -> dict[str, Any]:
    """Return the axis of bars that lie, each named at its left and followed by its value."""
    short = [one if len(one) <= _LONGEST_LABEL else f"{one[:_LONGEST_LABEL]}…" for one in labels]
    words = [
        " · ".join(parts) for parts in (zip(short, values, strict=True) if values else zip(short))
    ]
    return axis(
        tickvals=list(range(len(labels))),
        ticktext=[escape(one, quote=False) for one in words],
        range=[-0.6, len(labels) - 0.4],
        showgrid=False,
    )


def counting(counts: Sequence[float]) -> dict[str, Any]:
    """Return an axis for whole numbers, without halves where the numbers are small."""
    few = {"dtick": 1} if max(counts, default=0) < _FEW else {}
    return axis(rangemode="tozero", **few)


def spending(amounts_usd: Sequence[float]) -> dict[str, Any]:
    """Return an axis for dollars, with cents where the amounts are small."""
    cents = {"tickformat": ",.2f"} if max(amounts_usd, default=0) < _FEW else {}
    return axis(rangemode="tozero", tickprefix="$", **cents)


def bars(
    name: str,
    values: Sequence[Any],
    counts: Sequence[float],
    links: Iterable[str],
    **more: Any,  # noqa: ANN401 - Plotly's own words
) -> Trace:
    """Return upright bars, each with the History query that it leads to."""
    linked = [[link] for link in links]
    upright = {"type": "bar", "name": name, "x": list(values), "y": list(counts)}
    return {**upright, "customdata": linked, **more}


def lying_bars(
    name: str,
    counts: Sequence[float],
    links: Iterable[str],
    **more: Any,  # noqa: ANN401 - Plotly's own words
) -> Trace:
    """Return horizontal bars, the first at the bottom; `named_rows` is their axis."""
    lying = bars(name, list(counts), list(range(len(counts))), links)
    return {**lying, "orientation": "h", **more}


def upright_line(place: float, label: str, *, anchor: str) -> dict[str, Any]:
    """Return a dotted line with its label above the plot, on the side that `anchor` is not."""
    line = {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": place,
        "x1": place,
        "line": {"color": _MARK, "dash": "dot", "width": 1.5},
    }
    shift = -4 if anchor == "right" else 4
    words = {
        "x": place,
        "y": 1,
        "xref": "x",
        "yref": "paper",
        "yanchor": "bottom",
        "xanchor": anchor,
        "xshift": shift,
        "text": label,
        "showarrow": False,
    }
    return {"shapes": [line], "annotations": [words]}


def level_line(place: float, *, axis_name: str = "y") -> dict[str, Any]:
    """Return a dotted line from left to right at a value."""
    return {
        "type": "line",
        "xref": "paper",
        "yref": axis_name,
        "x0": 0,
        "x1": 1,
        "y0": place,
        "y1": place,
        "line": {"color": _MARK, "dash": "dot", "width": 1.5},
    }


def words_at_the_top(text: str, *, y: float = 1.0, x: float = 1.0) -> dict[str, Any]:
    """Return a small label above the plot, at its right end or at `x`."""
    return {
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "yanchor": "bottom",
        "xanchor": "right" if x else "left",
        "text": text,
        "showarrow": False,
    }


def colour_on(share: float) -> str:
    """Return the colour of words on a cell of the heat map that is `share` of the deepest one."""
    is_pale = share <= (0.5 if _theme() == "dark" else 0.75)
    return _option("textColor" if is_pale else "backgroundColor")


def ink() -> str:
    """Return the colour of small words, a little quieter than text and still easy to read."""
    text, paper = (
        [int(_option(name)[at : at + 2], 16) for at in (1, 3, 5)]
        for name in ("textColor", "backgroundColor")
    )
    mixed = (round(0.72 * a + 0.28 * b) for a, b in zip(text, paper, strict=True))
    return f"rgb({', '.join(map(str, mixed))})"


def show_title(title: str, fact: str = "") -> None:
    """Show the title of a chart with a fainter fact."""
    behind = f" <span>{escape(fact)}</span>" if fact else ""
    st.html(f'<h3 class="stat-title">{escape(title)}{behind}</h3>', width="stretch")


def show_nothing(words: str) -> None:
    """Show in a chart's place what will make it appear."""
    st.html(f'<p class="stat-nothing">{escape(words)}</p>')


def percent(share: float | None) -> str:
    """Return a share as `94.5 %`."""
    return NOT_KNOWN if share is None else f"{share:.1f} %"


def seconds(amount: float | None) -> str:
    """Return a duration: `14.7 s`, `0.05 s`, `12 min`, `26 h`."""
    if amount is None:
        return NOT_KNOWN
    if amount < 1:
        return f"{amount:.2f} s"
    if amount < 120:
        return f"{amount:.1f} s"
    return f"{amount / 60:,.0f} min" if amount < 7200 else f"{amount / 3600:,.0f} h"


@cache
def _template() -> dict[str, Any]:
    """Return Streamlit's template, in which the browser puts the colours of the theme."""
    template: dict[str, Any] = plotly.io.templates["streamlit"].to_plotly_json()
    return {"layout": template["layout"]}


def _colours() -> list[str]:
    colours: list[str] = st.get_option(f"theme.{_theme()}.chartCategoricalColors")
    return colours


def _option(name: str) -> str:
    found: str = st.get_option(f"theme.{_theme()}.{name}")
    return found


def _theme() -> str:
    return "dark" if st.context.theme.type == "dark" else "light"
