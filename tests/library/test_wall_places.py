"""Where a picture is among those that are found, and one picture as the wall shows it."""

from __future__ import annotations

import pytest

from core.library import pages
from core.library.library import Library
from core.wiring import Studio
from tests.records.little_history import START, add_pictures


def places(library: Library, line: str = "") -> list[pages.Place]:
    """Return the places of all that is found, newest first."""
    return [tile.place for tile in library.find(line, limit=100).tiles]


@pytest.mark.parametrize("line", ["", "boat", "rating:>=3", "boat rating:>=3", "mast*"])
def test_as_many_are_newer_as_come_before_on_the_wall(studio: Studio, line: str) -> None:
    prompts = ("a boat", "a mast", "a boat with masts", "a dog")
    add_pictures(
        studio,
        *({"prompt": prompts[number % 4], "rating": number % 5 + 1} for number in range(20)),
    )
    found = places(studio.library, line)
    assert found

    newer = [studio.library.count_newer(line, place) for place in found]

    assert [count.number for count in newer] == list(range(len(found)))
    assert not any(count.is_capped for count in newer)


def test_of_pictures_of_one_moment_the_one_with_the_larger_number_is_newer(studio: Studio) -> None:
    add_pictures(studio, *({"created_at": START, "prompt": f"boat {n}"} for n in range(4)))

    counted = [studio.library.count_newer("", place).number for place in places(studio.library)]

    assert counted == [0, 1, 2, 3]


def test_counting_what_is_newer_stops_at_the_limit(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_COUNTED", 5)
    add_pictures(studio, *({"prompt": f"boat {number}"} for number in range(8)))
    found = places(studio.library)

    fifth, sixth = (studio.library.count_newer("", found[number]) for number in (5, 6))

    assert (fifth.number, fifth.is_capped) == (5, False)
    assert (sixth.number, sixth.is_capped) == (5, True)


def test_what_is_in_the_trash_is_counted_only_where_it_is_looked_for(studio: Studio) -> None:
    ids = add_pictures(studio, *({"prompt": f"boat {number}"} for number in range(4)))
    oldest = places(studio.library)[-1]
    studio.library.throw_away(ids[2:])

    assert studio.library.count_newer("", oldest).number == 1
    assert studio.library.count_newer("trashed:yes", oldest).number == 2


def test_one_picture_is_seen_as_the_wall_shows_it_in_the_trash_too(studio: Studio) -> None:
    (number,) = add_pictures(studio, {"prompt": "a boat", "rating": 4, "verdict": "approved"})
    shown = studio.library.find("", limit=9).tiles

    assert studio.library.see_tile(number) == shown[0]
    studio.library.throw_away([number])
    assert studio.library.see_tile(number) == shown[0]
    studio.library.empty_trash(older_than_days=0)
    assert studio.library.see_tile(number) is None


def test_no_tile_is_seen_of_another_user_or_of_a_number_that_is_none(studio: Studio) -> None:
    (number,) = add_pictures(studio, {"prompt": "a boat"})

    assert studio.library.see_tile(number, user_id=2) is None
    assert studio.library.see_tile(number + 1) is None
    assert studio.library.see_tile(2**63 - 1) is None
