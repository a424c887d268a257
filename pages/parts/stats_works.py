"""What works: the effect of each value on the stars, with its interval, or what is missing."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.domain.vocabulary import label_of, parameter
from core.insights.effects import WORTH_KNOWING, Effect
from pages.parts.stats_choice import Choice
from pages.parts.stats_tables import Table, draw_chart, period_terms

_MOST_SHOWN = 10


def draw_what_works(choice: Choice) -> None:
    """Draw every effect that can be told, and how many ratings the others need."""
    effects = choice.effects()
    known = [one for one in effects.found if one.stars is not None][:_MOST_SHOWN]
    report = choice.read()
    if known:
        known = sorted(known, key=lambda one: one.stars or 0.0)
        terms = period_terms(report)
        links = [f"{terms} {one.parameter}:{one.value} -rating:none" for one in known]
        draw_chart(
            "works",
            f"What works · stars gained within the same prompt · n = {effects.rated:,}",
            _chart(known, links),
            Table(
                heads=("Parameter", "Value", "Stars", "Low", "High", "With", "Without"),
                rows=[(e.parameter, e.value, e.stars, e.low, e.high, e.n, e.others) for e in known],
                links=links,
            ),
        )
        st.caption(
            "95 % intervals: of 20 values that change nothing, about one looks as if it did."
        )
    else:
        st.markdown("**What works**")
    st.caption(_missing_words(list(effects.found)), help=_HELP)


_HELP = (
    "A value is compared only with other values under the same prompt. What is missing: "
    f"n × ((h ÷ {WORTH_KNOWING})² − 1), where h is half the width of the 95 % interval."
)


def _chart(known: list[Effect], links: list[str]) -> go.Figure:
    figure = go.Figure(
        go.Scatter(
            x=[one.stars for one in known],
            y=[_name(one) for one in known],
            mode="markers",
            marker={"size": 9},
            error_x={
                "type": "data",
                "array": [(one.high or 0.0) - (one.stars or 0.0) for one in known],
            },
            customdata=[[link] for link in links],
            hovertemplate="%{y}: %{x:+.2f} stars<extra></extra>",
        )
    )
    figure.add_vline(x=0, line_dash="dot")
    figure.update_xaxes(ticksuffix=" ★")
    return figure


def _name(one: Effect) -> str:
    label = f"{parameter(one.parameter).label}: {label_of(one.parameter, one.value)}"
    return f"{label} ({one.n} v {one.others})"


def _missing_words(found: list[Effect]) -> str:
    open_ones = sorted((one for one in found if one.missing), key=lambda one: one.missing)
    if not found:
        return (
            "Not enough yet: rate at least two pictures of the same prompt that differ in one "
            "parameter; about 50 of them tell half a star."
        )
    if not open_ones:
        return "Every value that was rated is known to half a star."
    first = open_ones[0]
    label = label_of(first.parameter, first.value)
    return (
        f"Not enough yet for {len(open_ones)} values; nearest is {label}: about "
        f"{first.missing:,} more rated pictures would tell."
    )
