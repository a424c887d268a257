"""Plotly figures as plain dictionaries, which cost a tenth of Plotly's own objects to make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from typing import Any

import plotly.io
import streamlit as st
from plotly.basedatatypes import BaseFigure

HEIGHT, TALL = 232, 320
"""Pixels; rows of charts are as high as their highest chart."""

Trace = dict[str, Any]

_LONGEST_LABEL, _FEW = 24, 5

_MARK = "#8a8378"
"""The colour of lines such as a percentile; it can be seen on light and on dark."""

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


class Drawing(BaseFigure):  # type: ignore[misc]
    """A figure as it is sent to the browser.

    Plotly's own constructors check every property at every run of the page; a test does it once.
    """

    def __init__(self, traces: Sequence[Trace], layout: dict[str, Any]) -> None:
        self._spec: dict[str, Any] = {"data": list(traces), "layout": _layout() | layout}

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
    """Return bars from left to right, the first at the bottom; `named_rows` is their axis."""
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


def _layout() -> dict[str, Any]:
    return {
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
