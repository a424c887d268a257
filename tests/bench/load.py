"""Lists and figures over REST beside open browser tabs: `python -m tests.bench.load`.

A real server with a seeded history, ten Chromium tabs open on its four pages, then the same
requests by one connection that asks one after another and by eight that ask all the time, in
turns. For each route the bar is no error, and a 95th percentile at eight connections of at most
five times the median at one. The client is a process of its own on the same machine.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from tests.bench.seed_history import open_folder, seed_history
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.person import open_page
from tests.serving import start_server

ROUTES = {"history": "/api/generate/history", "statistics": "/api/generate/statistics?days=365"}
PAGES = ("/", "/history", "/batch", "/statistics")
REQUESTS, CONNECTIONS, TABS, ROWS = 1000, 8, 10, 20_000
ROUNDS, WARM_UP, PATIENCE_SECONDS = 4, 50, 60
MOST_TIMES_THE_MEDIAN = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One route: milliseconds of each request, alone and in company, and how many went wrong."""

    route: str
    alone_ms: Sequence[float]
    together_ms: Sequence[float]
    errors: int

    @property
    def median_alone_ms(self) -> float:
        return statistics.median(self.alone_ms)

    @property
    def p95_together_ms(self) -> float:
        return sorted(self.together_ms)[int(0.95 * (len(self.together_ms) - 1))]

    @property
    def times_the_median(self) -> float:
        return self.p95_together_ms / self.median_alone_ms

    @property
    def holds(self) -> bool:
        return self.errors == 0 and self.times_the_median <= MOST_TIMES_THE_MEDIAN


def table(results: Sequence[Figures]) -> str:
    """Return the figures as Markdown, each with its bar."""
    lines = [
        "| route | n | errors | median alone | p95 at 8 connections | ratio (bar: ≤ 5) | |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(_row(found) for found in results)])


def _row(found: Figures) -> str:
    return (
        f"| {found.route} | {len(found.together_ms):,} | {found.errors} | "
        f"{found.median_alone_ms:.1f} ms | {found.p95_together_ms:.1f} ms | "
        f"{found.times_the_median:.1f} | {'met' if found.holds else '**missed**'} |"
    )


def measure(*, requests: int = REQUESTS, tabs: int = TABS, rows: int = ROWS) -> list[Figures]:
    """Return what each route takes, with one connection and with eight, beside open tabs."""
    with (
        tempfile.TemporaryDirectory() as folder,
        seeded_server(Path(folder), rows) as url,
        open_tabs(url, tabs),
    ):
        for path in ROUTES.values():
            ask(url, path, requests=WARM_UP, connections=CONNECTIONS)
        return [_measure_route(url, name, requests) for name in ROUTES]


def _measure_route(url: str, name: str, requests: int) -> Figures:
    alone, together, errors = list[float](), list[float](), 0
    for _ in range(ROUNDS):  # turn by turn, so that noise of the machine meets both sides
        for connections, kept in ((1, alone), (CONNECTIONS, together)):
            taken, lost = ask(
                url, ROUTES[name], requests=requests // ROUNDS, connections=connections
            )
            kept.extend(taken)
            errors += lost
    return Figures(route=name, alone_ms=alone, together_ms=together, errors=errors)


@contextmanager
def seeded_server(folder: Path, rows: int) -> Iterator[str]:
    """Run the app on a history of so many rows and give its address."""
    data_dir = folder / "data"
    data_dir.mkdir()
    studio = open_folder(data_dir)
    seed_history(studio, rows)
    studio.close()
    server = start_server(data_dir)
    try:
        yield server.url
    finally:
        server.kill()


@contextmanager
def open_tabs(url: str, tabs: int) -> Iterator[None]:
    """Hold so many browser sessions open, spread over the pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            for number in range(tabs):
                open_page(browser.new_context().new_page(), url + PAGES[number % len(PAGES)])
            yield
        finally:
            browser.close()


def ask(url: str, path: str, *, requests: int, connections: int) -> tuple[list[float], int]:
    """Return the milliseconds of each request and how many were not answered with 200."""
    tickets, milliseconds, errors = count(), list[float](), list[str]()

    def keep_asking() -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_SECONDS)
        while next(tickets) < requests:
            started = time.perf_counter()
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
            except OSError as failure:
                errors.append(str(failure))
                connection.close()
                continue
            milliseconds.append((time.perf_counter() - started) * 1000)
            if answer.status != 200:
                errors.append(f"{answer.status}")
        connection.close()

    threads = [threading.Thread(target=keep_asking) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return milliseconds, len(errors)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 0 where every bar is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 requests, 2,000 rows")
    is_quick = parser.parse_args(arguments).quick
    results = measure(requests=200, rows=2000) if is_quick else measure()
    print(table(results))
    return 0 if all(found.holds for found in results) else 1


if __name__ == "__main__":
    sys.exit(main())
