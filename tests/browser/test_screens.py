"""Screens in a real browser: what can be read, where a page opens, and what appears by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.request import parse_request
from core.domain.states import State
from core.records.batches import Plan
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.batches.orders import feeder_of, new_lines
from tests.browser.person import click, open_page, settle
from tests.library.dated_pictures import add_ten
from tests.pages.test_batch_retry import end
from tests.serving import Server, start_server

UNREADABLE = (Path(__file__).with_name("contrast.js")).read_text()
TOKEN = "a-token-of-a-test"  # noqa: S105 - of nobody
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
ENDS = (State.FAILED, State.BLOCKED, State.UNKNOWN)


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Studio]:  # noqa: ARG001 - no browser, no studio
    """The rows of the server, with pictures and batches in every state; no worker runs."""
    folder = tmp_path_factory.mktemp("screens") / "data"
    studio = build_studio(Settings(FIBO_DATA_DIR=folder, BRIA_API_TOKEN=TOKEN))
    add_ten(studio)
    batch = studio.batches.start(Plan(name="ended badly"), new_lines(4, engine="bria"))
    feeder = feeder_of(studio)
    feeder.feed()
    made = [line.generation for line in studio.batches.lines(batch.id)]
    with studio.database.writing() as session:
        for one, state in zip(made, ENDS, strict=False):
            assert one is not None
            end(session, studio, one.id, state)
    feeder.feed()
    for number in range(4):
        studio.batches.start(Plan(name=f"batch {number}"), new_lines(2))
    yield studio
    studio.close()


@pytest.fixture(scope="module")
def screens(behind: Studio) -> Iterator[Server]:
    running = start_server(behind.settings.data_dir, FIBO_WORKER="external", BRIA_API_TOKEN=TOKEN)
    yield running
    running.kill()


def unreadable(page: Page) -> list[str]:
    """What can be read worse than WCAG 2.2 AA asks for, in both themes."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(700)  # colours move to their new values
        settle(page)
        found += [f"{scheme} {one}" for one in page.evaluate(UNREADABLE)]
    return found


def first_batch(behind: Studio) -> int:
    return behind.batches.newest(limit=9)[-1].batch.id


def scroll_down(page: Page) -> None:
    page.locator('[data-testid="stMain"]').evaluate("main => main.scrollTo(0, 9999)")
    assert scrolled(page) > 0


def scrolled(page: Page) -> float:
    page.wait_for_timeout(300)
    return float(page.locator('[data-testid="stMain"]').evaluate("main => main.scrollTop"))


def test_every_text_and_control_can_be_read_in_both_themes(
    page: Page, screens: Server, behind: Studio
) -> None:
    failed = behind.batches.line(first_batch(behind), 1).generation
    assert failed is not None
    open_page(page, f"{screens.url}/?prompt=a+plum")
    found = unreadable(page)
    open_page(page, f"{screens.url}/?shown={failed.id}")
    found += unreadable(page)
    open_page(page, f"{screens.url}/batch")
    found += unreadable(page)
    page.locator(".st-key-batch_paste textarea").fill(
        "prompt,lighting\na kettle,soft-ish\na mug,soft"
    )
    click(page, "batch_check")
    page.locator(".st-key-batch_limits button").first.click()
    found += unreadable(page)
    open_page(page, f"{screens.url}/batch?batch={first_batch(behind)}")
    found += unreadable(page)
    open_page(page, f"{screens.url}/history")
    found += unreadable(page)
    open_page(page, f"{screens.url}/history?picture={failed.id}")
    found += unreadable(page)
    for scheme in SCHEMES:  # charts are drawn in the colours in which the page opens
        page.emulate_media(color_scheme=scheme)
        open_page(page, f"{screens.url}/statistics")
        found += [f"{scheme} {one}" for one in page.evaluate(UNREADABLE)]

    assert sorted(set(found)) == []


def test_a_page_opens_at_its_top_from_a_button_and_from_a_link_far_down(
    page: Page, screens: Server, behind: Studio
) -> None:
    page.set_viewport_size({"width": 900, "height": 420})
    open_page(page, f"{screens.url}/batch")
    scroll_down(page)
    click(page, f"batch_open_{first_batch(behind)}")
    expect(page.locator(".st-key-batch_rows")).to_be_visible()
    assert scrolled(page) == 0

    scroll_down(page)
    page.get_by_role("link", name="Statistics").first.click()
    expect(page.locator(".stat-cards")).to_be_visible()
    settle(page)
    assert scrolled(page) == 0


def test_what_waits_appears_by_itself(page: Page, screens: Server, behind: Studio) -> None:
    paused = behind.batches.newest(limit=1)[0].batch.id
    open_page(page, f"{screens.url}/batch")
    line = page.locator(f".st-key-batch_line_{paused}")
    expect(line).to_contain_text("running")
    behind.batches.pause(paused)
    expect(line).to_contain_text("paused")

    number = behind.service.ask(parse_request({"prompt": "a plum", "engine": "bria"})).id
    with behind.database.writing() as session:
        end(session, behind, number, State.UNKNOWN)
    open_page(page, f"{screens.url}/?shown={number}")
    again = page.locator(f".st-key-give_up_{number}")
    expect(again).to_be_visible()
    behind.decisions.give_up(number)
    expect(again).to_be_hidden()
