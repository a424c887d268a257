"""The wall and the viewer by mouse, by keys, by touch and by ear."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.bench.seed_history import open_folder
from tests.browser.person import (
    choose_tile,
    click,
    close_viewer,
    expect_loaded,
    open_page,
    open_tile,
    press,
    rest,
    settle,
)
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures
from tests.running import wait_until
from tests.serving import Server, start_server

PICTURES = 30


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:  # noqa: ARG001 - no browser, no server
    folder = tmp_path_factory.mktemp("viewer") / "data"
    folder.mkdir()
    studio = open_folder(folder)
    shapes = ("1:1", "3:2", "9:16", "16:9")
    add_pictures(
        studio,
        *(
            {
                "prompt": f"picture number {number:02}",
                "aspect_ratio": shapes[number % len(shapes)],
                "image_sha256": studio.media.keep(painted_square(number * 8), "image/png"),
                "image_type": "image/png",
                "image_width": 64,
                "image_height": 64,
            }
            for number in range(PICTURES)
        ),
        scene='{"short_description": "a scene"}',
    )
    studio.close()
    running = start_server(folder)
    yield running
    running.kill()


@pytest.fixture
def wall(page: Page, shelf: Server) -> Page:
    open_page(page, f"{shelf.url}/history")
    expect(page.locator(".tile")).to_have_count(PICTURES)
    return page


def ratings(server: Server) -> dict[str, int | None]:
    """Return the stars of every picture by its prompt, as they are stored."""
    with closing(sqlite3.connect(server.data_dir / "fibo.sqlite", timeout=30)) as database:
        return dict(database.execute("SELECT prompt, rating FROM generation"))


def prompt_of(number: int) -> str:
    """Return the prompt of a picture by its place on the wall, where the newest comes first."""
    return f"picture number {PICTURES - 1 - number:02}"


def viewer(page: Page) -> Locator:
    return page.locator(".viewer")


def test_opening_walking_and_twenty_stars_wait_for_no_server_and_none_is_lost(
    wall: Page, shelf: Server
) -> None:
    shelf.process.send_signal(signal.SIGSTOP)
    try:
        wall.locator(".tile .open").first.click()
        expect(viewer(wall)).to_be_visible()
        press_key = wall.keyboard.press
        press_key("r")
        for number in range(20):
            expect(viewer(wall).locator(".place")).to_have_text(f"{number + 1} of {PICTURES}")
            press_key(str(number % 5 + 1))
        expect(viewer(wall).locator(".place")).to_have_text(f"21 of {PICTURES}")
    finally:
        shelf.process.send_signal(signal.SIGCONT)

    wanted = {prompt_of(number): number % 5 + 1 for number in range(20)}
    wait_until(lambda: wanted.items() <= ratings(shelf).items(), what="the stars")


def test_undo_takes_the_last_judgement_back_and_shows_its_picture(
    wall: Page, shelf: Server
) -> None:
    open_tile(wall.locator(".tile").nth(22))
    wall.keyboard.press("r")
    press(wall, "4")
    expect(viewer(wall).locator(".place")).to_have_text(f"24 of {PICTURES}")
    wait_until(lambda: ratings(shelf)[prompt_of(22)] == 4, what="the star")

    press(wall, "Control+z")

    expect(viewer(wall).locator(".place")).to_have_text(f"23 of {PICTURES}")
    expect(viewer(wall).get_by_role("button", name="4 of 5 stars")).to_have_text("☆")
    assert ratings(shelf)[prompt_of(22)] is None


def test_the_focus_goes_into_the_viewer_and_back_to_the_picture_looked_at_last(wall: Page) -> None:
    focused = """() => {
        let element = document.activeElement;
        while (element?.shadowRoot) element = element.shadowRoot.activeElement;
        return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
    }"""
    wall.locator(".tile .open").first.focus()
    wall.keyboard.press("ArrowRight")
    wall.keyboard.press("Enter")
    expect(viewer(wall)).to_be_visible()
    assert wall.evaluate(focused).startswith(f"2 of {PICTURES}")
    order = []
    for _ in range(17):
        wall.keyboard.press("Tab")
        order.append(str(wall.evaluate(focused)))
    assert order[0] == "All pictures"
    assert order.index("Facts and actions") < order.index("1 of 5 stars") < order.index("✓ Approve")
    assert all(order), "every stop has a name"

    wall.locator(".viewer").focus()
    wall.keyboard.press("ArrowRight")
    close_viewer(wall)

    assert wall.evaluate(focused).startswith(prompt_of(2))


def test_everything_that_can_be_pressed_has_a_name(wall: Page) -> None:
    nameless = """root => [...root.querySelectorAll('button, a, input, textarea, summary, dialog')]
        .filter(one => !(one.getAttribute('aria-label') ?? one.textContent).trim())
        .map(one => one.outerHTML)"""
    wall.locator(".tile").first.hover()
    open_tile(wall.locator(".tile").first)
    root = wall.locator(".library").first
    assert root.evaluate(nameless) == []
    assert (
        root.evaluate("root => [...root.querySelectorAll('img:not([alt])')].map(one => one.src)")
        == []
    )


def test_ctrl_shift_and_the_keyboard_choose(wall: Page) -> None:
    choose_tile(wall.locator(".tile").nth(1))
    wall.locator(".tile .open").nth(4).click(modifiers=["Shift"])
    expect(wall.locator(".tile.chosen")).to_have_count(4)
    choose_tile(wall.locator(".tile").nth(2))
    expect(wall.locator(".st-key-bulk")).to_contain_text("3 pictures chosen")
    wall.locator(".tile .open").nth(7).focus()
    press(wall, " ")
    expect(wall.locator(".st-key-bulk")).to_contain_text("4 pictures chosen")
    expect(viewer(wall)).to_be_hidden()
    bar = wall.locator(".st-key-dock")
    for place in ("0", "document.body.scrollHeight"):
        wall.evaluate(f"document.querySelector('[data-testid=stMain]').scrollTo(0, {place})")
        expect(bar).to_be_in_viewport()
    click(wall, "bulk_none")
    expect(wall.locator(".tile.chosen")).to_have_count(0)


def test_c_compares_the_chosen_with_the_one_looked_at(wall: Page) -> None:
    choose_tile(wall.locator(".tile").nth(3))
    open_tile(wall.locator(".tile").nth(5))
    wall.keyboard.press("c")
    expect(wall.locator(".beside img")).to_have_count(2)
    click(wall, "to_wall")
    click(wall, "bulk_none")


def test_z_shows_every_pixel_and_the_hand_moves_the_picture(wall: Page) -> None:
    open_tile(wall.locator(".tile").first)
    expect_loaded(viewer(wall).locator(".full"))
    zoom = viewer(wall).get_by_role("button", name="Fit or 100 %")
    expect(zoom).to_have_text("Fit")
    wall.keyboard.press("z")
    expect(zoom).to_have_text("100 %")
    wall.keyboard.press("z")
    expect(zoom).to_have_text("Fit")
    for _ in range(4):
        wall.keyboard.press("+")
    box = viewer(wall).locator(".stage .box")
    before = box.bounding_box()
    assert before is not None
    wall.mouse.move(600, 400)
    wall.mouse.down()
    wall.mouse.move(640, 380, steps=4)
    wall.mouse.up()
    after = box.bounding_box()
    assert after is not None
    assert (after["x"], after["y"]) != (before["x"], before["y"])
    expect(viewer(wall).locator(".place")).to_have_text(f"1 of {PICTURES}")


def test_a_swipe_walks(browser: Browser, shelf: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    open_page(page, f"{shelf.url}/history")
    page.locator(".tile .open").nth(1).tap()
    place = viewer(page).locator(".place")
    expect(place).to_have_text(f"2 of {PICTURES}")
    swipe(page, 300, 80)
    expect(place).to_have_text(f"3 of {PICTURES}")
    swipe(page, 80, 300)
    expect(place).to_have_text(f"2 of {PICTURES}")
    context.close()


def swipe(page: Page, start: int, end: int) -> None:
    touch = page.context.new_cdp_session(page)
    points = [(start, "touchStart"), ((start + end) // 2, "touchMove"), (end, "touchMove")]
    for x, name in points:
        asked = {"type": name, "touchPoints": [{"x": x, "y": 400}]}
        touch.send("Input.dispatchTouchEvent", asked)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_note_a_tag_and_a_reason_are_kept(wall: Page) -> None:
    open_tile(wall.locator(".tile").nth(25))
    shown = viewer(wall)
    shown.get_by_label("Note", exact=True).fill("for the cover <b>")
    shown.get_by_label("Add a tag", exact=True).fill("Hero shot")
    wall.keyboard.press("Enter")
    expect(shown.locator(".tag")).to_have_text("hero-shot")
    wall.locator(".viewer").focus()
    press(wall, "x")
    shown.get_by_label("Why it was rejected").fill("wrong light")
    wall.keyboard.press("Enter")
    rest(wall)

    wall.reload()
    settle(wall)
    expect(shown.get_by_label("Note", exact=True)).to_have_value("for the cover <b>")
    expect(shown.get_by_label("Why it was rejected")).to_have_value("wrong light")
    shown.get_by_role("button", name="Take the tag hero-shot off").click()
    expect(shown.locator(".tag")).to_have_count(0)


def test_a_picture_goes_into_the_trash_and_the_next_one_follows(wall: Page) -> None:
    open_tile(wall.locator(".tile").nth(27))
    viewer(wall).get_by_role("button", name="Trash", exact=True).click()
    expect(viewer(wall).locator(".place")).to_have_text(f"28 of {PICTURES - 1}")
    rest(wall)
    press(wall, "Control+z")
    expect(viewer(wall).locator(".place")).to_have_text(f"28 of {PICTURES}")


def test_the_question_mark_shows_all_keys(wall: Page) -> None:
    open_tile(wall.locator(".tile").first)
    wall.keyboard.press("?")
    overview = wall.get_by_role("dialog", name="Keys")
    expect(overview).to_contain_text("approve")
    wall.keyboard.press("Escape")
    expect(overview).to_be_hidden()
    expect(viewer(wall)).to_be_visible()


def test_stars_can_be_given_on_the_wall(wall: Page, shelf: Server) -> None:
    tile = wall.locator(".tile").nth(26)
    tile.hover()
    tile.locator(".over").get_by_title("5 of 5 stars").click()
    expect(viewer(wall)).to_be_hidden()
    wait_until(lambda: ratings(shelf)[prompt_of(26)] == 5, what="the star")
    tile.locator(".open").focus()
    press(wall, "2")
    wait_until(lambda: ratings(shelf)[prompt_of(26)] == 2, what="the other star")


def test_a_tile_that_waits_fills_by_itself(page: Page, serve: Callable[..., Server]) -> None:
    server = serve()
    open_page(page, server.url)
    asked = {"prompt": "a kite over the sea", "resolution": "draft"}
    httpx.post(f"{server.url}/api/generate/", json=asked, timeout=60).raise_for_status()
    open_page(page, f"{server.url}/history")

    expect_loaded(page.locator(".tile img"))
    expect(page.locator(".tile.waiting")).to_have_count(0)
