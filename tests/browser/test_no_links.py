"""Addresses in names and prompts stay text, in every element that reads markdown."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.running import wait_until
from tests.serving import ROOT, clean_environment, free_port

ADDRESSES = [
    "http://evil.example/x.csv",
    "HTTPS://evil.example/x.csv",
    "www.evil.example",
    "see WWW.evil.example/a?b=c",
    "mailto:a@evil.example",
    "a.b+c@evil.example",
    "xmpp:a@evil.example/x",
    "ftp://evil.example",
    "<https://evil.example>",
    "[x](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "(http://evil.example)",
]

SCRIPT = f"""
import streamlit as st
from pages.parts.shared.safe_text import as_label

for number, text in enumerate({ADDRESSES!r}):
    label = as_label(text)
    st.error(label)
    st.caption(label)
    st.button(label, key=f"button{{number}}", help=label)
    st.checkbox(label, key=f"box{{number}}")
    st.expander(label)
    st.toast(label)
    st.text_input(label, key=f"field{{number}}")
st.radio("radio", [as_label(text) for text in {ADDRESSES!r}])
st.tabs([as_label(text) for text in {ADDRESSES!r}])
st.pills("pills", [as_label(text) for text in {ADDRESSES!r}])
st.text("the end")
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    script, port = tmp_path / "script.py", free_port()
    script.write_text(SCRIPT)
    flags = ["--server.port", str(port), "--server.headless", "true"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *flags],
        cwd=ROOT,
        env={**clean_environment(), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(url), what="streamlit", patience_seconds=60)
        yield url
    finally:
        process.kill()
        process.wait(10)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_stcore/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_no_address_in_a_label_becomes_a_link_or_a_picture(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("the end")).to_be_visible(timeout=30_000)

    expect(page.get_by_test_id("stAlert")).to_have_count(len(ADDRESSES))
    assert page.locator("a[href*=evil], a[href^=mailto], a[href^=xmpp]").count() == 0
    assert page.locator("img[src*=evil]").count() == 0
    shown = page.get_by_test_id("stAlert").all_inner_texts()
    assert [text.replace("\u2060", "").strip() for text in shown] == ADDRESSES
