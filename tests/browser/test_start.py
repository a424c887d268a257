"""The first visitor of a fresh process, wherever they enter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import open_page
from tests.serving import Server


@pytest.mark.parametrize("entrance", ["history", "batch"])
def test_the_first_visitor_of_a_fresh_process_gets_the_whole_app_on_any_address(
    page: Page, serve: Callable[..., Server], entrance: str
) -> None:
    server = serve()

    open_page(page, f"{server.url}/{entrance}")

    # title, top navigation and styles come from app.py, which the old router passes over
    expect(page.get_by_role("link", name="Generate")).to_be_visible()
    expect(page.get_by_role("link", name="History")).to_be_visible()
    expect(page).to_have_title("FIBO Command Center")
    expect(page.locator("link[rel='shortcut icon']")).to_have_attribute(
        "href", re.compile("^data:image/png;base64,")
    )
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
    styled = "e => getComputedStyle(e).position"
    page.locator("main").evaluate(
        "m => m.insertAdjacentHTML('beforeend', '<i class=st-key-card_x>')"
    )
    assert page.locator(".st-key-card_x").evaluate(styled) == "relative"
