"""Secrets planted wherever one can be, everything made to fail, and then looked for everywhere."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import open_page
from tests.fakes.bria import FakeBria, fault, start_fake
from tests.serving import Server

TOKEN, KEY, BEARER = "planted-token-4711", "planted-key-0815-4711", "planted-bearer-0815-4711"
SIGNED = "https://cdn.bria.ai/a.png?Signature=planted-signature&Expires=1"
IN_A_ROW = "Bearer planted-in-a-row-0815"
PLANTED = (TOKEN, KEY, BEARER, "planted-signature")


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeBria]:
    folder = tmp_path / "bria"
    folder.mkdir()
    with start_fake(folder, token=TOKEN) as running:
        yield running


def test_nothing_that_fails_tells_a_secret_to_anybody(
    page: Page, serve: Callable[..., Server], fake: FakeBria
) -> None:
    server = serve(
        BRIA_API_TOKEN=TOKEN,
        BRIA_BASE_URL=fake.base_url,
        FIBO_API_KEYS=f"tool:admin:{KEY}",
        FIBO_LOG="json",
        FIBO_RETRY_BASE_SECONDS="0.05",
        FIBO_POLL_SECONDS="0.2",
        FIBO_SUBMIT_TIMEOUT_SECONDS="2",
    )
    answers = fail_in_many_ways(server, fake)
    made = ask(server, "a plum").json()["id"]
    damage_row(server, made)

    broken = httpx.get(f"{server.url}/api/generate/{made}")
    page.goto(f"{server.url}/history?picture={made}")
    told = page.get_by_text("This page could not be drawn")
    expect(told).to_be_visible(timeout=60_000)

    assert broken.status_code == 500
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line[:1] == "{"]
    by_request = [line for line in lines if line.get("request") == broken.headers["x-request-id"]]
    assert any("traceback" in line for line in by_request)
    number = re.findall(r"number (\w{12})\.", told.inner_text())
    assert [line["level"] for line in lines if line.get("reference") in number] == ["ERROR"]
    seen = [*answers, broken.text, page.content(), server.log.read_text()]
    assert [word for word in (*PLANTED, IN_A_ROW) for text in seen if word in text] == []
    open_page(page, f"{server.url}/statistics")
    assert [word for word in PLANTED if word in page.content()] == []
    assert found_in_files(server.data_dir) == []


def fail_in_many_ways(server: Server, fake: FakeBria) -> list[str]:
    """Let orders and visitors fail, and return what was answered."""
    words = f"Your key {TOKEN} may not open {SIGNED}"
    fake.plan(
        "submit",
        fault("http_400", text=words),
        fault("http_302", url=SIGNED),
        "reset_after_acceptance",
        "http_401",
    )
    told = [ask(server, f"a pear, number {number}").text for number in range(4)]
    wrong, right = {"Authorization": f"Bearer {BEARER}"}, {"Authorization": f"Bearer {KEY}"}
    foreign = {**right, "Origin": f"https://evil.example/?{BEARER}"}
    history = f"{server.url}/api/generate/history"
    told.append(httpx.get(history, headers=wrong).text)
    told.append(httpx.get(history, headers=right, params={"token": KEY, "limit": "x"}).text)
    told.append(httpx.post(f"{server.url}/api/generate/", headers=foreign, json={}).text)
    told.append(httpx.post(f"{server.url}/api/nope", headers=right, content=b"{").text)
    return told


def ask(server: Server, prompt: str) -> httpx.Response:
    return httpx.post(
        f"{server.url}/api/generate/",
        json={"prompt": prompt},
        params={"wait": 8},
        timeout=60,
    )


def damage_row(server: Server, generation_id: int) -> None:
    """Put into a row what no code of ours would, so that reading it breaks with a secret."""
    with closing(sqlite3.connect(server.data_dir / "fibo.sqlite", timeout=30)) as database:
        database.execute("UPDATE generation SET status = ? WHERE id = ?", (IN_A_ROW, generation_id))
        database.commit()


def found_in_files(folder: Path) -> list[tuple[str, str]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    contents = [(path.name, path.read_bytes()) for path in files]
    return [(name, word) for name, kept in contents for word in PLANTED if word.encode() in kept]
