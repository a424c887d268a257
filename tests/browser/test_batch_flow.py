"""From a file with mistakes to a folder of pictures, as one calm flow."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.batching import (
    expect_money,
    figures,
    manifest_rows,
    map_column,
    mend,
    open_batches,
    press,
    take_zip,
    upload,
    wait_for_state,
)
from tests.browser.person import choose
from tests.serving import Server

ROWS = """row_id,prompt,line,lightng,aspect_ratio,seed,note
fox-1,a red fox in snow,A,golden hr,3:2,7,=1+1
fox-2,a red fox in snow,B,golden-hour,3:2,7,again
short,hi,C,soft,1:1,8,
boat,a red boat on a lake,D,soft,16x9,9,wide
lamp,a brass lamp,E,studio,1:1,10,
chair,a wooden chair,F,,1:1,,
"""


def test_a_file_with_mistakes_becomes_a_folder_of_pictures(
    page: Page, serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve()
    open_batches(page, server.url)
    upload(page, "spring.csv", ROWS.encode())
    expect_money(page, "6 rows: 2 need fixing, 1 is a duplicate, 3 to make, free")
    expect(page.get_by_text('column "lightng"')).to_be_visible()

    press(page, "batch_accept_0")
    expect_money(page, "6 rows: 3 need fixing, 3 to make, free")
    press(page, "batch_accept_all")
    expect_money(page, "6 rows: 1 needs fixing, 1 is a duplicate, 4 to make, free")
    mend(page, 0, 2, "a straw hat")
    expect_money(page, "6 rows: 1 is a duplicate, 5 to make, free")
    expect(page.locator("[class*=st-key-batch_fixes_]")).to_have_count(0)

    choose(page, "batch_resolution", "Draft 256 px")
    press(page, "batch_test_run")
    wait_for_state(page, "test run done")
    assert figures(page) == "4/6 · 2 held · $0.00"
    press(page, "batch_commit")
    wait_for_state(page, "6/6")
    expect(page.locator(".st-key-batch_progress .text-figures")).to_have_text("6/6 · $0.00")

    with take_zip(page, server.url, tmp_path / "spring.zip") as archive:
        rows = manifest_rows(archive)
        pictures = {row["row_id"]: archive.read(row["file"]) for row in rows}
        manifest = archive.read("manifest.csv")
    assert_holds_what_was_mended(rows)
    assert len({hashlib.sha256(content).digest() for content in pictures.values()}) == 5

    go_back_to_a_calm_list(page)
    upload(page, "manifest.csv", manifest)
    expect_money(page, "6 rows: 1 is a duplicate, 5 you already own, 0 to make, free")
    expect(page.locator(".st-key-batch_start")).to_contain_text("Start all 6")


def go_back_to_a_calm_list(page: Page) -> None:
    press(page, "batch_back")
    expect(page.locator(".st-key-batch_list")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def assert_holds_what_was_mended(rows: list[dict[str, str]]) -> None:
    assert [row["status"] for row in rows] == ["done"] * 6
    assert [row["prompt"] for row in rows][2:4] == ["a straw hat", "a red boat on a lake"]
    assert (rows[0]["lighting"], rows[3]["aspect_ratio"]) == ("golden-hour", "16:9")
    assert (rows[0]["line"], rows[0]["note"]) == ("A", "=1+1")


def test_columns_of_somebody_else_are_mapped_by_hand_and_remembered(
    page: Page, serve: Callable[..., Server]
) -> None:
    server = serve()
    open_batches(page, server.url)
    upload(page, "theirs.tsv", b"What we want\tWho\na red fox\tAnna\na blue boat\tBen\n")
    expect_money(page, "2 rows")
    expect(page.locator("[class*=st-key-batch_fixes_]")).to_have_count(0)
    map_column(page, "prompt", "What we want")
    map_column(page, "tag", "Who")
    expect_money(page, "2 rows: 2 to make, free")

    press(page, "batch_give_up")
    upload(page, "more.tsv", b"Who\tWhat We Want\nCleo\ta green hat\n")
    expect_money(page, "1 row: 1 to make, free")
