"""The charts: activity, durations, cost, parameters, ratings, engines and modes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go
import streamlit as st

from core.domain.figures import seconds_of
from core.domain.vocabulary import label_of, parameter
from core.insights.report import Report
from core.insights.totals import Totals, add_up
from pages.parts.stats_tables import (
    Cell,
    Table,
    draw_chart,
    engine_label,
    period_terms,
    scope_terms,
)

_MOST_BARS = 100
_STATUSES = ("completed", "failed", "blocked", "cancelled", "unknown", "processing", "queued")
_MICRO = 1_000_000


def draw_charts(report: Report) -> None:
    """Draw all charts of a report, two or three beside each other."""
    left, right = st.columns([0.6, 0.4], gap="large")
    with left:
        _draw_activity(report)
    with right:
        _draw_durations(report)
    cost, lights, stars = st.columns(3, gap="large")
    with cost:
        _draw_cost(report)
    with lights:
        _draw_pairs(report)
    with stars:
        _draw_ratings(report)
    with st.expander("Projects, engines, modes", on_change="rerun", key="stats_more") as more:
        if more.open:
            _draw_shares(report)


def _bins(report: Report) -> list[tuple[date, date, Totals]]:
    """Return days, or for long periods weeks or months of days, each with its sums."""
    step = next(step for step in (1, 7, 30, 365) if report.period.days / step <= _MOST_BARS)
    first, last = report.period.first, report.period.last
    found: list[tuple[date, date, Totals]] = []
    while first <= last:
        end = min(first + timedelta(days=step - 1), last)
        days = [first + timedelta(days=number) for number in range((end - first).days + 1)]
        sums = [report.days[day] for day in days if day in report.days]
        found.append((first, end, sums[0] if len(sums) == 1 else add_up(sums)))
        first = end + timedelta(days=1)
    return found


def _width_words(bins: list[tuple[date, date, Totals]]) -> str:
    days = (bins[0][1] - bins[0][0]).days + 1
    return "a day" if days == 1 else f"in {days} days"


def _draw_activity(report: Report) -> None:
    bins, scope = _bins(report), scope_terms(report)
    figure = go.Figure()
    for status in _STATUSES:
        counts = [totals.of(status) for _, _, totals in bins]
        if any(counts):
            links = [[f"{scope} date:{a}..{b} status:{status}"] for a, b, _ in bins]
            figure.add_bar(x=[a for a, _, _ in bins], y=counts, name=status, customdata=links)
    figure.update_layout(
        barmode="stack", bargap=0.15, legend={"orientation": "h", "y": 1.15, "x": 0}
    )
    figure.update_yaxes(rangemode="tozero", nticks=4)
    rows: list[Sequence[Cell]] = [
        (a.isoformat(), *(totals.of(status) for status in _STATUSES)) for a, _, totals in bins
    ]
    draw_chart(
        "activity",
        f"Pictures {_width_words(bins)}",
        figure,
        Table(
            heads=("From (UTC)", *_STATUSES),
            rows=rows,
            links=[f"{scope} date:{a}..{b}" for a, b, _ in bins],
        ),
    )


def _draw_durations(report: Report) -> None:
    buckets = report.durations.buckets
    # four buckets of the rollup make a bar, so that the shape can be seen
    coarse: dict[int, int] = {}
    for bucket, count in buckets.items():
        coarse[bucket // 4] = coarse.get(bucket // 4, 0) + count
    numbers = sorted(coarse)
    edges = [(seconds_of(4 * one - 1), seconds_of(4 * one + 3)) for one in numbers]
    links = [f"{period_terms(report)} duration:{a:.2f}..{b:.2f}" for a, b in edges]
    figure = go.Figure(
        go.Bar(
            x=[(a + b) / 2 for a, b in edges],
            y=[coarse[one] for one in numbers],
            width=[0.94 * (b - a) for a, b in edges],
            customdata=[[link] for link in links],
            hovertemplate="%{x:.1f} s: %{y}<extra></extra>",
        )
    )
    for name, place in (("p50", report.durations.p50), ("p95", report.durations.p95)):
        if place is not None:
            figure.add_vline(x=place, line_dash="dot", annotation_text=f"{name} {place:.1f} s")
    figure.update_xaxes(ticksuffix=" s", nticks=6)
    figure.update_yaxes(rangemode="tozero", nticks=4)

    spans = zip(numbers, edges, strict=True)
    rows = [(round(a, 2), round(b, 2), coarse[one]) for one, (a, b) in spans]
    draw_chart(
        "durations",
        f"Seconds to a picture · n = {report.durations.n:,}",
        figure,
        Table(heads=("From s", "To s", "Made"), rows=rows, links=links),
    )
    waits = report.waits
    if waits.n:
        st.caption(
            f"Waiting before that: p50 {waits.p50:.1f} s · p95 {waits.p95:.1f} s · n = {waits.n:,}"
        )


def _draw_cost(report: Report) -> None:
    bins, scope = _bins(report), scope_terms(report)
    kinds = (("charged", "certain"), ("perhaps", "possible"), ("reserved", "estimated"))
    figure = go.Figure()
    for name, measure in kinds:
        amounts = [totals.of(f"{measure}_microusd") / _MICRO for _, _, totals in bins]
        if any(amounts):
            links = [[f"{scope} date:{a}..{b}"] for a, b, _ in bins]
            figure.add_bar(x=[a for a, _, _ in bins], y=amounts, name=name, customdata=links)
    budget, days = report.daily_budget_microusd, (bins[0][1] - bins[0][0]).days + 1
    if budget is not None and report.scope.family == "provider":
        limit = budget * days / _MICRO
        figure.add_hline(y=limit, line_dash="dot", annotation_text=f"budget ${limit:,.2f}")
    figure.update_layout(barmode="stack", legend={"orientation": "h", "y": 1.15, "x": 0})
    figure.update_yaxes(tickprefix="$", rangemode="tozero", nticks=4)
    rows: list[Sequence[Cell]] = [
        (a.isoformat(), *(totals.of(f"{measure}_microusd") / _MICRO for _, measure in kinds))
        for a, _, totals in bins
    ]
    draw_chart(
        "cost",
        f"Cost {_width_words(bins)}",
        figure,
        Table(
            heads=("From (UTC)", *(f"{name} $" for name, _ in kinds)),
            rows=rows,
            links=[f"{scope} date:{a}..{b}" for a, b, _ in bins],
        ),
    )


def _draw_pairs(report: Report) -> None:
    names = ("lighting", "color_palette")
    lights, palettes = ([v.value for v in parameter(name).values] for name in names)
    lights = [one for one in lights if any(pair[0] == one for pair in report.pairs)]
    palettes = [one for one in palettes if any(pair[1] == one for pair in report.pairs)]
    terms = period_terms(report)
    figure = go.Figure(
        go.Heatmap(
            x=[label_of("color_palette", one) for one in palettes],
            y=[label_of("lighting", one) for one in lights],
            z=[[report.pairs[a, b] for b in palettes] for a in lights],
            text=[[report.pairs[a, b] or "" for b in palettes] for a in lights],
            texttemplate="%{text}",
            showscale=False,
            customdata=[
                [[f"{terms} lighting:{a} color_palette:{b}"] for b in palettes] for a in lights
            ],
        )
    )
    pairs = sorted(report.pairs.items(), key=lambda item: -item[1])
    draw_chart(
        "pairs",
        "Lighting × palette, pictures",
        figure,
        Table(
            heads=("Lighting", "Palette", "Asked"),
            rows=[(*pair, count) for pair, count in pairs],
            links=[f"{terms} lighting:{a} color_palette:{b}" for (a, b), _ in pairs],
        ),
    )


def _draw_ratings(report: Report) -> None:
    ratings, terms = report.totals.ratings, period_terms(report)
    links = [f"{terms} rating:{stars}" for stars in ratings]
    figure = go.Figure(
        go.Bar(
            x=[f"{stars} ★" for stars in ratings],
            y=list(ratings.values()),
            text=list(ratings.values()),
            customdata=[[link] for link in links],
        )
    )
    figure.update_yaxes(rangemode="tozero", nticks=4)
    draw_chart(
        "ratings",
        f"Ratings · n = {report.totals.rated:,}",
        figure,
        Table(heads=("Stars", "Rated"), rows=list(ratings.items()), links=links),
    )


def _draw_shares(report: Report) -> None:
    terms = period_terms(report)
    engines = {engine_label(name): (name, totals) for name, totals in report.engines.items()}
    for label, (name, totals) in engines.items():
        run = report.run.get(name)
        speed = f"p50 {run.p50:.1f} s, p95 {run.p95:.1f} s" if run and run.n else "no times yet"
        retries = totals.retry_percent
        facts = [f"{totals.asked:,} pictures", speed]
        if retries is not None:
            facts.append(f"{retries:.1f} % retried")
        st.page_link(
            "pages/history.py",
            label=f"{label}: {', '.join(facts)}",
            query_params={"history_search": f"{terms} engine:{name}"},
        )
    for mode, count in report.totals.by_mode.items():
        st.page_link(
            "pages/history.py",
            label=f"Mode {mode}: {count:,} pictures",
            query_params={"history_search": f"{terms} mode:{mode}"},
        )
    costly = sorted(report.projects.items(), key=lambda item: -item[1].spent_microusd)
    st.dataframe(
        {
            "Project": [report.project_names.get(one, f"Project {one}") for one, _ in costly],
            "Pictures": [totals.asked for _, totals in costly],
            "Cost $": [totals.spent_microusd / _MICRO for _, totals in costly],
        },
        hide_index=True,
    )
