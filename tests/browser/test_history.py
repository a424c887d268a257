"""The history as a person works with it, in one story, and with prompts that mean harm."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bench.seed_history import open_folder
from tests.browser.person import (
    choose_tile,
    click,
    close_viewer,
    expect_loaded,
    open_details,
    open_page,
    open_tile,
    picture_number,
    press,
    rest,
    search,
    settle,
)
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures
from tests.serving import Server, start_server

PROMPTS = tuple(f"{what} {where}" for what in ("a red boat", "a teapot", "an old door", "a dog")
                for where in ("at sea", "in the rain", "on a stone"))  # fmt: skip


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:  # noqa: ARG001 - no browser, no server
    folder = tmp_path_factory.mktemp("history") / "data"
    folder.mkdir()
    studio = open_folder(folder)
    scene = '{"short_description": "a scene", "lighting": {"conditions": "soft light"}}'
    add_pictures(
        studio,
        *(
            {
                "prompt": prompt,
                "seed": number + 1,
                "lighting": "golden-hour" if number < 10 else None,
                "resolution": "draft",
                "image_sha256": studio.media.keep(painted_square(number * 40 + 9), "image/png"),
                "image_type": "image/png",
                "image_width": 64,
                "image_height": 64,
            }
            for number, prompt in enumerate(PROMPTS)
        ),
        scene=scene,
    )
    studio.close()
    running = start_server(folder)
    yield running
    running.kill()


def tiles(page: Page) -> int:
    return page.locator(".tile").count()


def test_a_team_finds_rates_compares_refines_and_takes_away(page: Page, history: Server) -> None:
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url))
    open_page(page, f"{history.url}/history")
    expect(page.locator(".tile")).to_have_count(12)
    expect(page.get_by_text("12 of 12 shown")).to_be_visible()

    search_with_a_wrong_word(page)
    rate_ten_by_keys(page)
    compare_two(page)
    zip_five(page)
    trash_and_undo(page)
    refine_one(page)
    recall_into_generate(page)
    assert [url for url in foreign if not url.startswith((history.url, "data:", "blob:"))] == []


def search_with_a_wrong_word(page: Page) -> None:
    search(page, "lightin:golden-hour")
    expect(page.locator(".st-key-history_hint_0")).to_contain_text('There is no field "lightin"')
    click(page, "history_use_0")
    expect(page.locator(".tile")).to_have_count(10)
    assert "history_search=lighting" in page.url
    page.reload()
    expect(page.locator(".tile")).to_have_count(10)
    expect(page.locator(".st-key-chip_0")).to_contain_text("Golden hour")


def rate_ten_by_keys(page: Page) -> None:
    click(page, "review")
    viewer = page.locator(".viewer")
    rated = []
    for number, stars in enumerate((5, 4, 3, 2, 1, 5, 4, 3, 2, 1), start=1):
        expect(viewer.locator(".place")).to_have_text(f"{number} of 10")
        rated.append(viewer.get_attribute("aria-label"))
        page.keyboard.press(str(stars))  # as fast as the hand is: no script runs in between
    assert len(set(rated)) == 10
    expect(page.get_by_text("That was the last one")).to_be_visible()
    close_viewer(page)
    search(page, "rating:>=4")
    expect(page.locator(".tile")).to_have_count(4)
    expect(page.locator(".tile .marks").first).to_contain_text("★ 5")


def compare_two(page: Page) -> None:
    for number in (0, 1):
        choose_tile(page.locator(".tile").nth(number))
    click(page, "bulk_compare")
    expect(page.locator(".beside img")).to_have_count(2)
    expect(page.locator(".words del").first).to_be_visible()
    page.get_by_role("radio", name="Slider").click()
    settle(page)
    expect(page.locator(".over img")).to_have_count(2)
    click(page, "to_wall")


def zip_five(page: Page) -> None:
    search(page, "")
    click(page, "bulk_none")
    choose_tile(page.locator(".tile").first)
    page.locator(".tile .open").nth(4).click(modifiers=["Shift"])
    rest(page)
    expect(page.locator(".st-key-bulk")).to_contain_text("5 pictures chosen")
    address = page.locator(".st-key-bulk_zip a").first.get_attribute("href") or ""
    answer = page.request.get(urljoin(page.url, address))
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''pictures.zip"
    with zipfile.ZipFile(io.BytesIO(answer.body())) as archive:
        names = archive.namelist()
        assert len([name for name in names if name.endswith(".png")]) == 5
        assert archive.read("manifest.csv").count(b"\n") == 6


def trash_and_undo(page: Page) -> None:
    click(page, "bulk_trash")
    expect(page.locator(".tile")).to_have_count(7)
    click(page, "undo")
    expect(page.locator(".tile")).to_have_count(12)


def refine_one(page: Page) -> None:
    open_tile(page.locator(".tile").last)
    parent = picture_number(page, "picture")
    open_details(page)
    assert picture_number(page, "detail") == parent
    instruction = page.locator(".st-key-refine input").first
    instruction.fill("make it night")
    instruction.press("Tab")
    settle(page)
    click(page, "refine_make")
    assert picture_number(page, "detail") != parent
    expect(page.locator(f".st-key-relative_{parent}")).to_be_visible()


def recall_into_generate(page: Page) -> None:
    click(page, "reuse")
    click(page, "reuse_everything")
    page.wait_for_url(re.compile(r"/(\?|$)"))
    expect(page.locator(".st-key-prompt textarea")).to_have_value(PROMPTS[0])
    expect(page.locator(".st-key-seed input")).to_have_value("1")


def test_keys_of_the_viewer_judge_but_never_while_somebody_types(
    page: Page, history: Server
) -> None:
    open_page(page, f"{history.url}/history?history_search=dog")
    open_tile(page.locator(".tile").first)
    viewer = page.locator(".viewer")
    shown = viewer.locator(".place").inner_text()
    for name in ("Note", "Add a tag"):
        field = viewer.get_by_label(name, exact=True)
        field.click()
        page.keyboard.type("51fx3?z")
        expect(field).to_have_value("51fx3?z")
        field.fill("")
    expect(viewer.get_by_role("button", name="1 of 5 stars")).to_have_text("☆")
    expect(viewer.locator(".place")).to_have_text(shown)

    page.keyboard.press("Escape")
    press(page, "3")

    expect(viewer.get_by_role("button", name="3 of 5 stars")).to_have_text("★")
    press(page, "f")
    expect(viewer.get_by_role("button", name="Approve")).to_have_attribute("aria-pressed", "true")
    press(page, "ArrowRight")
    expect(viewer.locator(".place")).not_to_have_text(shown)


def test_keys_judge_but_never_while_somebody_types(page: Page, history: Server) -> None:
    open_page(page, f"{history.url}/history?history_search=dog")
    open_tile(page.locator(".tile").nth(1))
    open_details(page)
    number = picture_number(page, "detail")
    for field in (page.locator(".st-key-note_" + number + " textarea"),
                  page.locator(".st-key-tag_" + number + " input")):  # fmt: skip
        field.click()
        page.keyboard.type("51fx3")
        page.wait_for_timeout(300)
        expect(field).to_have_value("51fx3")
        field.fill("")
    settle(page)
    expect(page.locator(".st-key-rate_1 button").first).to_contain_text("☆")
    assert picture_number(page, "detail") == number

    page.locator(".facts").click()
    press(page, "3")

    expect(page.locator(".st-key-rate_3 button").first).to_contain_text("★")
    press(page, "f")
    expect(page.locator(".st-key-approve button").first).to_contain_text("Approved")
    press(page, "ArrowRight")
    assert picture_number(page, "detail") != number


def test_a_reload_transfers_no_picture_twice(page: Page, history: Server) -> None:
    open_page(page, f"{history.url}/history")
    look_at_all_tiles(page)
    page.reload()
    look_at_all_tiles(page)
    came = page.evaluate(
        "performance.getEntriesByType('resource').filter(e => e.name.includes('/static/media/'))"
        ".map(e => [e.name, e.transferSize])"
    )

    assert came
    assert [name for name, size in came if size > 0] == []


def look_at_all_tiles(page: Page) -> None:
    """Scroll past all pictures until each has arrived: those out of sight are not asked for."""
    pictures = page.locator(".tile img")
    expect(pictures.nth(len(PROMPTS) - 1)).to_be_attached()
    settle(page)
    expect(page.locator(".tile .words")).to_have_count(0)
    for number in range(pictures.count()):
        pictures.nth(number).scroll_into_view_if_needed()
        expect_loaded(pictures.nth(number))
