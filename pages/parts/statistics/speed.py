"""How fast: how long pictures took, and the median and 95th percentile of each engine."""

from __future__ import annotations

from core.figures.measures import GAMMA
from core.insights.report import Durations, StatisticsReport
from core.wiring import studio
from pages.parts.statistics.chart import (
    Chart,
    ChartTable,
    Trace,
    axis,
    bars,
    colour,
    counting,
    seconds,
    upright_line,
)
from pages.parts.statistics.filters import FigureFilter

_BUCKETS_A_BAR = 4
"""Buckets of the rollup per bar, so that the shape can be seen."""


def durations(report: StatisticsReport, choice: FigureFilter) -> Chart:
    """Return the distribution of durations, with the median and the 95th percentile."""
    coarse: dict[int, int] = {}
    for bucket, count in report.durations.buckets.items():
        coarse[bucket // _BUCKETS_A_BAR] = coarse.get(bucket // _BUCKETS_A_BAR, 0) + count
    numbers = sorted(coarse)
    firsts = [number * _BUCKETS_A_BAR - 1 for number in numbers]
    edges = [(GAMMA**first, GAMMA ** (first + _BUCKETS_A_BAR)) for first in firsts]
    links = [choice.link("cached:no", f"duration:{a:.4f}..{b:.4f}") for a, b in edges]
    traces = [
        bars("made", [(a + b) / 2 for a, b in edges], [coarse[one] for one in numbers], links)
        | {
            "width": [0.94 * (b - a) for a, b in edges],
            "text": [f"{seconds(a)} to {seconds(b)}" for a, b in edges],
            "textposition": "none",
            "hovertemplate": "%{text}: %{y:,}<extra></extra>",
        }
    ]
    # the label of the lower time ends at its line and that of the higher one begins at its own, so
    # that they stand away from each other
    marks: dict[str, list[object]] = {"shapes": [], "annotations": []}
    for share, place, side in (
        ("half", report.durations.p50, "right"),
        ("95 %", report.durations.p95, "left"),
    ):
        if place is not None:
            line = upright_line(place, f"{share} within {seconds(place)}", anchor=side)
            for kind, parts in line.items():
                marks[kind] += parts
    return Chart(
        key="durations",
        title="Seconds to a picture",
        fact=f"n = {report.durations.n:,}",
        traces=traces if numbers else [],
        layout={**marks, "xaxis": axis(ticksuffix=" s", nticks=6),
                "yaxis": counting(list(coarse.values()))},
        nothing="No picture was made anew in this period, so there is no time to show.",
        table=ChartTable(
            heads=("From s", "To s", "Made"),
            rows=[
                (round(a, 2), round(b, 2), coarse[one])
                for one, (a, b) in zip(numbers, edges, strict=True)
            ],
            links=links,
        ),
    )  # fmt: skip


def engines(report: StatisticsReport, choice: FigureFilter) -> Chart:
    """Return the median and 95th percentile of making and of waiting, for each engine."""
    names = sorted(report.engines, key=lambda name: report.engines[name].asked)
    labels = {name: studio().service.engine_label(name) for name in names}
    links = [choice.link(f"engine:{name}") for name in names]
    none = Durations()
    longest = max(
        (one.p95 or 0.0 for one in (*report.run.values(), *report.wait.values())), default=1.0
    )
    rows = []
    for name in names:
        totals, run = report.engines[name], report.run.get(name, none)
        wait = report.wait.get(name, none)
        rates = (totals.success_percent, totals.retry_percent, run.p50, run.p95, wait.p50, wait.p95)
        rounded = (None if one is None else round(one, 2) for one in rates)
        rows.append((labels[name], totals.asked, *rounded))
    heads = ("Engine", "Pictures", "Success %", "Retried %")
    times = tuple(
        f"{share} {what} within s" for what in ("made", "waited") for share in ("Half", "95 %")
    )
    return Chart(
        key="engines",
        title="Engines",
        fact="● half within, ○ 95 % within",
        traces=[
            *_spans("wait", [report.wait.get(name, none) for name in names], links, "faint", -0.16),
            *_spans("made", [report.run.get(name, none) for name in names], links, "main", 0.16),
        ],
        layout={
            "showlegend": True,
            "xaxis": axis(ticksuffix=" s", range=[-0.05 * longest, 1.1 * longest], nticks=6),
            "yaxis": axis(
                tickvals=list(range(len(names))),
                ticktext=[f"{labels[one]}<br>n = {report.engines[one].asked:,}" for one in names],
                range=[-0.6, max(len(names) - 0.4, 1.6)],
                showgrid=False,
            ),
        },
        table=ChartTable(heads=(*heads, *times), rows=rows, links=links),
    )


def _spans(
    name: str, found: list[Durations], links: list[str], role: str, shift: float
) -> list[Trace]:
    rows = [
        (place + shift, one, link)
        for place, (one, link) in enumerate(zip(found, links, strict=True))
        if one.n
    ]
    if not rows:
        return []
    line: Trace = {
        "type": "scatter",
        "mode": "lines",
        "hoverinfo": "skip",
        "showlegend": False,
        "x": [x for _, one, _ in rows for x in (one.p50, one.p95, None)],
        "y": [y for place, _, _ in rows for y in (place, place, None)],
        "line": {"color": colour(role), "width": 3},
    }
    ends: Trace = {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "textposition": "top center",
        "x": [x for _, one, _ in rows for x in (one.p50, one.p95)],
        "y": [place for place, _, _ in rows for _ in range(2)],
        "text": [words for _, one, _ in rows for words in _ends(one)],
        "customdata": [[link] for _, _, link in rows for _ in range(2)],
        "marker": {
            "size": 10,
            "color": colour(role),
            "symbol": [symbol for _ in rows for symbol in ("circle", "circle-open")],
            "line": {"width": 2, "color": colour(role)},
        },
        "hovertemplate": f"{name} %{{x:.2f}} s<extra></extra>",
    }
    return [line, ends]


def _ends(found: Durations) -> tuple[str, str]:
    """Return the times of half and of 95 % in words; where they are equal, it is said once."""
    median, most = seconds(found.p50), seconds(found.p95)
    return median, "" if most == median else most
