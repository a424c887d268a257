"""515 naughty strings as prompts: shown as typed, nobody else asked, no page broken."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bench.seed_history import open_folder
from tests.browser.person import open_details, open_page, open_tile, settle
from tests.browser.test_every_page import Witness
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures
from tests.serving import Server, start_server
from tests.shared import needs_shared, shared


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
    witness = Witness()
    witness.watch(page)
    page.on("dialog", lambda dialog: witness.complaints.append(f"dialog {dialog.message}"))
    prompts = naughty_prompts()[::-1]
    open_page(page, f"{naughty.url}/history?history_size=S")
    tiles = page.locator(".tile")
    expect(tiles.first).to_be_visible()
    while tiles.count() < len(prompts):  # the wall loads on while somebody scrolls
        before = tiles.count()
        tiles.last.scroll_into_view_if_needed()
        page.wait_for_function(
            "n => document.querySelector('[data-testid=stBidiComponentIsolated]')"
            ".shadowRoot.querySelectorAll('.tile').length > n",
            arg=before,
        )
    alts = page.locator(".tile img").evaluate_all("all => all.map(one => one.alt)")

    assert len(prompts) > 480
    assert alts == prompts
    assert read_in_the_viewer(page, len(prompts)) == prompts
    assert witness.complaints == []
    own = (naughty.url, naughty.url.replace("http", "ws", 1), "data:", "blob:")
    assert [url for url in witness.requests if not url.startswith(own)] == []


def read_in_the_viewer(page: Page, number: int) -> list[str]:
    """Return the prompts as the drawer shows them, walking from the first by keys."""
    page.locator(".tile .open").first.click()
    expect(page.locator(".viewer .full")).to_be_visible()
    read: list[str] = []
    prompt = page.locator(".drawer .prompt")
    for place in range(1, number + 1):
        expect(page.locator(".viewer .place")).to_have_text(f"{place} of {number}")
        read.append(prompt.text_content() or "")
        page.keyboard.press("ArrowRight")
    return read


@needs_shared
def test_the_details_of_naughty_prompts_are_text_too(page: Page, naughty: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
    open_page(page, f"{naughty.url}/history?history_search=script")
    open_tile(page.locator(".tile").first)
    note = page.locator(".viewer").get_by_label("Note", exact=True)
    for _ in range(12):
        prompt = page.locator(".drawer .prompt").text_content() or ""
        assert "script" in prompt.lower()
        expect(note).to_have_value(prompt)  # the note, which has come with the facts, is the prompt
        page.keyboard.press("ArrowRight")
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    open_details(page)
    for _ in range(12):
        page.wait_for_timeout(300)
        settle(page)
        shown = page.locator("[data-testid=stCode]").first
        expect(shown).to_contain_text("script", ignore_case=True)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.locator(".st-key-walk_older button").first.click()

    own = (naughty.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
