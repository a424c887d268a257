"""Which pictures are on the wall, and what the wall and the viewer are told of them."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.library import pages
from core.wiring import Studio, studio
from pages.parts.history import found as history_found
from pages.parts.history.found import Found
from tests.fakes.engine import painted_square
from tests.records.little_history import add_pictures


def page_of_found(line: str) -> None:
    """A page that looks for the pictures of a line."""
    import streamlit as st

    from core.library.query.parser import parse_query
    from pages.parts.history import state as history_state
    from pages.parts.history.found import find_pictures

    st.session_state["history_search"] = line
    for side in st.session_state.pop("widen", ()):
        history_state.widen_reach(side)
    st.session_state["found"] = find_pictures(parse_query(line))


def page_of_data(numbers: list[int], line: str) -> None:
    """A page that tells what the wall is told of pictures."""
    import streamlit as st

    from core.library.query.parser import parse_query
    from core.wiring import studio
    from pages.parts.history.wall_data import details_of, tile_data
    from pages.parts.shared import safe_text

    query, today = parse_query(line), safe_text.local_day(studio().clock.now())
    tiles = [studio().library.see_tile(number) for number in numbers]
    st.session_state["tiles"] = [tile and tile_data(tile, query, today) for tile in tiles]
    st.session_state["details"] = [details_of(number) for number in numbers]


class Wall:
    """What a tab finds for a line, at an address."""

    def __init__(self, line: str = "", **address: int) -> None:
        self.tab = AppTest.from_function(page_of_found, args=(line,), default_timeout=60)
        self.open(**address)

    def open(self, **address: int) -> None:
        for name in list(self.tab.query_params):
            del self.tab.query_params[name]
        for name, number in address.items():
            self.tab.query_params[name] = str(number)

    def look(self, *widen: str) -> Found:
        self.tab.session_state["widen"] = widen
        self.tab.run()
        assert not self.tab.exception
        found: Found = self.tab.session_state["found"]
        return found

    def numbers(self, *widen: str) -> list[int]:
        return [tile.id for tile in self.look(*widen).tiles]


@pytest.fixture
def newest_first(opened: Studio, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of 20 pictures of a history that comes in pages of 3."""
    monkeypatch.setattr(history_found, "PAGE", 3)
    pictures = ({"prompt": f"boat {n}", "rating": n % 5 + 1} for n in range(20))
    return add_pictures(opened, *pictures)[::-1]


def test_the_wall_begins_with_the_newest_and_loads_on(newest_first: list[int]) -> None:
    wall = Wall()
    found = wall.look()
    assert [tile.id for tile in found.tiles] == newest_first[:3]
    assert (found.has_newer, found.has_older, found.first, found.total) == (False, True, 0, "20")

    assert wall.numbers("older") == newest_first[:6]
    assert wall.numbers() == newest_first[:6], "it stays as large as it was"


def test_a_place_in_the_address_is_where_the_wall_begins(newest_first: list[int]) -> None:
    before = Wall(before=newest_first[9])
    found = before.look()
    assert [tile.id for tile in found.tiles] == newest_first[10:13]
    assert (found.has_newer, found.first) == (True, 10)
    assert before.numbers("newer") == newest_first[7:13]

    after = Wall(after=newest_first[9]).look()

    assert [tile.id for tile in after.tiles] == [*newest_first[6:9], *newest_first[9:12]]
    assert (after.has_newer, after.first) == (True, 6)


def test_a_place_that_is_gone_is_the_newest(newest_first: list[int]) -> None:
    wall = Wall(before=4711)

    assert wall.numbers() == newest_first[:3]
    assert "before" not in wall.tab.query_params


def test_the_wall_moves_to_an_opened_picture_that_is_farther_down(newest_first: list[int]) -> None:
    found = Wall(picture=newest_first[12]).look()

    assert [tile.id for tile in found.tiles] == newest_first[9:15]
    assert (found.first, found.has_newer, found.has_older) == (9, True, True)


def test_the_wall_stays_where_an_opened_picture_is_on_it(newest_first: list[int]) -> None:
    wall = Wall()
    wall.look("older")

    wall.open(picture=newest_first[4])

    assert wall.numbers() == newest_first[:6]


def test_a_picture_that_the_line_does_not_find_stands_in_its_place(
    newest_first: list[int], opened: Studio
) -> None:
    opened.library.throw_away([newest_first[1]])

    assert Wall(picture=newest_first[1]).numbers() == newest_first[:4]
    fives = [n for n in newest_first if opened.service.see(n).rating == 5]
    shown = Wall("rating:5", picture=newest_first[6]).numbers()
    assert newest_first[6] in shown
    assert set(shown) - {newest_first[6]} <= set(fives)
    assert shown == sorted(shown, reverse=True)


def test_a_link_to_no_picture_closes_the_viewer(newest_first: list[int]) -> None:
    wall = Wall(picture=4711)

    assert wall.numbers() == newest_first[:3]
    assert not wall.tab.query_params


def test_a_place_that_is_too_far_down_to_count_is_not_told(
    newest_first: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_COUNTED", 5)

    found = Wall(before=newest_first[9]).look()

    assert (found.first, found.has_newer) == (None, True)


def test_a_wall_is_full_after_so_many_pages(
    newest_first: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_found, "MOST_PAGES", 3)
    wall = Wall()
    assert not wall.look("older").is_full

    assert wall.look("older").is_full
    assert len(newest_first) == 20


def test_the_wall_moves_only_while_something_is_made(opened: Studio) -> None:
    add_pictures(opened, {"prompt": "made"})
    assert not Wall().look().is_moving

    add_pictures(opened, {"prompt": "is made", "status": "accepted"})

    assert Wall().look().is_moving


def told(numbers: list[int], line: str = "") -> tuple[list[Any], list[Any]]:
    tab = AppTest.from_function(page_of_data, args=(numbers, line), default_timeout=60).run()
    assert not tab.exception
    return tab.session_state["tiles"], tab.session_state["details"]


def pictured(opened: Studio, **columns: Any) -> int:
    sha256 = opened.media.keep(painted_square(9), "image/png")
    size = {"image_width": 64, "image_height": 64}
    kept = {"image_sha256": sha256, "image_type": "image/png", **size, **columns}
    return add_pictures(opened, kept)[0]


def test_the_wall_is_told_numbers_as_text_shapes_and_addresses(opened: Studio) -> None:
    number = pictured(opened, aspect_ratio="16:9", prompt="<b>boat</b>", rating=3)

    (tile,), (details,) = told([number])

    assert tile["id"] == details["id"] == str(number)
    assert tile["ratio"] == pytest.approx(16 / 9, rel=0.1)
    assert (tile["prompt"], tile["rating"], tile["verdict"]) == ("<b>boat</b>", 3, None)
    assert tile["picture"].endswith(".png")
    assert tile["thumbnail"] != tile["picture"]
    assert (tile["file"], tile["words"]) == (f"fibo-{number}.png", "")
    assert ("Number", str(number)) in details["raw"]


NAMED = {"failed", "blocked", "unknown"}
"""The states in which something can be done about a picture that is not there."""


@pytest.mark.parametrize("status", [*sorted(NAMED), "accepted", "cancelled"])
def test_of_what_has_no_picture_the_wall_is_told_words(opened: Studio, status: str) -> None:
    (number,) = add_pictures(opened, {"status": status, "error_message": "It did not work."})

    (tile,), (details,) = told([number])

    assert (tile["picture"], tile["thumbnail"]) == (None, None)
    assert tile["words"]
    assert tile["isWaiting"] is (status == "accepted")
    assert ("What happened", "It did not work.") in details["facts"]
    assert ("What to do" in dict(details["facts"])) is (status in NAMED)


def test_the_viewer_is_told_what_people_said(opened: Studio) -> None:
    number = pictured(opened, note="for the cover", verdict="rejected", verdict_reason="hands")
    opened.library.tag([number], "hero")
    opened.library.throw_away([number])

    (tile,), (details,) = told([number], "trashed:yes")

    assert (details["note"], details["reason"]) == ("for the cover", "hands")
    assert list(details["tags"]) == ["hero"]
    assert tile["isTrashed"] is details["isTrashed"] is True


def test_a_picture_that_is_gone_has_no_details(opened: Studio) -> None:
    assert opened.library.see_tile(4711) is None
    assert told([4711]) == ([None], [None])


def test_addresses_lie_below_the_path_of_the_studio(
    opened: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = pictured(opened)
    opened.close()
    monkeypatch.setenv("FIBO_BASE_PATH", "/studio")
    studio.cache_clear()

    (tile,), _details = told([number])

    assert tile["picture"].startswith("/studio/")
    assert tile["thumbnail"].startswith("/studio/")
    studio().close()
