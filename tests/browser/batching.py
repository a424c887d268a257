"""What a person does with a batch in the browser."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from core.intake.cells import restored
from tests.browser.person import choose, settle

ROW_PX = 35


def open_batches(page: Page, url: str) -> None:
    """Open the page on which a batch begins."""
    page.goto(f"{url}/batch")
    page.locator(".st-key-batch_file").wait_for()
    settle(page)


def upload(page: Page, name: str, content: bytes) -> None:
    """Upload a file and wait until it is checked."""
    field = page.locator(".st-key-batch_file input[type=file]")
    field.set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
    page.locator(".st-key-batch_money").wait_for()
    settle(page)


def expect_money(page: Page, words: str) -> None:
    """Wait until the page says so many rows and such a price."""
    expect(page.locator(".st-key-batch_money")).to_have_text(words, timeout=60_000)
    settle(page)


def press(page: Page, key: str) -> None:
    """Press a button and wait for what it does."""
    page.locator(f".st-key-{key} button").first.click()
    settle(page)


def map_column(page: Page, field: str, column: str) -> None:
    """Say which column of the file stands for a field."""
    if not page.locator(".st-key-batch_columns details[open]").count():
        page.locator(".st-key-batch_columns summary").click()
    choose(page, f"batch_column_{field}", column)


def mend(page: Page, row: int, column: int, text: str) -> None:
    """Write into a cell of the table of rows with errors; both are counted from 0."""
    cell = page.locator(".gdg-input:enabled").first
    grid = page.locator("[class*=st-key-batch_fixes_] .dvn-scroller").first
    for _ in range(5):
        page.wait_for_timeout(700)  # a grid that is being replaced loses the keys
        grid.scroll_into_view_if_needed()
        grid.click(position={"x": 20, "y": ROW_PX * (row + 1) + ROW_PX // 2})
        for _ in range(column):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        if cell.is_visible():
            break
        page.keyboard.press("Escape")
    cell.fill(text)
    cell.press("Enter")
    settle(page)


def figures(page: Page) -> str:
    """Return the line that says how far a batch is."""
    return page.locator(".st-key-batch_progress .text-figures").inner_text()


def wait_for_state(page: Page, words: str, *, patience_seconds: float = 120.0) -> None:
    """Wait until the batch that is shown stands there."""
    progress = page.locator(".st-key-batch_progress")
    expect(progress).to_contain_text(words, timeout=patience_seconds * 1000)
    settle(page)


def take_zip(page: Page, url: str, path: Path) -> zipfile.ZipFile:
    """Follow the link to the zip, keep it, and open it."""
    link = page.locator(".st-key-batch_zip a").first.get_attribute("href") or ""
    address = httpx.URL(url).join(link)
    with httpx.stream("GET", address, timeout=300) as answer, path.open("wb") as file:
        assert answer.status_code == 200
        for piece in answer.iter_bytes():
            file.write(piece)
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    return archive


def manifest_rows(archive: zipfile.ZipFile) -> list[dict[str, str]]:
    """Return the rows of the manifest in a zip."""
    text = archive.read("manifest.csv").decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{restored(name): restored(cell) for name, cell in row.items()} for row in rows]
