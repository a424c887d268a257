"""What a batch of 100,000 rows costs from upload to every verb: `python -m tests.bench.batch`.

One run of the real server, asked over REST, while a person changes a form in a browser. The rows
are made here and asked for as drafts of the preview engine. Ends with 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.person import open_page, settle
from tests.serving import Server, start_server

ROWS, RERUNS, THINK_MS, WATCHED_SECONDS = 100_000, 40, 150, 20.0
SAMPLE_SECONDS = 0.3
PATIENCE_SECONDS, MICROSECONDS = 600.0, 1e6

_WATCH = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  const isQuiet = () => app.getAttribute('data-test-script-state') === 'notRunning';
  window.rerunTaken = new Promise(resolve => {
    setTimeout(() => resolve(60000), 60000);
    addEventListener('pointerdown', () => {
      const begun = performance.now();
      const watcher = new MutationObserver(() => {
        if (!isQuiet()) return;
        watcher.disconnect();
        resolve(performance.now() - begun);
      });
      watcher.observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
    }, {capture: true, once: true});
  });
}"""
"""Times a run from the finger on the button to the end of the script, inside the browser; a run
that never comes counts as a minute."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and the most it may be."""

    name: str
    value: float
    most: float
    unit: str

    @property
    def is_held(self) -> bool:
        return self.value <= self.most

    @property
    def line(self) -> str:
        held = "pass" if self.is_held else "FAIL"
        return f"{self.name:<44}{self.value:>9.1f}{self.most:>9.1f} {self.unit:<5}{held}"


@dataclass(slots=True, kw_only=True)
class Figures:
    """What one run came to."""

    rows: int
    check_seconds: float = 0.0
    check_peak_mb: float = 0.0
    durable_seconds: float = 0.0
    first_picture_seconds: float = 0.0
    verb_seconds: dict[str, float] = field(default_factory=dict)
    idle_ms: list[float] = field(default_factory=list)
    busy_ms: list[float] = field(default_factory=list)
    crowding: float = 1.0

    @property
    def bars(self) -> list[Bar]:
        """Every figure beside the most it may be."""
        idle, busy = p95(self.idle_ms), p95(self.busy_ms)
        times = f"rerun p95, {busy:.0f} ms to {idle:.0f} idle"
        return [
            Bar("check", self.check_seconds, 20, "s"),
            Bar("memory of the server at its peak", self.check_peak_mb, 500, "MB"),
            Bar("Start to all durable", self.durable_seconds, 20, "s"),
            Bar("durable to the first picture begun", self.first_picture_seconds, 5, "s"),
            *(Bar(verb, seconds, 2, "s") for verb, seconds in self.verb_seconds.items()),
            Bar(times, busy / idle, 3, "x"),
        ]

    def table(self) -> str:
        """Return the figures for people."""
        head = f"{f'{self.rows:,} rows':<44}{'is':>9}{'at most':>9}"
        tail = f"before it, a second of work took {self.crowding:.1f} s on this machine"
        return "\n".join([head, *(bar.line for bar in self.bars), tail])


def p95(values: list[float]) -> float:
    """Return the value that 95 of 100 stay below."""
    return statistics.quantiles(values, n=20)[-1]


def crowding() -> float:
    """Return how many seconds a second of work takes: 1 on a machine that nobody else uses."""
    began, worked = time.monotonic(), time.process_time()
    while time.process_time() - worked < SAMPLE_SECONDS:
        pass
    return (time.monotonic() - began) / (time.process_time() - worked)


def rows_of(count: int, *, note: str) -> bytes:
    """Return a CSV of so many rows that all ask for something else."""
    lines = (f"a boat with sail {n} in a calm bay {note},{n},golden-hour" for n in range(count))
    return "\n".join(["prompt,seed,lighting", *lines]).encode()


def measure(
    rows: int, *, reruns: int = RERUNS, watched_seconds: float = WATCHED_SECONDS
) -> Figures:
    """Return what a batch of so many rows costs in one run."""
    figures = Figures(rows=rows, crowding=crowding())
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = start_server(Path(folder) / "data")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            page = browser.new_page()
            open_page(page, server.url)
            person = _Person(page)
            person.change()
            figures.idle_ms = [person.change() for _ in range(reruns)]
            asking = _Asking(server, rows, figures, watched_seconds)
            with ThreadPoolExecutor(1) as other:
                future = other.submit(asking.carry_out)
                figures.busy_ms = person.change_while(other=future)
            future.result()
        finally:
            browser.close()
            server.kill()
    return figures


class _Asking:
    """The other person: uploads, starts and decides, one thing after the other."""

    def __init__(self, server: Server, rows: int, figures: Figures, watched_seconds: float) -> None:
        self._server = server
        self._rows = rows
        self._figures = figures
        self._watched_seconds = watched_seconds
        self._client = httpx.Client(base_url=server.url, timeout=PATIENCE_SECONDS)

    def carry_out(self) -> None:
        """Fill in the figures."""
        with self._client:
            self._check()
            place = self._start()
            self._wait_for_first(place)
            time.sleep(self._watched_seconds)
            self._action(place, "pause")
            self._fail_half(place)
            self._action(place, "retry")  # the rows wait with the others until it is resumed
            self._action(place, "resume")
            self._action(place, "pause", told="pause again")
            self._action(place, "finish")
            another = self._post_table("/api/batches", note="again").headers["location"]
            self._action(another, "cancel")

    def _check(self) -> None:
        with _peak_mb(self._server.process.pid) as peak:
            began = time.monotonic()
            told = self._post_table("/api/batches/check").json()
            self._figures.check_seconds = time.monotonic() - began
        self._figures.check_peak_mb = peak()
        assert (told["valid"], told["errors"]) == (self._rows, []), told["errors"][:3]

    def _start(self) -> str:
        began = time.monotonic()
        answer = self._post_table("/api/batches")
        self._figures.durable_seconds = time.monotonic() - began
        assert answer.json()["total"] == self._rows
        return str(answer.headers["location"])

    def _wait_for_first(self, place: str) -> None:
        batch_id = place.rpartition("/")[2]
        first = "SELECT min(started_at) FROM generation WHERE batch_id = ?"
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            with closing(self._database()) as database:
                (begun,) = database.execute(first, (batch_id,)).fetchone()
                (stored,) = database.execute(
                    "SELECT started_at FROM batch WHERE id = ?", (batch_id,)
                ).fetchone()
            if begun:
                self._figures.first_picture_seconds = (begun - stored) / MICROSECONDS
                return
            time.sleep(0.1)
        raise AssertionError("no picture was begun")

    def _action(self, place: str, verb: str, *, told: str = "") -> None:
        began = time.monotonic()
        answer = self._client.post(f"{place}/{verb}")
        self._figures.verb_seconds[told or verb] = time.monotonic() - began
        answer.raise_for_status()

    def _fail_half(self, place: str) -> None:
        """Half the rows have failed, which no engine does for us so quickly."""
        with closing(self._database()) as database, database:
            database.execute(
                "UPDATE batch_row SET state = 'failed', settled_at = CURRENT_TIMESTAMP "
                "WHERE batch_id = ? AND state = 'waiting' AND position % 2 = 0",
                (place.rpartition("/")[2],),
            )

    def _post_table(self, path: str, *, note: str = "") -> httpx.Response:
        file = {"file": ("rows.csv", rows_of(self._rows, note=note))}
        return self._client.post(path, files=file, data={"resolution": "draft"}).raise_for_status()

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self._server.data_dir / "fibo.sqlite", timeout=60)


class _Person:
    """Somebody who changes the form again and again and thinks for a moment in between."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def change(self) -> float:
        """Return the milliseconds from a click to the end of the script run that it causes."""
        radio = self._page.locator(".st-key-mode").get_by_role("radio", checked=False).first
        self._page.evaluate(_WATCH)
        radio.click()
        settle(self._page)
        taken: Any = self._page.evaluate("window.rerunTaken")
        self._page.wait_for_timeout(THINK_MS)
        return float(taken)

    def change_while(self, *, other: Future[None]) -> list[float]:
        """Return the same for as long as somebody else is at work."""
        taken = []
        while not other.done():
            taken.append(self.change())
        return taken


@contextmanager
def _peak_mb(pid: int) -> Iterator[Callable[[], float]]:
    """Within this, watch the memory of a process; the largest is told afterwards."""
    process, most, watching = psutil.Process(pid), [0.0], True

    def watch() -> None:
        while watching:
            most[0] = max(most[0], process.memory_info().rss / 1e6)
            time.sleep(0.02)

    with ThreadPoolExecutor(1) as watcher:
        watcher.submit(watch)
        try:
            yield lambda: most[0]
        finally:
            watching = False


def main() -> int:
    """Print the table and return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    figures = measure(parser.parse_args().rows)
    print(figures.table())
    return 0 if all(bar.is_held for bar in figures.bars) else 1


if __name__ == "__main__":
    raise SystemExit(main())
