"""What 24 tiles add to a rerun of the history: `python -m tests.bench.wall_rerun`.

The same click (the list of views opens, closes) on a full wall and on an empty one, in rounds that
alternate; the figure is CPU of the server, so that other work on the machine counts little.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from tests.bench.seed_history import open_folder
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.person import open_page, settle
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures
from tests.serving import start_server

RERUNS, ROUNDS, TILES, THINK_MS = 12, 3, 24, 400
BAR_MS = 30.0


def measure() -> tuple[float, float]:
    """Return the CPU milliseconds of a rerun with 24 tiles, and of one with none."""
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        full, empty = Path(temporary) / "full", Path(temporary) / "empty"
        _fill(full)
        servers = [start_server(folder, FIBO_WORKER="external") for folder in (full, empty)]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            visits = []
            for server in servers:
                page = browser.new_page()
                open_page(page, f"{server.url}/history")
                visits.append((psutil.Process(server.process.pid), page))
            rounds = [
                [_milliseconds_a_rerun(process, page) for process, page in visits]
                for _ in range(ROUNDS + 1)
            ]
        finally:
            browser.close()
            for server in servers:
                server.kill()
    with_tiles, without = (statistics.median(column) for column in zip(*rounds[1:], strict=True))
    return with_tiles, without


def _fill(folder: Path) -> None:
    folder.mkdir()
    studio = open_folder(folder)
    digest = studio.media.keep(painted_square(9), "image/png")
    picture = {"image_sha256": digest, "image_type": "image/png", "rating": 4}
    add_pictures(studio, *(dict(picture) for _ in range(TILES + 6)))
    studio.close()


def _milliseconds_a_rerun(process: psutil.Process, page: Page) -> float:
    views = page.locator(".st-key-history_views button").first
    before = process.cpu_times()
    for _ in range(RERUNS):
        views.click()
        settle(page)
        page.wait_for_timeout(THINK_MS)
    after = process.cpu_times()
    return 1000 * (after.user + after.system - before.user - before.system) / RERUNS


if __name__ == "__main__":
    tiles, none = measure()
    print(
        f"24 tiles {tiles:.1f} ms · none {none:.1f} ms · "
        f"difference {tiles - none:.1f} (at most {BAR_MS:.0f})"
    )
