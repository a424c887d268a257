"""The pages below a path, behind a proxy that spreads requests over two processes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.batching import open_batches, press, upload, wait_for_state
from tests.browser.conftest import PATIENCE_MS
from tests.browser.person import (
    expect_loaded,
    generate_button,
    open_page,
    picture,
    write_prompt,
)
from tests.browser.test_every_page import Witness
from tests.serving import Server
from tests.web.edge.proxies import ANNA, PASSWORD, SHOWN_WAYS, proxied, start_pair

ROWS = b"prompt,resolution\na red boat,draft\na blue boat,draft\n"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[list[Server]]:  # noqa: ARG001 - no browser, no server
    started = start_pair(tmp_path_factory.mktemp("below"))
    yield started
    for server in started:
        server.kill()


@pytest.fixture(params=SHOWN_WAYS)
def address(
    request: pytest.FixtureRequest,
    servers: list[Server],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    with proxied(request.param, servers, tmp_path_factory.mktemp("proxy")) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        http_credentials={"username": "anna", "password": PASSWORD},
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_a_picture_a_batch_and_every_page_work_below_a_path(page: Page, address: str) -> None:
    witness = Witness()
    witness.watch(page)

    open_page(page, f"{address}/")
    expect_loaded(page.get_by_alt_text("a perfume bottle on a stone plinth"))
    write_prompt(page, "a red boat at sea")
    expect_loaded(page.locator("[class*=st-key-draft_] img"))
    generate_button(page).click()
    expect_loaded(picture(page))

    open_batches(page, address)
    upload(page, "boats.csv", ROWS)
    press(page, "batch_start")
    wait_for_state(page, "2/2")
    expect_loaded(page.locator(".text-strip img").first)
    link = page.locator(".st-key-batch_zip a").first.get_attribute("href") or ""
    zipped = httpx.get(httpx.URL(address).join(link), headers=ANNA, timeout=300)
    assert zipfile.ZipFile(io.BytesIO(zipped.content)).testzip() is None

    open_page(page, f"{address}/history")
    expect_loaded(page.locator(".tile img").first)
    open_page(page, f"{address}/statistics")
    page.goto(f"{address}/api/docs")
    expect(page.locator(".opblock").first).to_be_visible()

    assert witness.complaints == []
    host = address.removesuffix("/studio")
    ours = (f"{address}/", f"{address.replace('http', 'ws', 1)}/", "data:", f"blob:{host}")
    assert [url for url in witness.requests if not url.startswith(ours)] == []
