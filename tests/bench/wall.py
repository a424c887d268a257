"""What a wall of 60 pictures adds to a rerun of the History page: `python -m tests.bench.wall`.

One server, one page; the size is switched again and again, with 60 tiles and with a line
that finds nothing, in turns. The figure is the server's CPU time for each click.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect, sync_playwright

from tests.bench.seed_history import open_folder, seed_history
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.person import open_page, settle
from tests.serving import start_server

CLICKS, ROUNDS, TILES = 12, 3, 60
MOST_MS = 30.0


def measure() -> tuple[float, float]:
    """Return the CPU milliseconds of a rerun with 60 tiles and with none."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data_dir = Path(folder) / "data"
        data_dir.mkdir()
        studio = open_folder(data_dir)
        seed_history(studio, 500)
        studio.close()
        # without a worker in the process, so that its own polling is not counted
        server = start_server(data_dir, FIBO_WORKER="external")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            full, empty = browser.new_page(), browser.new_page()
            open_page(full, f"{server.url}/history?history_search=status:completed")
            open_page(empty, f"{server.url}/history?history_search=zzzzzz")
            expect(full.locator(".tile")).to_have_count(TILES)
            process = psutil.Process(server.process.pid)
            rounds = [
                (_milliseconds_a_click(process, full), _milliseconds_a_click(process, empty))
                for _ in range(ROUNDS + 1)
            ]
        finally:
            browser.close()
            server.kill()
    with_tiles, without = (statistics.median(column) for column in zip(*rounds[1:], strict=True))
    return with_tiles, without


def _milliseconds_a_click(process: psutil.Process, page: Page) -> float:
    sizes = page.locator(".st-key-history_size button")
    before = process.cpu_times()
    for number in range(CLICKS):
        sizes.nth(number % 2).click()
        page.wait_for_timeout(400)
        settle(page)
    after = process.cpu_times()
    return 1000 * ((after.user + after.system) - (before.user + before.system)) / CLICKS


def main() -> int:
    """Measure, print what came out and return 1 where the bar is missed."""
    with_tiles, without = measure()
    more, missed = with_tiles - without, with_tiles - without > MOST_MS
    print(
        f"{TILES} tiles {with_tiles:.1f} ms · none {without:.1f} ms · more {more:.1f} ms "
        f"(at most {MOST_MS:.0f}){' **missed**' * missed}"
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
