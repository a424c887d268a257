"""Two people watch one batch; one leaves, the server restarts, the other goes on by itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.batching import BatchState, LineState
from core.records.batches import Plan
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.batches.orders import new_lines
from tests.browser.person import settle
from tests.serving import Server

ROWS = 36


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Studio]:
    """The studio's rows, seen past the server."""
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path / "data"))
    yield studio
    studio.close()


def figures(page: Page) -> str:
    return page.locator(".st-key-batch_progress .text-figures").inner_text()


def done(page: Page) -> int:
    return int(figures(page).partition("/")[0])


def wait_for_more(page: Page, than: int) -> int:
    page.wait_for_function(
        "than => Number((document.querySelector('.st-key-batch_progress .text-figures')"
        "?.innerText ?? '0').split('/')[0]) > than",
        arg=than,
        timeout=90_000,
    )
    return done(page)


@pytest.mark.long
def test_two_browsers_watch_one_batch_through_a_restart(
    browser: Browser, serve: Callable[..., Server], behind: Studio
) -> None:
    lines = new_lines(ROWS, resolution="draft")
    batch = behind.batches.start(Plan(name="two eyes"), lines)
    first = serve()
    link = f"{first.url}/batch?batch={batch.id}"
    context = browser.new_context()
    leaving, staying = browser.new_context().new_page(), context.new_page()
    for page in (leaving, staying):
        page.goto(link)
        wait_for_more(page, 0)

    leaving.context.close()
    behind.batches.pause(batch.id)
    expect(staying.locator(".st-key-batch_resume")).to_be_visible(timeout=30_000)
    seen = done(staying)
    first.kill()
    second = serve(port=int(first.url.rpartition(":")[2]))
    assert second.url == first.url
    behind.batches.resume(batch.id)
    wait_for_more(staying, seen)

    expect(staying.locator(".st-key-batch_progress")).to_contain_text(
        f"{ROWS}/{ROWS}", timeout=120_000
    )
    assert figures(staying).startswith(f"{ROWS}/{ROWS}")
    told = behind.batches.progress(batch.id)
    assert (told.batch.state, told.counts) == (BatchState.DONE, {LineState.DONE: ROWS})
    assert len(behind.service.newest(limit=1000)) == ROWS
    address = staying.locator(".st-key-batch_zip a").first.get_attribute("href") or ""
    assert_zip_holds_everything(httpx.get(httpx.URL(second.url).join(address), timeout=60))
    context.close()


def assert_zip_holds_everything(answer: httpx.Response) -> None:
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''two%20eyes.zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        pictures = [name for name in archive.namelist() if name.startswith("pictures/")]
    assert len(pictures) == ROWS


def test_a_batch_is_paused_resumed_and_ended_by_hand(
    page: Page, serve: Callable[..., Server], behind: Studio
) -> None:
    batch = behind.batches.start(Plan(name="by hand", parallel=1), new_lines(30))
    server = serve()
    page.goto(f"{server.url}/batch")
    page.locator(f".st-key-batch_open_{batch.id} button").click()
    page.locator(".st-key-batch_pause button").click()
    expect(page.locator(".st-key-batch_resume")).to_be_visible()
    assert behind.batches.load(batch.id).state is BatchState.PAUSED

    page.locator(".st-key-batch_resume button").click()
    expect(page.locator(".st-key-batch_pause")).to_be_visible()
    settle(page)  # a press while the page is drawn anew opens nothing
    page.locator(".st-key-batch_end button").click()
    page.locator(".st-key-batch_cancel button").click()

    expect(page.locator(".st-key-batch_progress")).to_contain_text("cancelled")
    assert behind.batches.load(batch.id).state is BatchState.CANCELLED
    assert f"batch={batch.id}" in page.url
