"""The page of the API in a browser: every operation is shown, and can be tried where it stands."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_every_page import Witness
from tests.serving import Server

BELOW = "/behind/a/proxy"


@pytest.fixture
def witness(page: Page) -> Witness:
    watching = Witness()
    watching.watch(page)
    return watching


@pytest.mark.parametrize("path", ["", BELOW])
def test_every_operation_is_shown_and_health_can_be_tried(
    page: Page, server: Server, witness: Witness, path: str
) -> None:
    described = httpx.get(f"{server.url}/api/openapi.json").json()["paths"]
    if path:
        page.route(f"{server.url}{path}/**", _take_path_away)

    page.goto(f"{server.url}{path}/api/docs")
    expect(page.locator(".opblock")).to_have_count(sum(map(len, described.values())))
    health = page.locator(".opblock", has_text="/health")
    health.locator("button").first.click()
    expect(health.locator(".opblock-description")).to_contain_text("curl -s http://")
    health.get_by_role("button", name="Try it out").click()
    health.get_by_role("button", name="Execute").click()

    expect(health.locator(".request-url")).to_contain_text(f"{server.url}{path}/api/health")
    answer = health.locator(".live-responses-table")
    expect(answer.locator("tbody td.response-col_status")).to_have_text("200")
    expect(answer).to_contain_text('"database": "ok"')
    to_openapi = page.get_by_role("link", name="openapi.json")
    expect(to_openapi).to_have_attribute("href", "openapi.json")
    expect(page.get_by_role("link", name="To the pages")).to_have_attribute("href", "..")
    assert witness.complaints == []
    assert [url for url in witness.requests if not url.startswith((server.url, "data:"))] == []


def _take_path_away(route: Route) -> None:
    """Pass a request on as a proxy does that serves the studio below a path of its own."""
    route.fulfill(response=route.fetch(url=route.request.url.replace(BELOW, "", 1)))
