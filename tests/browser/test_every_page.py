"""A walk through every page as a browser sees it: nobody else is asked, nothing is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, Response, expect

from core.settings import Settings
from core.wiring import build_studio
from tests.browser.person import (
    expect_loaded,
    generate_button,
    open_page,
    picture,
    settle,
    write_prompt,
)
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures
from tests.serving import Server

INLINE_SCRIPT = """() => {
    const script = document.createElement("script");
    script.textContent = "window.hasRun = true";
    document.head.append(script);
    return window.hasRun === true;
}"""
REFUSAL = "Executing inline script violates the following Content Security Policy"


@dataclass
class Witness:
    """What the browser asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._judge)

    def _judge(self, answer: Response) -> None:
        if answer.status >= 400:
            self.complaints.append(f"{answer.status}: {answer.url}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} or "Content Security Policy" in message.text:
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture
def pictures(tmp_path: Path) -> Iterator[list[int]]:
    """Three pictures of yesterday in the data folder that `serve` opens."""
    studio = build_studio(Settings(FIBO_DATA_DIR=tmp_path / "data"))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    yield add_pictures(
        studio,
        *(
            {
                "prompt": f"a red boat {number}",
                "created_at": yesterday + timedelta(minutes=number),
                "lighting": "golden-hour",
                "image_sha256": studio.media.keep(painted_square(number * 40 + 9), "image/png"),
                "image_type": "image/png",
                "image_width": 64,
                "image_height": 64,
            }
            for number in range(3)
        ),
        scene='{"short_description": "a boat"}',
    )
    studio.close()


def test_no_page_asks_another_host_or_breaks_a_rule_or_complains(
    page: Page, serve: Callable[..., Server], pictures: list[int]
) -> None:
    server = serve()
    witness = Witness()
    witness.watch(page)

    make_one(page, server)
    run_a_batch(page, server)
    first, second, third = pictures
    for address, shown in (
        ("history", ".tile img"),
        (f"history?picture={first}", ".viewer .full"),
        (f"history?detail={first}", "[class*=st-key-hero] img"),
        (f"history?compare={first},{second}", ".beside img"),
        (f"history?review={third}", ".viewer .full"),
    ):
        open_page(page, f"{server.url}/{address}")
        expect_loaded(page.locator(shown).first)
    open_page(page, f"{server.url}/statistics")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=120_000)
    settle(page)
    page.goto(f"{server.url}/api/docs")

    assert witness.complaints == []
    ours = (server.url, server.url.replace("http", "ws", 1), "data:", f"blob:{server.url}")
    assert [url for url in witness.requests if not url.startswith(ours)] == []

    open_page(page, server.url)
    assert not page.evaluate(INLINE_SCRIPT), "the policy is in force"
    assert [REFUSAL in complaint for complaint in witness.complaints] == [True]


def make_one(page: Page, server: Server) -> None:
    open_page(page, server.url)
    write_prompt(page, "a red boat at sea")
    generate_button(page).click()
    expect(picture(page)).to_be_visible(timeout=240_000)  # a busy machine draws slowly
    expect_loaded(picture(page))


def run_a_batch(page: Page, server: Server) -> None:
    open_page(page, f"{server.url}/batch")
    page.locator(".st-key-batch_file input[type=file]").set_input_files(
        {
            "name": "two.csv",
            "mimeType": "text/csv",
            "buffer": b"prompt,resolution\na teapot,draft\na door,draft\n",
        }
    )
    page.locator(".st-key-batch_start button").first.click()
    expect(page.locator(".st-key-batch_progress .text-figures")).to_contain_text(
        "2/2", timeout=240_000
    )
    settle(page)
