"""What a person does with the history besides looking: forms, views, projects, batches of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from core.library.png_recipe import with_recipe
from tests.bench.seed_history import open_folder
from tests.browser.person import (
    choose,
    choose_tile,
    click,
    open_details,
    open_page,
    open_tile,
    rest,
    search,
    tile_of,
)
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures
from tests.serving import Server, start_server

WARM = '{"short_description": "a dune", "lighting": {"conditions": "warm evening light"}}'
SOFT = '{"short_description": "a boat", "lighting": {"conditions": "soft light"}}'


@dataclass(frozen=True, slots=True)
class Shelf:
    """A server over a little history, and one of its pictures as it was downloaded."""

    server: Server
    downloaded: bytes

    @property
    def history(self) -> str:
        return f"{self.server.url}/history"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Shelf]:  # noqa: ARG001 - no browser, no server
    folder = tmp_path_factory.mktemp("shelf") / "data"
    folder.mkdir()
    studio = open_folder(folder)
    shown = {"image_type": "image/png", "image_width": 64, "image_height": 64}
    made = [
        {"image_sha256": studio.media.keep(painted_square(n * 60), "image/png"), **shown}
        for n in range(3)
    ]
    draft = {"resolution": "draft"}
    add_pictures(studio, {"prompt": "a boat", "seed": 5, **draft, **made[0]}, scene=SOFT)
    add_pictures(studio, {"prompt": "a dune", "seed": 6, **draft, **made[1]}, scene=WARM)
    (told,) = add_pictures(
        studio, {"prompt": "a *lamp*", "seed": 77, "lighting": "golden-hour", **made[2]}
    )
    add_pictures(
        studio,
        *({"prompt": f"a kite {n}", "status": "failed", "asked_seed": n, **draft} for n in (1, 2)),
    )
    status = studio.service.see(told)
    content = studio.service.picture_file(status).path.read_bytes()
    downloaded = with_recipe(content, status, studio.service.see_detail(told))
    studio.close()
    running = start_server(folder)
    yield Shelf(running, downloaded)
    running.kill()


def expect_batch_done(page: Page, pictures: int) -> None:
    """Follow the action to its batch and wait until all of it is made."""
    click(page, "action_watch")
    page.wait_for_url(re.compile(r"/batch\?batch=\d+"))
    expect(page.locator(".text-strip img")).to_have_count(pictures, timeout=90_000)


def test_the_form_writes_the_line_and_tells_how_many_there_are(page: Page, shelf: Shelf) -> None:
    open_page(page, shelf.history)
    click(page, "history_filter")
    status = page.locator(".st-key-history_status button")
    expect(status.filter(has_text="failed")).to_have_text(re.compile(r"failed · \d"))

    choose(page, "history_lighting", "Golden hour · 1")

    field = page.locator(".st-key-history_search input")
    expect(field).to_have_value("lighting:golden-hour")
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.locator(".st-key-chip_0")).to_contain_text("Golden hour")
    page.keyboard.press("Escape")
    click(page, "chip_0")
    expect(field).to_have_value("")


def test_a_view_is_kept_found_and_forgotten(page: Page, shelf: Shelf) -> None:
    open_page(page, f"{shelf.history}?history_search=lamp")
    click(page, "history_views")
    name = page.locator(".st-key-view_name input")
    name.fill("Lamps *only*")
    name.press("Tab")
    rest(page)
    click(page, "view_save")
    page.keyboard.press("Escape")
    search(page, "")

    click(page, "history_views")
    page.get_by_role("button", name="Lamps *only*").first.click()
    rest(page)

    expect(page.locator(".st-key-history_search input")).to_have_value("lamp")
    expect(page.locator(".tile")).to_have_count(1)
    if not page.locator("[class*='st-key-view_forget_'] button").count():
        click(page, "history_views")
    page.locator("[class*='st-key-view_forget_'] button").first.click()
    rest(page)
    expect(page.locator("[class*='st-key-view_forget_']")).to_have_count(0)


def test_a_project_is_made_gets_a_budget_and_is_archived(page: Page, shelf: Shelf) -> None:
    open_page(page, shelf.history)
    click(page, "projects")
    name = page.locator(".st-key-project_name_new input")
    name.fill("Autumn *sale*")
    name.press("Tab")
    rest(page)
    click(page, "project_save_new")
    listed = page.locator(".st-key-projects_list")
    expect(listed).to_contain_text("Autumn *sale*")
    expect(name).to_have_value("")

    page.locator("[class*='st-key-project_edit_'] button", has_text="Change").first.click()
    rest(page)
    budget = page.locator("[class*='st-key-project_budget_']:not([class*='_new']) input").first
    budget.fill("12.5")
    budget.press("Tab")
    rest(page)
    page.locator("[class*='st-key-project_save_'] button", has_text="Save").first.click()
    rest(page)

    expect(listed).to_contain_text("of $12.50")
    if not page.locator("[class*='st-key-project_archive_'] button").count():
        page.locator("[class*='st-key-project_edit_'] button", has_text="Change").first.click()
        rest(page)
    page.locator("[class*='st-key-project_archive_'] button").first.click()
    rest(page)
    expect(listed).not_to_contain_text("Autumn *sale*")


def test_light_goes_from_one_picture_onto_another_as_a_batch(page: Page, shelf: Shelf) -> None:
    open_page(page, shelf.history)
    choose_tile(tile_of(page, "a dune"))
    choose_tile(tile_of(page, "a boat"))
    click(page, "copy_settings")
    panel = page.locator(".text-table")
    expect(panel).to_contain_text("soft light")
    expect(panel).to_contain_text("warm evening light")
    expect(page.get_by_text("1 to make, free")).to_be_visible()

    click(page, "copy_settings_make")
    expect(page.locator(".st-key-action")).to_contain_text("Copy of settings to 1 picture started")
    expect_batch_done(page, 1)

    open_page(page, f"{shelf.history}?history_search=-parent:none")
    open_tile(tile_of(page, "a boat"))
    open_details(page)
    expect(page.locator("[class*='st-key-relative_'] button").first).to_contain_text("a boat")


def test_failed_pictures_are_asked_for_again_at_a_price_and_only_once(
    page: Page, shelf: Shelf
) -> None:
    open_page(page, f"{shelf.history}?history_search=kite%20status:failed")
    click(page, "bulk_all")
    click(page, "bulk_retry")
    expect(page.get_by_text("2 to make, free")).to_be_visible()

    click(page, "retry_start")
    expect(page.locator(".st-key-action")).to_contain_text("Retry of 2 pictures started")
    expect_batch_done(page, 2)

    open_page(page, f"{shelf.history}?history_search=kite%20status:completed")
    expect(page.locator(".tile")).to_have_count(2)


def test_a_dropped_picture_of_ours_fills_the_form(page: Page, shelf: Shelf) -> None:
    open_page(page, shelf.server.url)
    click(page, "recipe_popover")
    page.locator(".st-key-recipe_drop input[type=file]").set_input_files(
        {"name": "lamp.png", "mimeType": "image/png", "buffer": shelf.downloaded}
    )
    page.locator(".st-key-recipe_fill button").first.click()
    rest(page)

    expect(page.locator(".st-key-prompt textarea")).to_have_value("a *lamp*")
    expect(page.locator(".st-key-seed input")).to_have_value("77")
    expect(page.locator(".st-key-lighting input")).to_have_value("Golden hour")
