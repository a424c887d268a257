"""A note on the desktop for whoever asked to be told of the end of a batch, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.records.batches import Plan
from core.settings import Settings
from core.wiring import Studio, build_studio
from tests.batches.orders import new_lines
from tests.browser.person import settle
from tests.running import wait_until
from tests.serving import Server

DESKTOP = """
window.notes = [];
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return (this.permission = "granted"); }
  constructor(title, { body }) { window.notes.push(body); }
};
Object.defineProperty(document, "hidden", { get: () => true });
"""
"""Stands for the desktop, which a browser without a screen does not have."""


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Studio]:
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path / "data"))
    yield studio
    studio.close()


@pytest.mark.parametrize("asks", [True, False])
def test_only_who_asked_is_told_of_the_end(
    page: Page, serve: Callable[..., Server], behind: Studio, *, asks: bool
) -> None:
    server = serve(FIBO_WORKER="external")  # nobody works, so it ends when we say so
    batch = behind.batches.start(Plan(name="<b>spring"), new_lines(3))
    page.add_init_script(DESKTOP)
    page.goto(f"{server.url}/batch?batch={batch.id}")
    button = page.locator(".notification button")
    expect(button).to_have_text("Notify me when done", timeout=60_000)
    if asks:
        button.click()
        expect(button).to_have_text("You will be notified")
    behind.batches.finish_current(batch.id)

    expect(page.get_by_test_id("stToast")).to_be_visible(timeout=60_000)
    settle(page)
    if asks:
        wait_until(lambda: bool(page.evaluate("window.notes")), what="the note")
    assert [note.split(" · ")[0] for note in page.evaluate("window.notes")] == (
        ["<b>spring: done"] if asks else []
    )
