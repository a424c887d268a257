"""What works: the effect of each value on the stars, with its interval, or what is missing."""

from __future__ import annotations

from core.domain.vocabulary import label_of, parameter
from core.insights.effects import WORTH_KNOWING, Effect, Effects
from pages.parts.statistics.chart import TALL, Chart, ChartTable, Trace, axis, colour, upright_line
from pages.parts.statistics.filters import FigureFilter

_MOST_SHOWN = 10


def what_works(effects: Effects, choice: FigureFilter) -> Chart:
    """Return every effect that is known, and how many ratings the others need."""
    known = [one for one in effects.found if one.stars is not None][:_MOST_SHOWN]
    known = sorted(known, key=lambda one: one.stars or 0.0)
    open_ones = sorted((one for one in effects.found if one.missing), key=lambda one: one.missing)
    if not effects.found:
        missing = (
            "Not enough yet: rate at least two pictures of the same prompt that differ in one "
            "parameter; about 50 ratings are needed to see a half-star effect."
        )
    elif open_ones:
        first = open_ones[0]
        missing = (
            f"Not enough yet for {len(open_ones)} values; nearest is "
            f"{label_of(first.parameter, first.value)}: about {first.missing:,} more rated "
            "pictures would tell."
        )
    else:
        missing = f"Every value that was rated is known to {WORTH_KNOWING} ★."
    chance = "95 % intervals: of 20 values that change nothing, about one looks as if it did. "
    return Chart(
        key="works",
        title="What works",
        fact=f"stars within the same prompt · n = {effects.rated:,} rated",
        traces=[_points(known, choice)] if known else [],
        layout={
            "height": TALL,
            **upright_line(0, "no effect", anchor="right"),
            "xaxis": axis(tickformat="+.1f", ticksuffix=" ★", nticks=6),
            "yaxis": axis(nticks=0, showgrid=False, dtick=1),
        },
        nothing=missing,
        note=chance + missing if known else "",
        step=None
        if known
        else ("Rate pictures", choice.link("status:completed", "rating:none")),
        table=ChartTable(
            heads=("Parameter", "Value", "Stars", "Low", "High", "With", "Without", "Missing"),
            rows=[
                (
                    *(one.parameter, one.value),
                    *(
                        None if stars is None else round(stars, 3)
                        for stars in (one.stars, one.low, one.high)
                    ),
                    *(one.n, one.others, one.missing),
                )
                for one in effects.found
            ],
            links=[_link(one, choice) for one in effects.found],
        ),
    )  # fmt: skip


def _points(known: list[Effect], choice: FigureFilter) -> Trace:
    colours = [colour("main" if one.is_clear else "faint") for one in known]
    names = [
        f"{label_of(one.parameter, one.value)}, {parameter(one.parameter).label.lower()}"
        for one in known
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [one.stars for one in known],
        "y": [f"{name} ({one.n} v {one.others})" for name, one in zip(names, known, strict=True)],
        "marker": {"size": 10, "color": colours},
        "error_x": {
            "array": [(one.high or 0.0) - (one.stars or 0.0) for one in known],
            "color": colour("faint"),
            "thickness": 1.5,
            "width": 4,
        },
        "customdata": [[_link(one, choice)] for one in known],
        "hovertemplate": "%{y}: %{x:+.2f} ★<extra></extra>",
    }


def _link(one: Effect, choice: FigureFilter) -> str:
    return choice.link(f"{one.parameter}:{one.value}", "-rating:none")
