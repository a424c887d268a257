"""The Statistics page in a real browser: clicks on charts, addresses, themes and narrow screens."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.bench.seed_history import open_folder
from tests.browser.person import open_page, settle
from tests.library.dated_pictures import add_ten
from tests.serving import Server, start_server


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:  # noqa: ARG001 - no browser, no server
    folder = tmp_path_factory.mktemp("counted") / "data"
    folder.mkdir()
    studio = open_folder(folder)
    spring = studio.library.add_project("Spring", colour="#0f766e", budget_microusd=1_000_000)
    made = add_ten(studio)
    add_ten(studio, project_id=spring, days_ago=3)
    with studio.database.writing() as session:
        for number in made[:3]:
            studio.results.keep(session, number, picture_bytes=1_000_000, now=datetime.now(UTC))
    studio.close()
    running = start_server(folder, FIBO_WORKER="external")
    yield running
    running.kill()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:  # noqa: ARG001 - no browser, no server
    running = start_server(tmp_path_factory.mktemp("empty") / "data", FIBO_WORKER="external")
    yield running
    running.kill()


def chart(page: Page, key: str) -> Locator:
    found = page.locator(f".st-key-stats_{key} .js-plotly-plot")
    expect(found).to_be_visible()
    found.scroll_into_view_if_needed()
    return found


def click(page: Page, mark: Locator) -> None:
    expect(mark).to_be_attached()
    page.wait_for_timeout(300)
    box = mark.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.wait_for_timeout(200)
    page.mouse.click(*middle)
    page.wait_for_url(re.compile("/history"))
    settle(page)


def search_line(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query)["history_search"][0]


def test_a_bar_or_point_leads_to_just_the_pictures_that_it_counts_and_back(
    browser: Browser, counted: Server
) -> None:
    # far from UTC: the pictures of half past 23 UTC were made there on the day after
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, timezone_id="Pacific/Auckland"
    )
    page = context.new_page()
    open_page(page, f"{counted.url}/statistics")
    bar, point = ".barlayer .point path", ".scatterlayer .point"
    for key, mark, number, term, pictures in (
        ("activity", bar, 26, "status:completed", 7),
        ("outcomes", point, 0, "utc-date:", 10),
        ("projects", bar, 0, "project:Spring", 10),
        ("pairs", bar, 2, "lighting:golden-hour", 6),
        ("ratings", bar, 4, "rating:5", 4),
    ):
        click(page, chart(page, key).locator(mark).nth(number))
        assert term in search_line(page), key
        expect(page.get_by_text(f"{pictures} of {pictures} shown")).to_be_visible()
        page.get_by_role("link", name="Statistics").first.click()
        page.wait_for_url(re.compile("/statistics"))
        settle(page)
    expect(chart(page, "ratings")).to_be_visible()
    assert "/statistics" in page.url, "what was clicked before is not clicked again"
    context.close()


def test_the_csv_behind_a_chart_holds_its_figures(page: Page, counted: Server) -> None:
    open_page(page, f"{counted.url}/statistics")
    page.locator(".st-key-table_ratings button").click()
    settle(page)
    with page.expect_download() as waiting:
        page.locator(".st-key-csv_ratings button").click()

    rows = list(csv.reader(Path(waiting.value.path()).read_text("utf-8-sig").splitlines()))

    assert waiting.value.suggested_filename == "ratings.csv"
    assert rows == [["Stars", "Rated"], ["1", "0"], ["2", "2"], ["3", "0"], ["4", "2"], ["5", "4"]]


def test_period_and_project_stand_in_the_address_and_come_back_from_it(
    page: Page, counted: Server
) -> None:
    open_page(page, f"{counted.url}/statistics")
    page.locator(".st-key-stats_period").get_by_role("radio", name="90 d").click()
    settle(page)
    page.locator(".st-key-stats_project input").click()
    page.get_by_role("option", name="Spring", exact=True).click()
    settle(page)
    expect(page.locator(".stat-card b").first).to_have_text("10")
    assert "stats_period=90" in page.url
    assert "stats_project=Spring" in page.url

    page.reload()
    settle(page)

    expect(page.locator(".stat-card b").first).to_have_text("10")
    chosen = page.locator(".st-key-stats_period").get_by_role("radio", name="90 d")
    expect(chosen).to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_can_be_read_in_both_themes(browser: Browser, counted: Server, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900})  # type: ignore[arg-type]
    page = context.new_page()
    open_page(page, f"{counted.url}/statistics")
    shown = chart(page, "activity")
    paper = page.get_by_test_id("stApp").evaluate("one => getComputedStyle(one).backgroundColor")

    for number in range(3):
        bar = shown.locator(".barlayer .trace").nth(number).locator("path").first
        expect(bar).to_be_attached()
        fill = bar.evaluate("one => getComputedStyle(one).fill")
        assert contrast(fill, paper) >= 2.2, (number, fill, paper)
    words = shown.locator(".xtick text, .ytick text").first
    assert contrast(words.evaluate("one => getComputedStyle(one).fill"), paper) >= 4.5
    change = page.locator(".stat-card small").first
    assert contrast(change.evaluate("one => getComputedStyle(one).color"), paper) >= 4.5
    context.close()


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_nothing_scrolls_sideways_on_a_phone(browser: Browser, counted: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    open_page(page, f"{counted.url}/statistics")
    chart(page, "asked")

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for card in page.locator(".stat-card, .js-plotly-plot").all():
        box = card.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    context.close()


def test_the_five_questions_are_answered_on_two_screens(page: Page, counted: Server) -> None:
    open_page(page, f"{counted.url}/statistics")
    expect(page.locator(".js-plotly-plot")).to_have_count(8)

    bottoms = [
        box["y"] + box["height"]
        for key in ("activity", "outcomes", "durations", "cost", "projects", "works", "ratings")
        if (box := page.locator(f".st-key-stats_{key}").bounding_box())
    ]

    assert len(bottoms) == 7
    assert max(bottoms) <= 1800


def test_a_remembered_request_is_forgotten_after_a_second_click(
    page: Page, counted: Server
) -> None:
    open_page(page, f"{counted.url}/statistics")
    expect(page.get_by_text("3 requests cached")).to_be_visible()
    page.get_by_text("Cached requests").click()
    settle(page)
    entries = page.locator("[class*=st-key-cache_entry_]")
    expect(entries).to_have_count(3)
    expect(page.get_by_text("3.0 MB of pictures")).to_be_visible()

    entries.first.get_by_role("button", name="Forget").click()
    settle(page)
    page.get_by_role("button", name="Yes, forget it").click()
    settle(page)

    expect(entries).to_have_count(2)
    page.get_by_role("button", name="Clear all").click()
    page.get_by_role("button", name="Yes, clear all").click()
    settle(page)
    expect(entries).to_have_count(0)
    expect(page.get_by_text("Nothing cached")).to_be_visible()


def test_an_empty_studio_says_how_the_first_figure_comes_about(page: Page, empty: Server) -> None:
    open_page(page, f"{empty.url}/statistics")
    expect(page.get_by_text("Nothing to count yet")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)

    page.get_by_role("button", name="Make the first one").click()
    settle(page)

    expect(page.locator(".st-key-generate")).to_be_visible()
