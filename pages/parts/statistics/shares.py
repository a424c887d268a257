"""How the pictures divide: by mode and parameters, light and palette, rating, and project."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain.money import MICROUSD, about_dollars, dollars
from core.domain.request import MODES
from core.domain.vocabulary import PARAMETER_NAMES, label_of, parameter
from core.domain.wording import DOT
from core.insights.report import StatisticsReport, Totals
from core.records.projects import Project
from pages.parts.statistics.chart import (
    TALL,
    Chart,
    ChartTable,
    Trace,
    axis,
    bars,
    colour,
    colour_on,
    counting,
    lying_bars,
    named_rows,
    spending,
)
from pages.parts.statistics.filters import FigureFilter

_LIGHT, _PALETTE = "lighting", "color_palette"
_MOST_PROJECTS = 7
_HOVER = "%{text} %{fullData.name}<extra></extra>"

Spent = tuple[int, Totals]
"""A project and what it has in the period."""


def asked(report: StatisticsReport, choice: FigureFilter) -> Chart:
    """Return the share of each mode, and of pictures for which each parameter was set."""
    total = report.totals.asked
    rows = [
        (f"{label} mode", report.totals.by_mode[mode], choice.link(f"mode:{mode}"))
        for mode, label in MODES.items()
    ]
    rows += [
        (f"{parameter(name).label} set", report.values[name].total(), choice.link(f"-{name}:none"))
        for name in PARAMETER_NAMES
    ]
    labels, counts, links = (list(column) for column in zip(*reversed(rows), strict=True))
    shares = [100 * count / max(total, 1) for count in counts]
    roles = ["cool"] * len(PARAMETER_NAMES) + ["main"] * len(MODES)
    quality = report.totals.average_quality
    facts = [f"share of {total:,}"]
    if quality is not None:
        facts.append(f"completeness {quality:.2f}")
    return Chart(
        key="asked",
        title="Modes and parameters",
        fact=DOT.join(facts),
        traces=[
            lying_bars(
                "share",
                shares,
                links,
                hovertext=[f"{label}: {n:,}" for label, n in zip(labels, counts, strict=True)],
                hovertemplate="%{hovertext}<extra></extra>",
                marker={"color": [colour(role) for role in roles]},
            )
        ],
        layout={
            "xaxis": axis(range=[0, 100], ticksuffix=" %", nticks=5),
            "yaxis": named_rows(labels, [f"{share:.0f} %" for share in shares]),
        },
        table=ChartTable(
            heads=("Asked with", "Pictures", "Share %"),
            rows=[
                (label, count, round(100 * count / max(total, 1), 1)) for label, count, _ in rows
            ],
            links=[link for _, _, link in rows],
        ),
    )


def pairs(report: StatisticsReport, choice: FigureFilter) -> Chart:
    """Return how often each light was asked for with each palette."""
    lights = [one for one in reversed(_words(_LIGHT)) if any(p[0] == one for p in report.pairs)]
    palettes = [one for one in _words(_PALETTE) if any(p[1] == one for p in report.pairs)]
    common = report.pairs.most_common()
    return Chart(
        key="pairs",
        title="Light × palette",
        fact=f"n = {report.pairs.total():,} with both",
        traces=[_cells(report, choice, lights, palettes)] if common else [],
        nothing="Nobody asked for a light together with a palette; set both on Generate.",
        layout={
            "height": TALL,
            "bargap": 0.04,
            "yaxis": named_rows([label_of(_LIGHT, one) for one in lights]),
            "xaxis": axis(
                tickvals=list(range(len(palettes))),
                ticktext=[label_of(_PALETTE, one) for one in palettes],
                tickangle=-35,
                range=[-0.5, len(palettes) - 0.5],
                showgrid=False,
            ),
        },
        table=ChartTable(
            heads=("Light", "Palette", "Pictures"),
            rows=[(*pair, count) for pair, count in common],
            links=[_pair_link(choice, *pair) for pair, _ in common],
        ),
    )


def ratings(report: StatisticsReport, choice: FigureFilter) -> Chart:
    """Return how often each number of stars was given."""
    given, rated = report.totals.ratings, report.totals.rated
    links = [choice.link(f"rating:{stars}") for stars in given]
    trace = bars(
        "ratings",
        [f"{stars} ★" for stars in given],
        list(given.values()),
        links,
        text=[f"{count:,}" for count in given.values()],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{x}: %{y:,}<extra></extra>",
    )
    return Chart(
        key="ratings",
        title="Ratings",
        fact=f"n = {rated:,}",
        traces=[trace] if rated else [],
        layout={"yaxis": counting(list(given.values())), "xaxis": axis(showgrid=False, nticks=0)},
        nothing="No ratings in this period; open a picture and press 1 to 5.",
        step=None
        if rated
        else ("Rate pictures", choice.link("status:completed", "rating:none")),
        table=ChartTable(
            heads=("Stars", "Rated"), rows=list(given.items()) if rated else [], links=links
        ),
    )  # fmt: skip


def _cells(
    report: StatisticsReport, choice: FigureFilter, lights: list[str], palettes: list[str]
) -> Trace:
    """Return a heat map whose cells can be clicked: each row is a stack of bars of one length."""
    cells = [(row, column) for row in range(len(lights)) for column in range(len(palettes))]
    named = [(lights[row], palettes[column]) for row, column in cells]
    counts = [report.pairs[one] for one in named]
    links = [_pair_link(choice, *one) if report.pairs[one] else "" for one in named]
    words = [f"{label_of(_LIGHT, a)} × {label_of(_PALETTE, b)}" for a, b in named]
    return {
        **lying_bars("pictures", [1] * len(cells), links),
        "y": [row for row, _ in cells],
        "base": [column - 0.5 for _, column in cells],
        "text": [f"{count:,}" if count else "" for count in counts],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"color": [colour_on(count / max(counts)) for count in counts]},
        "hovertext": [f"{name}: {count:,}" for name, count in zip(words, counts, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"color": counts, "cmin": 0, "cmax": max(counts), "autocolorscale": True},
    }


def _words(name: str) -> list[str]:
    return [value.value for value in parameter(name).values]


def _pair_link(choice: FigureFilter, light: str, palette: str) -> str:
    return choice.link(f"{_LIGHT}:{light}", f"{_PALETTE}:{palette}")


def projects(report: StatisticsReport, choice: FigureFilter, listed: Sequence[Project]) -> Chart:
    """Return what each project has spent and may spend; of previews how many it has."""
    is_money = any(totals.spent_microusd for totals in report.projects.values())
    order = sorted(
        report.projects.items(),
        key=lambda item: (-item[1].spent_microusd, -item[1].asked),
    )
    shown = list(reversed(order[:_MOST_PROJECTS]))
    known = {project.id: project for project in listed}
    if is_money:
        drawn = _money(shown, choice, known)
    else:
        counts = [totals.asked for _, totals in shown]
        links = [choice.link(project_id=number) for number, _ in shown]
        texts = [f"{count:,}" for count in counts]
        drawn = [lying_bars("pictures", counts, links, hovertemplate=_HOVER, hovertext=texts)]
    values = [
        about_dollars(totals.spent_microusd) if is_money else f"{totals.asked:,}"
        for _, totals in shown
    ]
    labels = [choice.project_name(number) for number, _ in shown]
    rows = []
    for number, totals in order:
        certain, perhaps = totals.of("certain_microusd"), totals.of("possible_microusd")
        project = known.get(number)
        ever = None if project is None else project.committed_microusd / MICROUSD
        budget = _budget(project)
        may = None if budget is None else budget / MICROUSD
        name = choice.project_name(number)
        rows.append((name, totals.asked, certain / MICROUSD, perhaps / MICROUSD, ever, may))
    return Chart(
        key="projects",
        title="Cost by project" if is_money else "Pictures by project",
        fact=f"the first {_MOST_PROJECTS} of {len(order)}" if len(order) > _MOST_PROJECTS else "",
        traces=drawn if order else [],
        layout={
            "barmode": "stack",
            "showlegend": len(drawn) > 1,
            "xaxis": spending([amount for trace in drawn for amount in trace["x"]])
            if is_money
            else counting([totals.asked for _, totals in shown]),
            "yaxis": named_rows(labels, values),
        },
        nothing="Nothing was made in this period.",
        table=ChartTable(
            heads=("Project", "Pictures", "Charged $", "Perhaps $", "Ever $", "Budget $"),
            rows=rows,
            links=[choice.link(project_id=number) for number, _ in order],
        ),
    )


def _money(
    shown: Sequence[Spent], choice: FigureFilter, known: dict[int, Project]
) -> list[Trace]:  # fmt: skip
    """Return bars of the period; where there is a budget also what came before, and its line."""
    links = [choice.link(project_id=number) for number, _ in shown]
    now = [totals.spent_microusd for _, totals in shown]
    limits = [_budget(known.get(number)) for number, _ in shown]
    traces = [_bars("this period", now, links, "main")]
    places = [place for place, limit in enumerate(limits) if limit is not None]
    if not places:
        return traces
    ever = [known[number].committed_microusd if number in known else 0 for number, _ in shown]
    before = [max(ever[p] - now[p], 0) if p in places else 0 for p in range(len(shown))]
    traces.append(_bars("earlier", before, links, "faint"))
    marks = {"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": colour("alarm")}}
    budgets = [limits[place] or 0 for place in places]
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "budget",
            "x": [limit / MICROUSD for limit in budgets],
            "y": places,
            "text": [dollars(limit) for limit in budgets],
            "customdata": [[links[place]] for place in places],
            "marker": marks,
            "hovertemplate": _HOVER,
        }
    )
    return traces


def _bars(name: str, amounts: Sequence[int], links: Sequence[str], role: str) -> Trace:
    return lying_bars(
        name,
        [amount / MICROUSD for amount in amounts],
        links,
        text=[about_dollars(amount) for amount in amounts],
        textposition="none",
        marker={"color": colour(role)},
        hovertemplate=_HOVER,
    )


def _budget(project: Project | None) -> int | None:
    return None if project is None else project.budget_microusd
