"""What a person does in the browser."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def open_page(page: Page, address: str) -> None:
    """Open an address and wait until the page stands."""
    page.goto(address)
    # before its first run a page says "not running" too
    page.locator(
        ".st-key-generate button, .st-key-history_bar, .st-key-walking, .st-key-welcome, "
        ".st-key-batch_file, .st-key-batch_head, .st-key-stats_period"
    ).first.wait_for()
    settle(page)


def settle(page: Page) -> None:
    """Wait until no script runs any more."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=60_000)


def write_prompt(page: Page, text: str) -> None:
    """Type a prompt and leave the field."""
    field = page.locator(".st-key-prompt textarea")
    field.fill(text)
    field.press("Tab")
    settle(page)


def choose(page: Page, key: str, label: str) -> None:
    """Choose a value of one of the parameters."""
    field = page.locator(f".st-key-{key} input")
    field.scroll_into_view_if_needed()
    page.wait_for_timeout(200)  # a list of choices closes when the page scrolls under it
    field.click()
    page.get_by_role("option", name=label, exact=True).click()
    page.wait_for_timeout(300)  # until the page knows that it has something to do
    settle(page)


def generate_button(page: Page) -> Locator:
    """Return the one primary button."""
    return page.locator(".st-key-generate button")


def picture(page: Page) -> Locator:
    """Return the large picture."""
    return page.locator("[class*=st-key-hero] img")


def expect_loaded(image: Locator) -> None:
    """Wait until an image has arrived and really shows something."""
    expect(image).to_be_visible(timeout=180_000)
    image.evaluate("image => image.decode()")
    assert image.evaluate("image => image.naturalWidth") > 0


def rest(page: Page) -> None:
    """Wait until what was just done has begun, and then until it has ended."""
    page.wait_for_timeout(300)
    settle(page)


def click(page: Page, key: str) -> None:
    """Press the button of that key, and wait for what comes of it."""
    page.locator(f".st-key-{key} button").first.click()
    rest(page)


def press(page: Page, key: str) -> None:
    """Press a key of the keyboard, and wait for what comes of it."""
    page.keyboard.press(key)
    rest(page)


def search(page: Page, line: str) -> None:
    """Write the search line of the history."""
    field = page.locator(".st-key-history_search input")
    field.fill(line)
    field.press("Enter")
    rest(page)


def picture_number(page: Page, way: str) -> str:
    """Return the picture that the address names."""
    found = re.search(rf"[?&]{way}=(\d+)", page.url)
    assert found, page.url
    return found[1]


def tile_of(page: Page, prompt: str) -> Locator:
    """Return the pictures on the wall whose prompt begins so."""
    named = page.locator(f'.open[aria-label^="{prompt}"]')
    return page.locator(".tile").filter(has=named)


def open_tile(tile: Locator) -> None:
    """Click a picture of the wall, and wait until the viewer shows it and the address names it."""
    page = tile.page
    tile.locator(".open").click()
    expect(page.locator(".viewer")).to_be_visible()
    page.wait_for_url(re.compile(r"[?&](picture|review)=\d+"))
    settle(page)


def choose_tile(tile: Locator) -> None:
    """Choose a picture of the wall besides those that are chosen."""
    tile.locator(".open").click(modifiers=["Control"])
    rest(tile.page)


def open_details(page: Page) -> None:
    """Go from the viewer to the page that knows everything of its picture."""
    button = page.get_by_role("button", name=re.compile("Refine, family, scene|What to do"))
    if not button.is_visible():
        page.keyboard.press("i")
    button.click()
    page.locator(".st-key-walking").wait_for()
    settle(page)


def close_viewer(page: Page) -> None:
    """Go back to the wall."""
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).to_be_hidden()
    rest(page)
