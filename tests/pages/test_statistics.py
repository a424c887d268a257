"""The Statistics page as Streamlit runs it, without a browser."""

from __future__ import annotations

import csv
import io
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from core.domain.engines import Family
from core.figures import recount
from core.insights.period import FigureScope, Period
from core.tables.generation import AttemptRow
from core.wiring import Studio, studio
from pages.parts.statistics.chart import Chart, ChartTable, Drawing, as_csv
from pages.parts.statistics.charts import rows
from pages.parts.statistics.filters import FigureFilter
from tests.library.dated_pictures import add_ten
from tests.records.little_history import add_pictures

COUNT_COLUMN = {
    "projects": "Pictures",
    "asked": "Pictures",
    "pairs": "Pictures",
    "ratings": "Rated",
    "durations": "Made",
    "engines": "Pictures",
}


@pytest.fixture(autouse=True)
def _with_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIBO_DAILY_BUDGET_USD", "1")


def open_statistics(app: AppTest) -> AppTest:
    app.run()
    app.switch_page("pages/statistics.py").run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    html = " ".join(str(part.proto.body) for part in app.get("html"))
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def charts_on(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def charts_of(opened: Studio, family: Family = "provider") -> dict[str, Chart]:
    today = opened.insights.today()
    choice = FigureFilter(
        scope=FigureScope(family=family),
        period=Period(today - timedelta(days=29), today),
        compares=True,
        project_names=opened.insights.project_names(),
    )
    return {chart.key: chart for _, row in rows(choice.read(), choice) for chart in row}


def charge(opened: Studio, ids: list[int], charge: str = "yes") -> None:
    with opened.database.writing() as session:
        for number in ids:
            session.add(
                AttemptRow(
                    id=number + 1,
                    generation_id=number,
                    number=1,
                    started_at=datetime.now(UTC),
                    charge=charge,
                    price_microusd=30_000,
                )
            )
        session.flush()
        recount.rebuild(session)


def test_without_a_picture_the_page_says_how_the_first_figure_comes_about(app: AppTest) -> None:
    open_statistics(app)

    assert app.subheader[0].value == "Nothing to count yet"
    assert charts_on(app) == 0

    app.button[0].click().run()

    assert not app.exception
    assert app.button(key="generate").label.startswith("Generate")


def test_ten_pictures_are_told_in_headline_numbers_with_their_cases(
    app: AppTest, opened: Studio
) -> None:
    charge(opened, add_ten(opened)[:4])

    told = words(open_statistics(app))

    assert "Pictures 10 7 completed 0 cancelled" in told
    assert "Success 70.0 % 2 failed · 1 blocked 0 unclear · n = 10" in told
    assert "half wait up to 2.0 s n = 6 made" in told
    assert "Rating 4.00 of 5 75 % have 4 or 5 ★ n = 4 rated" in told
    assert "Spent $0.12 no unclear charges $0.02 a picture · n = 6" in told
    assert "Saved by cache $0.03 10.0 % hits · 12.0 s n = 10 requests" in told
    assert "? 70.0 % of pictures succeeded too few to judge · goal: over 95 % · n = 10" in told
    assert "? 10.0 % of requests came from the cache too few to judge" in told
    assert "? Retries: no case yet" in told or "of pictures needed another try" in told
    assert charts_on(app) == 9


def test_a_better_or_worse_figure_is_said_in_words(app: AppTest, opened: Studio) -> None:
    charge(opened, add_ten(opened, days_ago=40)[:2])
    ids = add_ten(opened)
    add_pictures(
        opened, *({"engine": "bria", "created_at": datetime.now(UTC), "rating": 1} for _ in "12")
    )
    charge(opened, ids[:4])

    told = words(open_statistics(app))

    assert "Pictures 12 ↑ 20 %" in told
    assert "Success 75.0 % ↑ 5.0 points, better" in told
    assert "↓ 1.00 stars, worse" in told
    assert "$0.12 ↑ 100 %, worse" in told


def test_a_quiet_period_says_to_choose_another(app: AppTest, opened: Studio) -> None:
    add_ten(opened, days_ago=60)

    open_statistics(app)

    assert app.subheader[0].value == "Nothing was made here in this period"
    assert charts_on(app) == 0
    app.segmented_control(key="stats_period").set_value("90 d").run()
    assert not app.exception
    assert charts_on(app) == 8


def test_previews_and_pictures_of_the_provider_are_never_counted_together(
    app: AppTest, opened: Studio
) -> None:
    now = datetime.now(UTC)
    add_pictures(opened, *({"created_at": now, "generation_seconds": 0.5} for _ in range(3)))
    add_ten(opened)

    assert "Pictures 10 " in words(open_statistics(app))
    app.segmented_control(key="stats_family").set_value("preview").run()

    told = words(app)
    assert not app.exception
    assert "Pictures 3 " in told
    assert "Previews are free." in told
    assert "Pictures by project" in told


def test_one_project_is_told_alone(app: AppTest, opened: Studio) -> None:
    add_ten(opened)
    spring = opened.library.add_project('Spring: 50 % "new"', colour="#0f766e")
    add_ten(opened, project_id=spring)

    assert "Pictures 20 " in words(open_statistics(app))
    app.selectbox(key="stats_project").set_value(spring).run()

    assert not app.exception
    assert "Pictures 10 " in words(app)


def test_every_figure_of_a_table_is_what_its_link_finds_in_any_zone(opened: Studio) -> None:
    add_ten(opened)
    spring = opened.library.add_project('Spring: 50 % "new"', colour="#0f766e")
    add_ten(opened, project_id=spring, days_ago=2)
    charge(opened, [])
    found = charts_of(opened)

    for zone in (UTC, ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Los_Angeles")):
        for key, head in COUNT_COLUMN.items():
            table = found[key].table
            at = list(table.heads).index(head)
            counted = [opened.library.count(link, zone=zone).number for link in table.links]
            assert counted == [row[at] for row in table.rows], (key, zone)
        days = found["activity"].table
        sums = [sum(int(cell or 0) for cell in row[1:]) for row in days.rows]
        assert sums == [opened.library.count(one, zone=zone).number for one in days.links]


def test_every_bar_leads_where_its_row_of_the_table_leads(opened: Studio) -> None:
    charge(opened, add_ten(opened)[:4])

    for chart in charts_of(opened).values():
        clicked = {
            point[0] for trace in chart.traces for point in trace.get("customdata", []) if point[0]
        }
        lines = {re.sub(r" status:\w+$", "", line) for line in clicked}
        assert lines <= set(chart.table.links), chart.key
        assert bool(clicked) == bool(chart.traces), chart.key


def test_unclear_pictures_are_called_so_in_the_chart_and_in_its_table(opened: Studio) -> None:
    add_pictures(opened, {"created_at": datetime.now(UTC), "status": "unknown"})
    charge(opened, [])

    activity = charts_of(opened, "preview")["activity"]

    assert [trace["name"] for trace in activity.traces] == ["unclear"]
    assert "unclear" in activity.table.heads


@pytest.mark.parametrize("family", ["provider", "preview"])
def test_every_chart_is_one_that_plotly_accepts(opened: Studio, family: Family) -> None:
    ids = add_ten(opened)
    opened.library.change_project(1, budget_microusd=5_000_000)
    charge(opened, ids[:4])
    charge(opened, ids[5:6], "maybe")
    add_pictures(opened, {"created_at": datetime.now(UTC), "generation_seconds": 0.5})
    charge(opened, [])

    drawn = [one for one in charts_of(opened, family).values() if one.traces]

    assert len(drawn) >= 4
    for chart in drawn:
        spec = Drawing(chart.traces, chart.layout).to_dict()
        assert go.Figure(spec).data, chart.key


def test_the_cost_stands_beside_what_may_be_spent(opened: Studio) -> None:
    opened.library.change_project(1, budget_microusd=500_000)
    charge(opened, add_ten(opened)[:6])

    found = charts_of(opened)

    assert "budget $1.00 a day, far above" in str(found["cost"].layout["annotations"])
    assert "shapes" not in found["cost"].layout, "the line would press the bars flat"
    (budget,) = [one for one in found["projects"].traces if one["name"] == "budget"]
    assert budget["x"] == [0.5]


def test_a_budget_near_the_cost_is_a_line(monkeypatch: pytest.MonkeyPatch, opened: Studio) -> None:
    charge(opened, add_ten(opened)[:6])
    monkeypatch.setenv("FIBO_DAILY_BUDGET_USD", "0.20")
    studio.cache_clear()

    with closing(studio()) as again:
        (line,) = charts_of(again)["cost"].layout["shapes"]

    assert (line["y0"], line["y1"]) == (0.2, 0.2)


def test_csv_is_the_table_and_no_cell_of_it_is_a_formula(opened: Studio) -> None:
    charge(opened, add_ten(opened)[:4])
    for chart in charts_of(opened).values():
        text = as_csv(chart.table)
        assert text.startswith("\ufeff"), "Excel reads UTF-8 by its mark"
        read = list(csv.reader(io.StringIO(text[1:])))
        assert read[0] == list(chart.table.heads)
        assert read[1:] == [["" if c is None else str(c) for c in row] for row in chart.table.rows]

    harmful = ChartTable(heads=("Project",), rows=[("=1+1",), ("@x",), (-2,)], links=["", "", ""])
    assert as_csv(harmful)[1:].split() == ["Project", "'=1+1", "'@x", "-2"]
