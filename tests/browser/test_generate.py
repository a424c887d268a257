"""A person makes a picture, and finds it again whatever happens."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.person import (
    choose,
    expect_loaded,
    generate_button,
    open_page,
    open_tile,
    picture,
    settle,
    tile_of,
    write_prompt,
)
from tests.running import wait_until
from tests.serving import Server


def test_a_person_makes_a_picture_and_finds_it_after_a_restart(
    page: Page, serve: Callable[..., Server]
) -> None:
    server = serve()
    open_page(page, server.url)
    write_prompt(page, "a woman in a teal coat on a city street")
    choose(page, "camera_angle", "Low angle")
    choose(page, "lighting", "Golden hour")
    generate_button(page).click()
    expect_loaded(picture(page))
    assert picture(page).evaluate("i => [i.naturalWidth, i.naturalHeight]") == [1024, 1024]
    address = picture(page).get_attribute("src")

    server.kill()
    restarted = serve()
    open_page(page, f"{restarted.url}/history")
    card = page.get_by_role("img", name="a woman in a teal coat on a city street")
    expect_loaded(card)
    open_tile(page.locator(".tile").first)
    shown_large = page.locator(".viewer .full")
    expect_loaded(shown_large)

    assert address is not None
    shown = shown_large.get_attribute("src") or ""
    assert shown.rpartition("/")[2] == address.rpartition("/")[2]


def test_closing_the_tab_right_after_the_click_loses_nothing(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context()
    tab = context.new_page()
    open_page(tab, server.url)
    write_prompt(tab, "a green bottle that nobody waits for")
    generate_button(tab).click()
    tab.get_by_text("You can leave this page").wait_for(timeout=60_000)
    context.close()

    later = browser.new_context().new_page()
    open_page(later, f"{server.url}/history")
    expect_loaded(later.get_by_role("img", name="a green bottle that nobody waits for"))
    later.context.close()


def test_five_quick_clicks_make_one_generation(page: Page, server: Server) -> None:
    open_page(page, server.url)
    write_prompt(page, "a blue car, asked for impatiently")

    for _ in range(5):
        generate_button(page).click()
    expect_loaded(picture(page))
    for _ in range(2):
        generate_button(page).click()
        settle(page)

    open_page(page, f"{server.url}/history")
    cards = page.get_by_role("img", name="a blue car, asked for impatiently")
    expect_loaded(cards.first)
    expect(cards).to_have_count(1)


def test_the_form_survives_a_reload_and_a_change_of_page(page: Page, server: Server) -> None:
    open_page(page, server.url)
    write_prompt(page, "a paper boat & a $5 note ❤ 100%")
    choose(page, "lighting", "Golden hour")
    page.locator(".st-key-seed input").fill("4711")
    page.locator(".st-key-seed input").press("Tab")
    settle(page)

    def expect_form() -> None:
        prompt = page.locator(".st-key-prompt textarea")
        expect(prompt).to_have_value("a paper boat & a $5 note ❤ 100%")
        expect(page.locator(".st-key-lighting input")).to_have_value("Golden hour")
        expect(page.locator(".st-key-seed input")).to_have_value("4711")

    page.reload()
    settle(page)
    expect_form()
    page.get_by_role("link", name="History").click()
    page.wait_for_url(re.compile("/history"))
    settle(page)
    page.get_by_role("link", name="Generate").click()
    page.wait_for_url(lambda url: "/history" not in url)
    settle(page)
    expect_form()


def test_the_shortcut_generates_from_within_the_prompt(page: Page, server: Server) -> None:
    open_page(page, server.url)
    field = page.locator(".st-key-prompt textarea")
    field.fill("a red kite above a beach")
    field.press("Control+Enter")

    expect_loaded(picture(page))
    expect(picture(page)).to_have_attribute("alt", "a red kite above a beach")


def test_the_draft_follows_the_form_without_a_generation(page: Page, server: Server) -> None:
    before = _count(server)
    open_page(page, server.url)
    write_prompt(page, "a small house on a hill")
    draft = page.locator(".st-key-draft_alone img")
    expect_loaded(draft)
    first = draft.get_attribute("src")

    choose(page, "color_palette", "Cool")

    expect(draft).not_to_have_attribute("src", first or "")
    expect_loaded(draft)
    assert draft.evaluate("i => Math.max(i.naturalWidth, i.naturalHeight)") == 256
    assert _count(server) == before


def test_a_wrong_form_gets_one_sentence_and_no_row(page: Page, server: Server) -> None:
    before = _count(server)
    open_page(page, server.url)
    generate_button(page).click()
    settle(page)

    alert = page.get_by_test_id("stAlert")
    expect(alert).to_have_text(re.compile("The prompt is empty; describe the picture"))
    write_prompt(page, "ab")
    generate_button(page).click()
    expect(alert).to_have_text(re.compile("The prompt has 2 characters; write at least 3"))
    assert _count(server) == before


def test_reuse_fills_the_form_with_the_pictures_recipe(page: Page, server: Server) -> None:
    open_page(page, server.url)
    write_prompt(page, "a yellow taxi in the rain")
    choose(page, "fov", "Wide · 24 mm")
    generate_button(page).click()
    expect_loaded(picture(page))
    open_page(page, f"{server.url}/history")
    open_tile(tile_of(page, "a yellow taxi in the rain"))
    page.locator(".viewer summary", has_text="Reuse").click()
    page.locator(".viewer").get_by_role("button", name="Everything", exact=True).click()

    expect(page.locator(".st-key-prompt textarea")).to_have_value("a yellow taxi in the rain")
    expect(page.locator(".st-key-fov input")).to_have_value("Wide · 24 mm")
    expect(page.locator(".st-key-seed input")).to_have_value(re.compile(r"^\d+$"))


def test_the_download_is_the_stored_file_byte_for_byte(page: Page, server: Server) -> None:
    open_page(page, server.url)
    write_prompt(page, "a glass of water on a table")
    generate_button(page).click()
    expect_loaded(picture(page))

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()

    downloaded = waiting.value.path().read_bytes()
    stored = [file.read_bytes() for file in (server.data_dir / "media").rglob("*.png")]
    assert downloaded in stored


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_browser_asks_nobody_but_the_server(
    browser: Browser, server: Server, scheme: str
) -> None:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/history"):
        open_page(tab, server.url + path)
        tab.wait_for_timeout(500)
    context.close()

    own = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    assert asked
    assert [url for url in asked if not url.startswith(own)] == []


def test_prompts_are_shown_letter_by_letter(page: Page, server: Server) -> None:
    prompt = "**bold** <b>tag</b> $x^2$ [link](http://example.com) :material/home:"
    open_page(page, server.url)
    write_prompt(page, prompt)
    generate_button(page).click()
    expect_loaded(picture(page))
    open_page(page, f"{server.url}/history")

    tile = page.locator(".tile").first
    tile.hover()
    expect(tile.locator(".title")).to_have_text(prompt)
    open_tile(tile)
    expect(page.locator(".drawer .prompt")).to_have_text(prompt)
    marked = page.locator(".tile, .viewer").locator(":is(b, strong, i, em), a:not([download])")
    expect(marked).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_picture_its_caption_and_its_actions_are_in_view_together(
    browser: Browser, server: Server, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    tab = context.new_page()
    open_page(tab, server.url)
    write_prompt(tab, "a boat in the morning")
    generate_button(tab).click()
    expect_loaded(picture(tab))
    settle(tab)
    tab.evaluate("window.scrollTo(0, 0)")

    for part in (picture(tab), tab.get_by_role("button", name="Download")):
        part.wait_for()
        box = part.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        if width == 1440:
            assert box["y"] + box["height"] <= height
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def _count(server: Server) -> int:
    wait_until(
        lambda: httpx.get(f"{server.url}/api/health").json()["unfinished_generations"] == 0,
        what="all generations to end",
    )
    return len(list((server.data_dir / "media").rglob("*.png")))
