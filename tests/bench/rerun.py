"""What a rerun of the Generate page costs with our settings and with Streamlit's own.

`python -m tests.bench.rerun` prints the table.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil
from playwright.sync_api import Locator, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.person import open_page, settle
from tests.serving import ROOT, clean_environment, free_port

RERUNS, ROUNDS, THINK_MS = 12, 3, 400

TUNED = "from streamlit.web.cli import main; main()"
_DEFAULT = f"import gc; gc.freeze = lambda: None; {TUNED}"
_DEFAULT_OPTIONS = (
    *("--server.fileWatcherType", "auto", "--server.folderWatchBlacklist", ""),
    *("--runner.magicEnabled", "true"),
)


def measure(*, most_rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the CPU milliseconds of one rerun, tuned and with Streamlit's default settings.

    A person changes the form and thinks for a moment, so that what Streamlit does after a run is
    counted too. Rounds of both alternate and each figure is the median of its rounds. The worker
    is left out, so that its own polling is not counted.
    """
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        servers = [
            start_app(TUNED, Path(folder) / "tuned"),
            start_app(_DEFAULT, Path(folder) / "default", *_DEFAULT_OPTIONS),
        ]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            visits = [(process, browser.new_page()) for process, _ in servers]
            for (_, url), (_, page) in zip(servers, visits, strict=True):
                open_page(page, url)
            rounds = [
                [milliseconds_a_rerun(process, page, _modes(page)) for process, page in visits]
                for _ in range(most_rounds + 1)
            ]
        finally:
            browser.close()
            for process, _ in servers:
                process.kill()
                process.wait()
    tuned, default = (statistics.median(column) for column in zip(*rounds[1:], strict=True))
    return tuned, default


def _modes(page: Page) -> Locator:
    return page.locator(".st-key-mode").get_by_role("radio")


def start_app(program: str, data_dir: Path, *options: str) -> tuple[psutil.Popen, str]:
    """Start the app without a worker and return its process and address."""
    port = free_port()
    command = [sys.executable, "-c", program, "run", "app.py", "--server.port", str(port), *options]
    environment = {**clean_environment(), "FIBO_DATA_DIR": str(data_dir), "FIBO_WORKER": "external"}
    process = psutil.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            httpx.get(f"{url}/_stcore/health")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return process, url
    raise AssertionError("the server did not start")


def milliseconds_a_rerun(process: psutil.Popen, page: Page, choices: Locator) -> float:
    """Return the CPU milliseconds of one rerun, while a person takes two choices in turn."""
    before = process.cpu_times()
    for turn in range(RERUNS):
        choices.nth((turn + 1) % 2).click()
        settle(page)
        page.wait_for_timeout(THINK_MS)
    after = process.cpu_times()
    seconds = (after.user + after.system) - (before.user + before.system)
    return 1000 * seconds / RERUNS


if __name__ == "__main__":
    ours, theirs = measure()
    print(f"tuned {ours:.1f} ms · default {theirs:.1f} ms · ratio {ours / theirs:.3f}")
