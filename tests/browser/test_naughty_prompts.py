"""515 naughty strings as prompts: shown as typed, nobody else asked, no page broken."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bench.seed_history import open_folder
from tests.browser.person import open_page, settle
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures
from tests.serving import Server, start_server
from tests.shared import needs_shared, shared

LARGE_PAGE = 60


def naughty_prompts() -> list[str]:
    """Every string of the list that can be kept: all but the empty one and control characters."""
    path = shared("data/big-list-of-naughty-strings/blns.json")
    strings: list[str] = json.loads(path.read_text(encoding="utf-8"))
    kept = (unicodedata.normalize("NFC", one.replace("\r\n", "\n")) for one in strings)
    return [one for one in kept if one.strip() and not _has_controls(one)]


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text)


@pytest.fixture(scope="module")
def naughty(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:  # noqa: ARG001 - no browser, no server
    folder = tmp_path_factory.mktemp("naughty") / "data"
    folder.mkdir()
    studio = open_folder(folder)
    digest = studio.media.keep(painted_square(9), "image/png")
    for prompt in naughty_prompts():
        add_pictures(
            studio,
            {"prompt": prompt, "image_sha256": digest, "image_type": "image/png", "note": prompt},
            scene=json.dumps({"short_description": prompt}),
        )
    studio.close()
    running = start_server(folder)
    yield running
    running.kill()


@needs_shared
def test_naughty_prompts_are_shown_as_typed_and_ask_nobody(page: Page, naughty: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    prompts = naughty_prompts()[::-1]
    shown: list[str] = []
    open_page(page, f"{naughty.url}/history?history_size=S")
    while True:
        expect(page.locator(".tile").first).to_be_visible()
        titles = page.locator(".text-label").evaluate_all("all => all.map(one => one.textContent)")
        shown += titles
        older = page.locator(".st-key-history_older button").first
        if older.is_disabled():
            break
        older.click()
        page.wait_for_timeout(400)
        settle(page)

    assert len(prompts) > 480
    assert shown == prompts
    own = (naughty.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []


@needs_shared
def test_the_details_of_naughty_prompts_are_text_too(page: Page, naughty: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
    open_page(page, f"{naughty.url}/history?history_search=script")
    page.locator("[class*='st-key-open_'] button").first.click()
    for _ in range(12):
        page.wait_for_timeout(300)
        settle(page)
        prompt = page.locator("[data-testid=stCode]").first
        expect(prompt).to_contain_text("script", ignore_case=True)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.locator(".st-key-walk_older button").first.click()

    own = (naughty.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
