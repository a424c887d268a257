"""What each project has spent, and how near it is to its budget."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain.money import MICROUSD, dollars
from core.insights.report import StatisticsReport, Totals
from core.records.projects import Project
from pages.parts.statistics.chart_table import Chart, ChartTable
from pages.parts.statistics.filters import Choice
from pages.parts.statistics.plotly_dicts import (
    Trace,
    colour,
    counting,
    lying_bars,
    named_rows,
    spending,
)

_MOST_PROJECTS = 7
_HOVER = "%{text} %{fullData.name}<extra></extra>"

Spent = tuple[int, Totals]
"""A project and what it has in the period."""


def projects(report: StatisticsReport, choice: Choice, listed: Sequence[Project]) -> Chart:
    """Return what each project has spent and may spend; of previews how many it has."""
    is_money = any(totals.spent_microusd for totals in report.projects.values())
    order = sorted(
        report.projects.items(),
        key=lambda item: (-item[1].spent_microusd, -item[1].asked),
    )
    shown = list(reversed(order[:_MOST_PROJECTS]))
    known = {project.id: project for project in listed}
    drawn = _money(shown, choice, known) if is_money else _counts(shown, choice)
    values = [
        dollars(totals.spent_microusd) if is_money else f"{totals.asked:,}" for _, totals in shown
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


def _counts(shown: Sequence[Spent], choice: Choice) -> list[Trace]:
    counts = [totals.asked for _, totals in shown]
    links = [choice.link(project_id=number) for number, _ in shown]
    texts = [f"{count:,}" for count in counts]
    return [lying_bars("pictures", counts, links, hovertemplate=_HOVER, hovertext=texts)]


def _money(
    shown: Sequence[Spent], choice: Choice, known: dict[int, Project]
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
        text=[dollars(amount) for amount in amounts],
        textposition="none",
        marker={"color": colour(role)},
        hovertemplate=_HOVER,
    )


def _budget(project: Project | None) -> int | None:
    return None if project is None else project.budget_microusd
