"""A person makes paid pictures while the provider misbehaves."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import (
    expect_loaded,
    generate_button,
    open_page,
    picture,
    settle,
    write_prompt,
)
from tests.fakes.bria import FakeBria, start_fake
from tests.running import wait_until
from tests.serving import Server

PICTURES = 20


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeBria]:
    folder = tmp_path / "bria"
    folder.mkdir()
    with start_fake(folder, token="planted-token-4711") as running:  # noqa: S106 - to be found nowhere
        yield running


@pytest.fixture
def paid_server(serve: Callable[..., Server], fake: FakeBria) -> Server:
    return serve(
        BRIA_API_TOKEN=fake.token,
        BRIA_BASE_URL=fake.base_url,
        FIBO_RETRY_BASE_SECONDS="0.05",
        FIBO_POLL_SECONDS="0.2",
        FIBO_SUBMIT_TIMEOUT_SECONDS="2",
        FIBO_RATE_PER_MINUTE="6000",
        FIBO_DAILY_BUDGET_USD="20",
    )


def test_twenty_pictures_in_bad_weather_show_no_error_that_is_not_a_decision(
    page: Page, paid_server: Server, fake: FakeBria
) -> None:
    fake.set_weather(
        7,
        {
            "submit": [(0.05, "http_429"), (0.03, "http_503"), (0.02, "reset_after_acceptance")],
            "poll": [(0.06, "http_503"), (0.04, "reset")],
            "asset": [(0.05, "truncated_body"), (0.05, "http_503")],
        },
    )
    open_page(page, paid_server.url)
    decided = 0
    for number in range(PICTURES):
        write_prompt(page, f"a boat on a lake, number {number}")
        generate_button(page).click()
        decided += make_and_decide(page, f"a boat on a lake, number {number}")

    assert len(fake.charges()) == PICTURES + decided
    assert_the_books_agree(paid_server, fake)
    assert_no_secret_is_left_anywhere(paid_server, fake, page)


def make_and_decide(page: Page, prompt: str) -> int:
    """Wait for the picture; where a decision is asked for, send again. Return how often it was."""
    wanted = page.locator(f'.st-key-hero img[alt="{prompt}"]')
    again = page.locator("[class*=st-key-send_again_] button")
    decisions = 0
    while True:
        expect(wanted.or_(again).first).to_be_visible(timeout=90_000)
        if wanted.count():
            expect_loaded(wanted)
            # with the picture on the stage there is no error and no warning beside it
            expect(page.get_by_test_id("stAlert")).to_have_count(0)
            return decisions
        decisions += 1
        assert decisions < 5
        again.first.click()
        expect(again).to_have_count(0, timeout=30_000)


def assert_the_books_agree(server: Server, fake: FakeBria) -> None:
    shown = [httpx.get(f"{server.url}/api/generate/{one}").json() for one in ids_of(server)]
    certain = sum(one["cost_usd"] for one in shown)
    possible = sum(one["possible_cost_usd"] for one in shown)
    charged = 0.03 * len(fake.charges())
    assert certain <= charged + 1e-9 <= certain + possible + 2e-9


def ids_of(server: Server) -> list[str]:
    with closing(sqlite3.connect(server.data_dir / "fibo.sqlite")) as connection:
        return [str(row[0]) for row in connection.execute("SELECT id FROM generation")]


def assert_no_secret_is_left_anywhere(server: Server, fake: FakeBria, page: Page) -> None:
    secrets = [fake.token.encode(), b"Signature="]
    files = [path for path in server.data_dir.rglob("*") if path.is_file()]
    kept = {path.name: path.read_bytes() for path in [*files, server.log]}
    open_page(page, f"{server.url}/history")
    kept["page"] = page.content().encode()
    for name, content in kept.items():
        for secret in secrets:
            assert secret not in content, f"{name} holds a secret"


def test_a_lost_answer_is_a_card_with_three_decisions(
    page: Page, paid_server: Server, fake: FakeBria
) -> None:
    fake.plan("submit", "reset_after_acceptance")
    open_page(page, paid_server.url)
    expect(page.get_by_text("about $0.03 · about 16 s · $20.00 left today")).to_be_visible()
    write_prompt(page, "a perfume bottle")
    generate_button(page).click()

    alert = page.get_by_test_id("stAlert").first
    expect(alert).to_have_text(re.compile(r"perhaps \$0\.03"), timeout=60_000)
    for name in ("Check again", "Send again · $0.03", "Give up"):
        expect(page.get_by_role("button", name=name).first).to_be_visible()
    page.get_by_role("button", name="Give up").first.click()
    expect(page.get_by_role("button", name="Give up")).to_have_count(0)
    assert len(fake.charges()) == 1


def test_an_outage_is_said_on_every_page_and_ends_by_itself(
    page: Page, paid_server: Server, fake: FakeBria
) -> None:
    fake.turn_door("api", "refused")
    open_page(page, paid_server.url)
    write_prompt(page, "a lighthouse in a storm")
    generate_button(page).click()
    open_page(page, f"{paid_server.url}/history")

    banner = page.locator(".st-key-banner")
    expect(banner).to_contain_text("1 waiting", timeout=60_000)
    expect(banner).to_contain_text("next try")
    fake.turn_door("api", "open")
    page.get_by_role("button", name="Try now").click()
    wait_until(lambda: len(fake.charges()) == 1, what="the order", patience_seconds=120)
    expect(banner).to_have_count(0, timeout=60_000)
    settle(page)


def test_a_preview_of_the_same_shot_is_one_click_away_and_free(
    page: Page, paid_server: Server, fake: FakeBria
) -> None:
    open_page(page, paid_server.url)
    write_prompt(page, "a red kite above a beach")

    page.get_by_role("button", name="Preview").first.click()

    expect_loaded(picture(page))
    expect(page.get_by_text("PREVIEW · rendered stand-ins, no AI")).to_be_visible()
    assert fake.charges() == []
